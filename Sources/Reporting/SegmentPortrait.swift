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
    let warning = SegmentGaps.warnings(of: chosen, on: board).first
    let stability =
      StabilityPlot(evidence, warning: warning)?.figures(id: anchor + "-stability") ?? []
    let figures: [Figure?] = [
      segments.figure(id: anchor + "-sizes"),
      knives?.figure(id: anchor + "-silhouette"),
      profile?.figure(id: anchor + "-profile", listing: budget.features),
      map?.figure(id: anchor + "-map"),
    ]
    self.init(
      trial: board.varying.phrase(for: chosen.trial), cards: segments.cards,
      reading: Self.reading(evidence), rules: RuleBox(evidence).map { [$0] } ?? [],
      figures: figures.compactMap { $0 } + stability)
  }
}

extension Portrait {
  private static func reading(_ evidence: ClusteringEvidence) -> String {
    let edge =
      evidence.usefulness == nil
      ? ""
      : " Typical is the median or the most common level, the edge the tenth of the rows farthest from "
        + "the segment’s reference, twenty at least. Names hold by these figures unless the study "
        + "gives them; scoring writes number and name."
    return
      "Means and shares of all rows. Index: the overall figure = 100. Effect: the difference from "
      + "the overall figure in overall standard deviations, for a share p in √(p(1 − p)).\(edge)"
  }
}
