internal import Experiments
internal import Learning

/// What one clustering can show of its own: how it places rows, and the pictures of its algorithm.
struct ModelPortrait {
  /// Trials shown; the leaderboard names the rest.
  static let limit = 8

  let title: String
  /// Sentences under a term each.
  let facts: [Section.Note]
  let figures: [Figure]

  /// The chosen trial and the best of every model, as far as they left evidence, best first.
  static func all(_ board: Leaderboard, anchor: String, within budget: PageBudget) -> [Self] {
    let shown = shown(board)
    let trees = shown.count { $0.evidence.diagnostics.condensedTree != nil }
    return shown.enumerated().map { index, shown in
      Self(
        shown.row, shown.evidence, on: board, id: "\(anchor)-model-\(index)",
        treePoints: budget.treePoints / max(1, trees))
    }
  }

  /// The key sentences of the same trials, for a text.
  static func sentences(_ board: Leaderboard) -> [(title: String, sentences: [String])] {
    shown(board).map { row, evidence in
      let placement = Placement(record: evidence.assignment)
      let plots = Plots(row.trial, evidence, treePoints: 1)
      return (
        board.varying.phrase(for: row.trial),
        ["New rows: \(placement.rule)", placement.agreement] + plots.sentences
      )
    }
  }

  private static func shown(
    _ board: Leaderboard
  ) -> [(row: LeaderboardRow, evidence: ClusteringEvidence)] {
    let all = board.experiment.leaderboard.compactMap { row in
      board.experiment.evidence[row.trial.id].map { (row: row, evidence: $0) }
    }
    return Array(all.prefix(limit))
  }

  private init(
    _ row: LeaderboardRow, _ evidence: ClusteringEvidence, on board: Leaderboard, id: String,
    treePoints: Int
  ) {
    let placement = Placement(record: evidence.assignment)
    title = board.varying.phrase(for: row.trial) + (row.isChosen ? " ★" : "")
    facts = [
      .init(term: "new rows", text: placement.rule),
      .init(term: "agreement", text: placement.agreement),
      .init(term: "anomaly score", text: placement.anomaly),
      .init(term: "parameters", text: Self.parameters(of: row.trial)),
      .init(term: "the fit", text: Self.scores(of: row.trial)),
    ].filter { !$0.text.isEmpty }
    figures = Plots(row.trial, evidence, treePoints: treePoints).figures(id: id)
  }

  private static func parameters(of trial: TrialRecord) -> String {
    guard let parameters = trial.stages.last?.parameters else { return "" }
    return parameters.names.map { "\($0) \(parameters[$0]?.description ?? "")" }
      .joined(separator: " · ").shortened(to: 400)
  }

  private static func scores(of trial: TrialRecord) -> String {
    FitMeasure.allCases.compactMap { measure in
      trial[metric: measure.rawValue].map { "\(measure.rawValue) \($0.text)" }
    }.joined(separator: " · ")
  }
}

/// The pictures a fit left, whichever its algorithm draws.
private struct Plots {
  let dendrogram: DendrogramPlot?
  let kDistances: KDistancePlot?
  let memberships: MembershipPlots?
  let condensedTree: CondensedTreePlot?

  init(_ trial: TrialRecord, _ evidence: ClusteringEvidence, treePoints: Int) {
    let diagnostics = evidence.diagnostics
    dendrogram = DendrogramPlot(diagnostics.dendrogram, of: trial)
    kDistances = KDistancePlot(evidence, of: trial)
    memberships = MembershipPlots(evidence)
    condensedTree = CondensedTreePlot(diagnostics.condensedTree, limit: treePoints)
  }

  func figures(id: String) -> [Figure] {
    [
      dendrogram?.figure(id: id + "-dendrogram"), kDistances?.figure(id: id + "-k-distance"),
      condensedTree?.figure(id: id + "-tree"),
      memberships?.figure(id: id + "-responsibilities"),
    ].compactMap { $0 }
  }

  var sentences: [String] {
    [dendrogram?.sentence].compactMap { $0 } + (kDistances?.sentences ?? [])
      + [condensedTree?.sentence].compactMap { $0 } + (memberships?.sentences ?? [])
  }
}
