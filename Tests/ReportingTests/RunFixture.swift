import Evaluation
import Experiments
import Learning
import Tabular

/// A run as a bank's study would leave it: 60 trials over scaling, projection and k.
enum RunFixture {
  static let rowCount = 4521

  static var run: RunRecord {
    RunRecord(
      study: "bank-segments", engineVersion: "0.1.0", data: data, experiments: [experiment])
  }

  /// The same study with other trials and no evidence.
  static func run(of rows: [LeaderboardRow]) -> RunRecord {
    RunRecord(
      study: "bank-segments", engineVersion: "0.1.0", data: data,
      experiments: [
        ExperimentRecord(
          id: "segments", metric: "silhouette", direction: .higherIsBetter, leaderboard: rows,
          evidence: [:])
      ])
  }

  static var data: DataRecord {
    let features = numbers.map { name in
      DataRecord.ColumnRecord(name: name, kind: .integer, role: "feature", missing: 0)
    }
    let categories = ["job", "marital", "education", "contact"].enumerated().map { index, name in
      DataRecord.ColumnRecord(name: name, kind: .category, role: "feature", missing: index * 38)
    }
    let others = [
      DataRecord.ColumnRecord(name: "customer_id", kind: .integer, role: "id", missing: 0),
      DataRecord.ColumnRecord(name: "y", kind: .category, role: "target", missing: 0),
      DataRecord.ColumnRecord(name: "duration", kind: .integer, role: "ignore", missing: 0),
    ]
    return DataRecord(
      source: "../datasets/bank-marketing/bank.csv", fingerprint: "sha256:9f86d081884c7d65",
      rowCount: rowCount, columns: others + features + categories)
  }

  static let numbers = ["age", "balance", "campaign", "pdays", "previous", "day"]

  /// The winner is zscore, pca 0.8, k = 5; k = 11 fails, k above 8 leaves a segment too small.
  static var experiment: ExperimentRecord {
    var rows: [(row: LeaderboardRow, score: Double)] = []
    for (s, scaling) in ["zscore", "robust", "minmax"].enumerated() {
      for (p, components) in [ParameterValue.real(0.8), .none].enumerated() {
        for k in 2...11 {
          rows.append(trial(scaling: scaling, s, components: components, p, k: k))
        }
      }
    }
    let eligible = rows.filter { $0.row.trial.status == .done && $0.row.unmet.isEmpty }
    let ranked = eligible.sorted { $0.score > $1.score }.enumerated().map { index, entry in
      LeaderboardRow(
        rank: index + 1, isChosen: index == 0, unmet: [], trial: entry.row.trial)
    }
    let unmet = rows.filter { !$0.row.unmet.isEmpty }.sorted { $0.score > $1.score }
    let failed = rows.filter { $0.row.trial.status == .failed }
    let evidence: [String: ClusteringEvidence] =
      ranked.first.map { [$0.trial.id: Self.evidence(segments: 5)] } ?? [:]
    return ExperimentRecord(
      id: "segments", metric: "silhouette", direction: .higherIsBetter,
      leaderboard: ranked + unmet.map(\.row) + failed.map(\.row), evidence: evidence)
  }

  private static func trial(
    scaling: String, _ s: Int, components: ParameterValue, _ p: Int, k: Int
  ) -> (row: LeaderboardRow, score: Double) {
    let bend = 1 - 0.07 * abs(Double(k) - 5 - Double(s) / 2)
    let score = (0.412 - 0.03 * Double(s) - 0.05 * Double(p)) * bend
    let stages = [
      StageRecord(name: "standardize", parameters: Parameters([("method", .text(scaling))])),
      StageRecord(
        name: "pca", parameters: Parameters([("components", components), ("whiten", .flag(false))])),
      StageRecord(
        name: "k-means",
        parameters: Parameters([("k", .integer(k)), ("restarts", .integer(10))])),
    ]
    var trial = TrialRecord(
      id: identifier(s * 20 + p * 10 + k), experiment: "segments", model: "k-means",
      stages: stages, status: k == 11 ? .failed : .done)
    guard k < 11 else {
      trial.reason = "k-means: empty segment after 10 restarts; lower k or remove duplicate rows"
      return (LeaderboardRow(rank: nil, isChosen: false, unmet: [], trial: trial), 0)
    }
    trial.metrics = [
      metric("silhouette", score, .higherIsBetter),
      metric("calinski_harabasz", 5200 * bend / (1 + 0.2 * Double(p)) + 31, .higherIsBetter),
      metric("davies_bouldin", 2.1 - 2.4 * score, .lowerIsBetter),
      metric("inertia", 61_234.5 / Double(k) * (1 + 0.4 * Double(p)), .lowerIsBetter),
      metric("segments", Double(k), .lowerIsBetter),
      metric("min_share", 0.31 / Double(k), .higherIsBetter),
      metric("max_share", 0.8 / Double(k), .lowerIsBetter),
      metric("noise", 0, .lowerIsBetter),
    ]
    if k == 5 { trial.warnings = ["2 of 10 restarts stopped at the limit of 300 iterations."] }
    let unmet = k > 8 ? ["min_share is 0.0\(330 / k), required at least 0.04"] : []
    return (LeaderboardRow(rank: nil, isChosen: false, unmet: unmet, trial: trial), score)
  }

  private static func metric(_ name: String, _ value: Double, _ direction: Direction)
    -> MetricRecord
  {
    MetricRecord(
      name: name, value: value, direction: direction, split: "all", rowCount: rowCount)
  }

  static func identifier(_ seed: Int) -> String {
    let digits = String(UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
    return String((String(repeating: "0", count: 16) + digits).suffix(12))
  }
}

extension RunFixture {
  /// Numbers in 0..<1 that look random and are the same every time.
  struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(UInt64(1) << 53)
    }

    /// Roughly normal: a sum of twelve uniforms.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + next() } }
  }

  static func evidence(segments count: Int, features extra: Int = 0) -> ClusteringEvidence {
    let weights = (0..<count).map { 1.0 / Double($0 + 2) }
    let whole = weights.reduce(0, +)
    var sizes = weights.map { Int($0 / whole * Double(rowCount)) }
    sizes[0] += rowCount - sizes.reduce(0, +)
    return ClusteringEvidence(
      sizes: sizes, noiseCount: 0, silhouettes: silhouettes(sizes),
      profile: profile(count, extra), map: map(count), diagnostics: FitDiagnostics(),
      assignment: AssignmentRecord(
        rule: AssignmentRule(placement: "nearest centre", anomaly: "distance"), agreement: 1,
        rowCount: sizes.reduce(0, +)))
  }

  private static func silhouettes(_ sizes: [Int]) -> [ClusteringEvidence.SilhouetteProfile] {
    sizes.enumerated().map { segment, size in
      var noise = Noise(UInt64(segment) + 7)
      let level = 0.52 - 0.06 * Double(segment % 5)
      let values = (0..<min(200, size)).map { _ in min(0.93, level + 0.16 * noise.normal()) }
      let mean = values.reduce(0, +) / Double(values.count)
      return .init(segment: segment, rowCount: size, mean: mean, values: values.sorted(by: >))
    }
  }

  private static func profile(_ count: Int, _ extra: Int) -> [ClusteringEvidence.FeatureProfile] {
    var noise = Noise(99)
    let means = [
      ("age", 41.17, 10.58), ("balance", 1422.66, 3009.64), ("campaign", 2.79, 3.11),
      ("pdays", 39.77, 100.12), ("previous", 0.54, 1.69), ("day", 15.92, 8.25),
    ]
    let shares = [
      ("job = management", 0.214), ("job = blue-collar", 0.209), ("job = retired", 0.051),
      ("marital = married", 0.619), ("marital = single", 0.265), ("education = tertiary", 0.299),
      ("education = primary", 0.15), ("contact = cellular", 0.641), ("contact = unknown", 0.293),
    ]
    let wide = (0..<extra).map { ("feature_\($0)", 10.0, 2.0) }
    return (means + wide).map { name, mean, spread in
      let segments = (0..<count).map { _ in max(0, mean + 0.7 * spread * noise.normal()) }
      return .init(
        feature: name, isShare: false, overall: mean, spread: spread, segments: segments)
    }
      + shares.map { name, share in
        let segments = (0..<count).map { _ in
          min(1, max(0, share + 0.25 * noise.normal() * (1 - share)))
        }
        return .init(
          feature: name, isShare: true, overall: share,
          spread: (share * (1 - share)).squareRoot(), segments: segments)
      }
  }

  private static func map(_ count: Int) -> ClusteringEvidence.ScatterMap {
    var noise = Noise(3)
    let points = (0..<2000).map { index -> ClusteringEvidence.ScatterMap.Point in
      let segment = Int(Double(count) * noise.next() * noise.next())
      let angle = Double(segment) * 1.3
      let tail = index % 100 == 0 ? 6.0 : 1
      return .init(
        x: 2.2 * Double(segment) / Double(count) * 2 - 1.2 + tail * 0.7 * noise.normal(),
        y: Double(segment % 3) - 1 + 0.6 * tail * noise.normal() + 0.2 * angle, segment: segment)
    }
    let loadings = numbers.enumerated().map { index, name in
      ClusteringEvidence.ScatterMap.Loading(
        feature: name, x: 0.6 - 0.21 * Double(index), y: 0.5 - 0.13 * Double(index * index % 7))
    }
    return .init(
      explained: [0.312, 0.187], points: points, sampledFrom: rowCount, loadings: loadings)
  }
}

extension RunFixture {
  /// A million rows, 3,000 trials of two models, 30 segments with noise, 500 features, hostile names.
  static let largeRun = makeLargeRun()

  private static func makeLargeRun() -> RunRecord {
    var rows: [LeaderboardRow] = []
    for index in 0..<3_000 {
      let (k, eps) = (2 + index % 30, 0.1 + Double(index / 30) / 100)
      let isKMeans = index % 60 < 30
      let model =
        isKMeans
        ? StageRecord(name: "model", parameters: Parameters([("k", .integer(k))]))
        : StageRecord(
          name: "model", parameters: Parameters([("eps", .real(eps)), ("k", .integer(k))]))
      let power = StageRecord(
        name: "power", parameters: Parameters([("floor", .real(Double(index / 60)))]))
      let score = 0.5 - Double(index) / 10_000
      let metrics = ["silhouette", "davies_bouldin", "inertia"].map {
        MetricRecord(
          name: $0, value: $0 == "silhouette" ? score : 100_000 * score / Double(k),
          direction: $0 == "silhouette" ? .higherIsBetter : .lowerIsBetter, split: "train",
          rowCount: $0 == "inertia" ? 800_000 : 20_000,
          sampledFrom: $0 == "inertia" ? nil : 800_000)
      }
      let trial = TrialRecord(
        id: identifier(index), experiment: "large", model: isKMeans ? "k-means" : "dbscan",
        stages: index % 7 == 0 ? [model] : [power, model], status: .done, metrics: metrics)
      rows.append(
        LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial))
    }
    var evidence = evidence(segments: 30, features: 500)
    evidence.noiseCount = 4_321
    // A study of every family has each kind of picture once.
    var density = evidence
    density.diagnostics.kDistances = ModelFixture.largest.kDistances
    density.diagnostics.condensedTree = ModelFixture.largest.condensedTree
    evidence.diagnostics.dendrogram = ModelFixture.largest.dendrogram
    evidence.diagnostics.memberships = ModelFixture.largest.memberships
    evidence.profile[0] = .init(
      feature: hostile, isShare: false, overall: 40, spread: 10,
      segments: (0..<30).map { 40 + Double($0) })
    let experiments = ["segments", hostile].map { id in
      ExperimentRecord(
        id: id, metric: "silhouette", direction: .higherIsBetter, leaderboard: rows,
        evidence: [identifier(0): evidence, identifier(30): density])
    }
    let columns = (0..<600).map { index in
      DataRecord.ColumnRecord(
        name: index == 0 ? hostile : "feature_\(index)", kind: .real, role: "feature",
        missing: index)
    }
    return RunRecord(
      study: hostile, engineVersion: "0.1.0",
      data: DataRecord(
        source: "postgresql://reader:secret@db.example/warehouse?table=customers",
        fingerprint: "sha256:00", rowCount: 1_000_000, columns: columns),
      experiments: experiments)
  }

  /// A name that tries to leave text, attribute, script, table cell and Markdown.
  static let hostile =
    "a|b</script><script>alert(1)</script>\"\u{301} onclick='x' & {{title}} `c` @me"
}
