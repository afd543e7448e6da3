internal import Evaluation
internal import Learning
internal import Numerical

/// One experiment of A beside the one of B with the same id.
public struct ExperimentComparison: Hashable, Sendable, Encodable {
  /// A trial that one side alone has.
  public struct LoneTrial: Hashable, Sendable, Encodable {
    public let id: String
    public let model: String
    public let status: TrialRecord.Status
    public let rank: Int?
    public let tier: Int?
    /// The value of the metric that ranks.
    public let value: Double?
    public let stages: [StageRecord]

    init(_ row: LeaderboardRow, metric: String) {
      id = row.trial.id
      model = row.trial.model
      status = row.trial.status
      rank = row.rank
      tier = row.tier
      value = row.trial[metric: metric]?.value
      stages = row.trial.stages
    }
  }

  /// A trial that both sides have and that ended otherwise: another rank, tier, status or value.
  public struct MovedTrial: Hashable, Sendable, Encodable {
    public let ids: Pair<String>
    public let model: String
    public let status: Pair<TrialRecord.Status>
    public let rank: Pair<Int?>
    /// Trials of one tier cannot be told apart by the metric that ranks.
    public let tier: Pair<Int?>
    public let value: Pair<Double?>
    public let stages: [StageRecord]
  }

  public let id: String
  /// Nil where a side lacks the experiment.
  public let task: Pair<Study.Experiment.Task?>
  /// The metric that ranks.
  public let metric: Pair<String?>
  public let trialCount: Pair<Int>
  public let doneCount: Pair<Int>
  /// Trials of both sides with the same pipeline.
  public let matchedCount: Int
  /// In the order of A's leaderboard.
  public let moved: [MovedTrial]
  public let onlyInA: [LoneTrial]
  public let onlyInB: [LoneTrial]
  /// Nil where neither side has chosen.
  public let chosen: CandidateComparison?

  private enum CodingKeys: String, CodingKey {
    case id, task, metric, moved, chosen
    case trialCount = "trials"
    case doneCount = "done"
    case matchedCount = "matched"
    case onlyInA = "only_in_a"
    case onlyInB = "only_in_b"
  }

  public var isSame: Bool {
    !task.differs && !metric.differs && moved.isEmpty && onlyInA.isEmpty && onlyInB.isEmpty
      && chosen?.isSame ?? true
  }

  /// At least one side has the experiment.
  init(id: String, _ a: ComparedExperiment?, _ b: ComparedExperiment?, on pool: WorkerPool) {
    self.id = id
    let records = (a: a?.record, b: b?.record)
    task = Pair(records.a?.task, records.b?.task)
    metric = Pair(records.a?.metric, records.b?.metric)
    let boards = Pair(records.a?.leaderboard ?? [], records.b?.leaderboard ?? [])
    trialCount = Pair(boards.a.count, boards.b.count)
    doneCount = Pair(
      boards.a.count { $0.trial.status == .done }, boards.b.count { $0.trial.status == .done })
    let match = TrialMatch(boards.a, boards.b)
    matchedCount = match.pairs.count
    let (metricOfA, metricOfB) = (records.a?.metric ?? "", records.b?.metric ?? "")
    moved = match.pairs.compactMap { a, b in
      let values = Pair(a.trial[metric: metricOfA]?.value, b.trial[metric: metricOfB]?.value)
      let isMoved = a.rank != b.rank || a.tier != b.tier || a.trial.status != b.trial.status
      guard isMoved || values.differs else { return nil }
      return MovedTrial(
        ids: Pair(a.trial.id, b.trial.id), model: a.trial.model,
        status: Pair(a.trial.status, b.trial.status), rank: Pair(a.rank, b.rank),
        tier: Pair(a.tier, b.tier), value: values,
        stages: a.trial.stages)
    }
    onlyInA = match.onlyInA.map { LoneTrial($0, metric: metricOfA) }
    onlyInB = match.onlyInB.map { LoneTrial($0, metric: metricOfB) }
    let candidates = (a: a?.candidate, b: b?.candidate)
    if candidates.a == nil && candidates.b == nil {
      chosen = nil
      return
    }
    var settings: [SettingChange] = []
    if let a = records.a?.chosen?.trial, let b = records.b?.chosen?.trial {
      settings = SettingChange.between(a, b)
    }
    chosen = CandidateComparison(candidates.a, candidates.b, settings: settings, on: pool)
  }
}

/// Which trials of two leaderboards are the same: by id, else by pipeline.
private struct TrialMatch {
  private(set) var pairs: [(a: LeaderboardRow, b: LeaderboardRow)] = []
  private(set) var onlyInA: [LeaderboardRow] = []
  private(set) var onlyInB: [LeaderboardRow] = []

  /// The id covers the table, the split and the seed; where one of them changed, trials with the same steps
  /// and parameters are the same question.
  init(_ a: [LeaderboardRow], _ b: [LeaderboardRow]) {
    var places: [String: Int] = [:]
    var placesByPipeline: [[StageRecord]: [Int]] = [:]
    for (place, row) in b.enumerated() {
      places[row.trial.id] = place
      placesByPipeline[row.trial.stages, default: []].append(place)
    }
    var taken: Set<Int> = []
    var partners = [Int?](repeating: nil, count: a.count)
    for (index, row) in a.enumerated() {
      if let place = places[row.trial.id], taken.insert(place).inserted { partners[index] = place }
    }
    for (index, row) in a.enumerated() where partners[index] == nil {
      partners[index] = placesByPipeline[row.trial.stages]?.first { !taken.contains($0) }
      if let place = partners[index] { taken.insert(place) }
    }
    for (row, partner) in zip(a, partners) {
      if let partner { pairs.append((row, b[partner])) } else { onlyInA.append(row) }
    }
    onlyInB = b.indices.filter { !taken.contains($0) }.map { b[$0] }
  }
}
