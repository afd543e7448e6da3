import Evaluation
import Experiments
import Learning

/// Five models over ten rows, each with the evidence its algorithm leaves; small enough to check by hand.
enum ModelFixture {
  static let rowCount = 10

  static var run: RunRecord { run(evidence) }

  /// The same trials with other evidence.
  static func run(_ evidence: [String: ClusteringEvidence]) -> RunRecord {
    RunRecord(
      study: "families", engineVersion: "0.1.0", data: RunFixture.data,
      experiments: [
        ExperimentRecord(
          id: "families", metric: "silhouette", direction: .higherIsBetter,
          leaderboard: leaderboard, evidence: evidence)
      ])
  }

  /// The same trials and evidence, the diagnostics of one of them changed.
  static func run(
    changing model: String, _ change: (inout ClusteringEvidence) -> Void
  ) -> RunRecord {
    var evidence = evidence
    for row in leaderboard where row.trial.model == model {
      guard var own = evidence[row.trial.id] else { continue }
      change(&own)
      evidence[row.trial.id] = own
    }
    return run(evidence)
  }

  /// Best first, then one without a silhouette, one that failed, one that was skipped.
  static var leaderboard: [LeaderboardRow] {
    let ranked = [
      mixture(0, k: 2, "full", 0.50, bic: 100, aic: 90, icl: 120),
      mixture(1, k: 3, "full", 0.45, bic: 95, aic: 80, icl: 130),
      trial(
        2, "dbscan", [("eps", .text("auto")), ("min_samples", .integer(7))], silhouette: 0.44,
        noise: 0.1, fit: [(.eps, 0.83), (.coreShare, 0.75)]),
      mixture(3, k: 2, "spherical", 0.43, bic: 97, aic: 94, icl: 99),
      trial(
        4, "hdbscan", [("min_cluster_size", .integer(3))], silhouette: 0.42, noise: 0.1,
        fit: [(.spanningTreeWeight, 12.5)]),
      trial(
        5, "hierarchical", [("k", .integer(2)), ("linkage", .text("average"))], silhouette: 0.41,
        fit: [(.copheneticCorrelation, 0.71)]),
      trial(6, "k-means", [("k", .integer(2)), ("restarts", .integer(3))], silhouette: 0.40),
    ].enumerated().map { index, trial in
      LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial)
    }
    let single = trial(
      7, "dbscan", [("eps", .real(5)), ("min_samples", .integer(7))], silhouette: nil,
      warnings: ["silhouette cannot be computed for 1 segment"], fit: [(.eps, 5), (.coreShare, 1)])
    let failed = unfinished(8, "gaussian-mixture", .failed, "component 3 is singular")
    let skipped = unfinished(9, "hierarchical", .skipped, "it needs 13 GB, 8 GB are allowed")
    return ranked
      + [
        LeaderboardRow(
          rank: nil, isChosen: false, unmet: ["silhouette was not measured"], trial: single)
      ]
      + [failed, skipped].map {
        LeaderboardRow(rank: nil, isChosen: false, unmet: [], trial: $0)
      }
  }

  private static func mixture(
    _ index: Int, k: Int, _ covariance: String, _ silhouette: Double, bic: Double, aic: Double,
    icl: Double
  ) -> TrialRecord {
    trial(
      index, "gaussian-mixture", [("k", .integer(k)), ("covariance", .text(covariance))],
      silhouette: silhouette, fit: [(.logLikelihood, -2), (.bic, bic), (.aic, aic), (.icl, icl)])
  }

  private static func unfinished(
    _ index: Int, _ model: String, _ status: TrialRecord.Status, _ reason: String
  ) -> TrialRecord {
    TrialRecord(
      id: RunFixture.identifier(index), experiment: "families", model: model,
      stages: [StageRecord(name: model, parameters: Parameters([("k", .integer(9))]))],
      status: status, reason: reason)
  }

  static func trial(
    _ index: Int, _ model: String, _ parameters: [(String, ParameterValue)], silhouette: Double?,
    noise: Double = 0, warnings: [String] = [], fit: [(FitMeasure, Double)] = []
  ) -> TrialRecord {
    let measured = silhouette.map { [metric("silhouette", $0, .higherIsBetter)] } ?? []
    return TrialRecord(
      id: RunFixture.identifier(index), experiment: "families", model: model,
      stages: [StageRecord(name: model, parameters: Parameters(parameters))], status: .done,
      metrics: measured + [metric("noise", noise, .lowerIsBetter)]
        + fit.map { measure, value in
          metric(
            measure.rawValue, value, measure.isHigherBetter ? .higherIsBetter : .lowerIsBetter)
        },
      warnings: warnings)
  }

  private static func metric(_ name: String, _ value: Double, _ direction: Direction)
    -> MetricRecord
  {
    MetricRecord(
      name: name, value: value, direction: direction, split: "all", rowCount: rowCount)
  }
}

extension ModelFixture {
  /// The evidence of the chosen trial and the best of every other model.
  static var evidence: [String: ClusteringEvidence] {
    var mixture = FitDiagnostics()
    mixture.memberships = memberships
    var density = FitDiagnostics()
    density.kDistances = kDistances
    var tree = FitDiagnostics()
    tree.condensedTree = condensedTree
    var merges = FitDiagnostics()
    merges.dendrogram = dendrogram
    return [
      RunFixture.identifier(0): evidence(mixture, "greatest responsibility", agreement: 1),
      RunFixture.identifier(2): evidence(
        density, "core row within eps", noise: 1, agreement: 0.995),
      RunFixture.identifier(4): evidence(tree, "nearest core row", noise: 1, agreement: 0.95),
      RunFixture.identifier(5): evidence(merges, "nearest centroid", agreement: 0.83),
      RunFixture.identifier(6): evidence(FitDiagnostics(), "nearest centre", agreement: 1),
    ]
  }

  private static func evidence(
    _ diagnostics: FitDiagnostics, _ placement: String, noise: Int = 0, agreement: Double
  ) -> ClusteringEvidence {
    ClusteringEvidence(
      sizes: [7 - noise, 3], noiseCount: noise, silhouettes: [], profile: [], map: nil,
      diagnostics: diagnostics,
      assignment: AssignmentRecord(
        rule: AssignmentRule(placement: placement, anomaly: "how far out a row is"),
        agreement: agreement, rowCount: 1_000))
  }

  /// 1 of 10 rows below 0.6, 3 below 0.8.
  static var memberships: MembershipOverview {
    var histogram = [Int](repeating: 0, count: 20)
    histogram[10] = 1
    histogram[13] = 2
    histogram[19] = 7
    return MembershipOverview(overlap: [[0.9, 0.1], [0.25, 0.75]], histogram: histogram)
  }

  static var kDistances: KDistanceCurve {
    KDistanceCurve(
      neighbor: 5, distances: [8, 4, 2, 1, 1], rowCount: 9, knee: 0.81, chosen: 0.83)
  }

  /// Leaves of segments 0, 1, 0, 1: the tree's order is 0, 2, 1, 3.
  static var dendrogram: Dendrogram {
    Dendrogram(
      leaves: [
        .init(rowCount: 3, segment: 0), .init(rowCount: 2, segment: 1),
        .init(rowCount: 4, segment: 0), .init(rowCount: 1, segment: 1),
      ],
      merges: [
        .init(left: 0, right: 2, height: 1), .init(left: 1, right: 3, height: 1.5),
        .init(left: 4, right: 5, height: 6),
      ],
      cut: 3)
  }

  /// A root of ten rows that loses one and parts into six and three.
  static var condensedTree: CondensedTreeOutline {
    CondensedTreeOutline(clusters: [
      .init(
        id: 0, parent: nil, birth: 0, death: 1, rowCount: 10, stability: 9.5, segment: nil,
        widths: [.init(lambda: 0.5, rowCount: 9)]),
      .init(
        id: 1, parent: 0, birth: 1, death: 4, rowCount: 6, stability: 12, segment: 0,
        widths: [.init(lambda: 2, rowCount: 4), .init(lambda: 4, rowCount: 1)]),
      .init(
        id: 2, parent: 0, birth: 1, death: 3, rowCount: 3, stability: 5, segment: 1,
        widths: [.init(lambda: 3, rowCount: 1)]),
    ])
  }
}

extension ModelFixture {
  /// Every diagnostic at its largest: 60 leaves, 500 distances, 100 clusters of 50 points, 30 components.
  static var largest: FitDiagnostics {
    var noise = RunFixture.Noise(5)
    var diagnostics = FitDiagnostics()
    let leaves = (0..<60).map { Dendrogram.Leaf(rowCount: 1_234 + $0, segment: $0 / 2) }
    let merges = (0..<59).map { index in
      Dendrogram.Merge(
        left: index == 0 ? 0 : 59 + index, right: index + 1,
        height: Double(index) + noise.next())
    }
    diagnostics.dendrogram = Dendrogram(leaves: leaves, merges: merges, cut: 29.5)
    diagnostics.kDistances = KDistanceCurve(
      neighbor: 10, distances: (0..<500).map { 10 - Double($0) / 50 - noise.next() / 100 },
      rowCount: 1_000_000, knee: 2.345, chosen: 2.456)
    let widths = (1...50).map { index in
      CondensedTreeOutline.Width(
        lambda: Double(index) + noise.next(), rowCount: 123_456 - 1_000 * index)
    }
    diagnostics.condensedTree = CondensedTreeOutline(
      clusters: (0..<100).map { id in
        CondensedTreeOutline.Cluster(
          id: id, parent: id == 0 ? nil : (id - 1) / 2, birth: id == 0 ? 0 : 1, death: 51.5,
          rowCount: 123_456, stability: noise.next(), segment: id < 70 ? nil : id - 70,
          widths: widths)
      })
    diagnostics.memberships = MembershipOverview(
      overlap: (0..<30).map { _ in (0..<30).map { _ in noise.next() / 15 } },
      histogram: (0..<20).map { 50_000 * $0 })
    return diagnostics
  }
}
