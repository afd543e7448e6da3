internal import Evaluation
internal import Learning
internal import Numerical

/// Trials that climb a ladder together, and what becomes of those that fall.
struct Race: Sendable {
  /// How a trial ended without being seen through.
  struct Verdict: Sendable {
    let trial: Plan.Trial
    let stored: StoredTrial
    /// The key of the measurement that decided.
    let decidedBy: String
  }

  let ladder: Ladder
  private let maker: TrialMaker
  /// Whole trials that have not fallen.
  private var candidates: [Plan.Trial]
  /// Seen through without racing.
  private let exempt: [Plan.Trial]
  /// Above the last rung they are seen through.
  private var rung = 0

  init(
    _ candidates: [Plan.Trial], exempt: [Plan.Trial], on ladder: Ladder, maker: TrialMaker
  ) {
    self.candidates = candidates
    self.exempt = exempt
    self.ladder = ladder
    self.maker = maker
    skipIfDecided()
  }

  private var isOver: Bool { rung > ladder.rungs.count }

  /// Whether those that are left are being seen through.
  var isLast: Bool { rung >= ladder.rungs.count }

  /// What is to be computed now.
  var round: [Plan.Trial] {
    if isOver { return [] }
    guard rung < ladder.rungs.count else { return candidates + exempt }
    return candidates.map { maker.part(ladder.rungs[rung], of: $0) }
  }

  /// Goes on to the next rung with those that have not lost.
  ///
  /// - Parameter ended: how the trials of the round ended.
  mutating func climb(
    _ ended: [String: StoredTrial], facts: [String: TrialFacts], on pool: WorkerPool
  ) throws(EvaluationError) -> [Verdict] {
    defer {
      rung += 1
      skipIfDecided()
    }
    guard rung < ladder.rungs.count else { return [] }
    let size = ladder.rungs[rung]
    var verdicts: [Verdict] = []
    var parts: [(whole: Plan.Trial, record: TrialRecord)] = []
    for (whole, part) in zip(candidates, round) {
      guard let stored = ended[part.key] else { continue }
      if stored.status.status == .done {
        parts.append((whole, stored.record(of: part)))
      } else {
        var status = StoredTrial(
          stored.status.status, of: whole, reason: stored.status.reason,
          isReproducible: stored.status.isReproducible)
        status.status.warnings = stored.status.warnings
        verdicts.append(Verdict(trial: whole, stored: status, decidedBy: part.key))
      }
    }
    let reasons = try losers(parts.map(\.record), facts: facts, on: pool)
    candidates = []
    for (whole, record) in parts {
      guard let reason = reasons[record.id] else {
        candidates.append(whole)
        continue
      }
      let stored = StoredTrial(
        .dropped, of: whole, reason: "dropped after \(ladder.words(size)): \(reason)")
      verdicts.append(
        Verdict(trial: whole, stored: stored, decidedBy: maker.part(size, of: whole).key))
    }
    return verdicts
  }

  /// One configuration that is left has nothing to be measured against.
  private mutating func skipIfDecided() {
    if Set(candidates.map(\.stages)).count <= 1 { rung = max(rung, ladder.rungs.count) }
  }

  /// Why trials go, by id.
  private func losers(
    _ records: [TrialRecord], facts: [String: TrialFacts], on pool: WorkerPool
  ) throws(EvaluationError) -> [String: String] {
    let selection = Selection(maker.experiment, facts: facts)
    var reasons: [String: String] = [:]
    // What ranks may be known of whole trials alone.
    let metric = maker.experiment.select.metric
    guard records.contains(where: { $0[metric: metric] != nil }) else { return reasons }
    switch ladder.rule {
    case .racing:
      // Folds are a second test that must agree. Without them every look takes its part of the risk.
      let risk = 1 - TierRecord.level
      let level =
        1 - (maker.experiment.task == .classify ? risk : risk / Double(ladder.rungs.count))
      for loser in try selection.losers(records, level: level, on: pool) {
        for trial in loser.trials {
          reasons[trial.id] =
            loser.words + " of the best, more than chance explains"
        }
      }
    case .halving:
      let order = selection.order(records)
      let kept = ladder.kept(of: order.count)
      for (place, standing) in order.enumerated() where place >= kept {
        for trial in standing.trials {
          let short = standing.unmet.first.map { "; \($0)" } ?? ""
          reasons[trial.id] =
            "place \(place + 1) of \(order.count), of which \(kept) go on\(short)"
        }
      }
    }
    return reasons
  }
}
