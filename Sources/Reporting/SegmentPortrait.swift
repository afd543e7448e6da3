internal import Experiments

extension Portrait {
  /// Everything the evidence of the chosen trial shows; nil without a winner or its evidence.
  init?(_ board: Leaderboard, anchor: String, within budget: PageBudget) {
    guard let chosen = board.experiment.chosen,
      let evidence = board.experiment.evidence[chosen.trial.id]
    else { return nil }
    let segments = Segments(evidence: evidence)
    let knives = SilhouetteKnives(
      evidence, metric: chosen.trial[metric: "silhouette"], limit: budget.bladePoints)
    let map = SegmentMap(evidence.map, limit: budget.mapPoints)
    let profile = ProfileHeatMap(evidence)
    let stability = StabilityPlot(evidence)?.figures(id: anchor + "-stability") ?? []
    let figures: [Figure?] = [
      segments.figure(id: anchor + "-sizes"),
      knives?.figure(id: anchor + "-silhouette"),
      profile?.figure(id: anchor + "-profile", listing: budget.features),
      map?.figure(id: anchor + "-map"),
    ]
    self.init(
      trial: board.varying.phrase(for: chosen.trial), cards: segments.cards,
      figures: figures.compactMap { $0 } + stability)
  }
}
