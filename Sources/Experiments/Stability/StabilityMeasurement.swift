internal import Evaluation
internal import Learning
internal import Numerical

/// What refits of a trial's model say of its clustering.
///
/// A replicate that cannot be fitted finds no segment again, a half that cannot be fitted predicts none:
/// both count as 0 and are told. A gap needs every reference.
struct StabilityMeasurement {
  /// Consensus compares all pairs and is taken on at most this many rows.
  static let consensusRowLimit = 10_000

  private(set) var metrics: [MetricRecord] = []
  private(set) var warnings: [String] = []
  private(set) var evidence: StabilityEvidence?

  private let record: StageRecord
  private let refits: Refits
  private let table: CatalogEntry.Table?
  private let context: FitContext
  private let split: String
  private let totalCount: Int
  /// Of the rows that refits vary, and the number of segments.
  private let labels: [Int]
  private let segmentCount: Int

  private var rows: RefitRows { refits.rows }

  /// - Parameters:
  ///   - labels: of all training rows.
  ///   - record: the last step of the trial.
  /// - Throws: `TrialFailure` when told to stop.
  init(
    of labels: [Int], segmentCount: Int, record: StageRecord, refits: Refits, split: String,
    in context: FitContext
  ) throws(TrialFailure) {
    self.record = record
    self.refits = refits
    table = try refits.table(for: record, in: context)
    self.context = context
    self.split = split
    self.segmentCount = segmentCount
    totalCount = labels.count
    self.labels = refits.rows.sample.map { sample in sample.map { labels[$0] } } ?? labels
    guard self.labels.contains(where: { $0 >= 0 }) else {
      warnings.append("stability cannot be measured without segments")
      return
    }
    do throws(EvaluationError) {
      try measure()
    } catch {
      warnings.append("stability cannot be measured: \(error)")
    }
    if context.isCancelled() {
      throw TrialFailure(reason: "\(record.name): \(LearningError.cancelled)")
    }
  }

  private mutating func measure() throws(EvaluationError) {
    let runs = replicates()
    let stability = try stability(runs)
    var evidence = StabilityEvidence(
      options: rows.options, rowCount: labels.count,
      sampledFrom: rows.sample == nil ? nil : totalCount, failedCount: runs.count { $0 == nil },
      stability: stability)
    append(.stability, stability.mean)
    append(.leastStability, stability.minimum)
    append(.adjustedRandIndex, stability.adjustedRandIndex.mean)
    self.evidence = evidence
    if rows.figures.contains(.predictionStrength) {
      let strength = try predictionStrength()
      append(.predictionStrength, strength.mean, error: strength.standardError)
      evidence.predictionStrength = strength
    }
    if !rows.figures.isDisjoint(with: [.ambiguousShare, .consensusArea]) {
      // Where no row is in a segment no pair is together, in agreement that there is nothing to find.
      let found = runs.compactMap { $0 }.filter { $0.labels.contains { $0 >= 0 } }
      if found.count < runs.count {
        warnings.append(
          "\(runs.count - found.count) of \(runs.count) replicates have no segment; consensus is of the others"
        )
      }
      if !found.isEmpty {
        let (consensus, count) = try consensus(found)
        append(.ambiguousShare, consensus.ambiguousShare, rowCount: count)
        append(.consensusArea, consensus.area, rowCount: count)
        evidence.consensus = consensus
        evidence.consensusRowCount = count
      }
    }
    self.evidence = evidence
    if rows.figures.contains(.gap), let found = try gaps() {
      append(.gap, found.own.gap, error: found.own.standardError, ofOne: found.ofOne.gap)
      self.evidence?.gap = found.own
      self.evidence?.gapOfOne = found.ofOne
    }
  }

  private mutating func append(
    _ figure: RefitFigure, _ value: Double, error: Double? = nil, ofOne: Double? = nil,
    rowCount: Int? = nil
  ) {
    let count = rowCount ?? labels.count
    metrics.append(
      MetricRecord(
        name: figure.rawValue, value: value, direction: figure.direction, split: split,
        rowCount: count, sampledFrom: count < totalCount ? totalCount : nil, standardError: error,
        ofOneSegment: ofOne))
  }

  /// Where each replicate put its rows; nil for one that could not be fitted.
  private mutating func replicates() -> [Labeling?] {
    let inputs = (0..<rows.options.resamples).map { RefitRows.Input.replicate($0) }
    let results = refits.each(inputs, of: record, in: context) {
      (input, context) throws(TrialFailure) in
      let refit = try refits.refit(record, to: input, of: table, in: context)
      return Labeling(rows: refit.subject.rows, labels: refit.labels)
    }
    note(results, "replicates", "they count as finding no segment again")
    return results.map { try? $0.get() }
  }

  private mutating func note<Value>(
    _ results: [Result<Value, TrialFailure>], _ what: String, _ consequence: String
  ) {
    let failures = results.compactMap { result -> TrialFailure? in
      if case .failure(let failure) = result { failure } else { nil }
    }
    guard let first = failures.first else { return }
    warnings.append(
      "\(failures.count) of \(results.count) \(what) could not be fitted, \(consequence): "
        + first.reason)
  }

  private func stability(_ runs: [Labeling?]) throws(EvaluationError) -> ClusterStability {
    let recoveries = context.pool.map(count: runs.count) { index in
      Result { () throws(EvaluationError) in
        guard let run = runs[index] else {
          return SegmentRecovery(losing: labels, segmentCount: segmentCount)
        }
        return try SegmentRecovery(
          of: labels, segmentCount: segmentCount, rows: run.rows, labels: run.labels)
      }
    }
    var found: [SegmentRecovery] = []
    for recovery in recoveries { found.append(try recovery.get()) }
    return try ClusterStability(found)
  }

  private mutating func predictionStrength() throws(EvaluationError) -> PredictionStrength {
    let halvings = (0..<rows.options.resamples).map {
      RefitRows.Input.half($0, isSecond: false)
    }
    let results = refits.each(halvings, of: record, in: context) {
      (input, context) throws(TrialFailure) in
      try strength(of: input, in: context)
    }
    note(results, "halvings", "they count as predicting no segment")
    return try PredictionStrength(results.map { (try? $0.get()) ?? 0 })
  }

  /// The mean strength of the two halves, each placed by the rule of the other's model.
  private func strength(
    of first: RefitRows.Input, in context: FitContext
  ) throws(TrialFailure) -> Double {
    guard case .half(let index, _) = first else { return 0 }
    let inputs = [first, RefitRows.Input.half(index, isSecond: true)]
    var models: [Refits.Refit] = []
    for input in inputs {
      models.append(try refits.refit(record, to: input, of: table, in: context))
    }
    var total = 0.0
    for half in 0...1 {
      do {
        let predicted = try models[1 - half].model.assign(models[half].subject.x, on: context.pool)
          .labels
        total += try PredictionStrength.strength(of: models[half].labels, predictedAs: predicted)
      } catch {
        throw TrialFailure(reason: "\(record.name): \(error)")
      }
    }
    return total / 2
  }

  private func consensus(
    _ runs: [Labeling]
  ) throws(EvaluationError) -> (consensus: Consensus, rowCount: Int) {
    guard labels.count > Self.consensusRowLimit else {
      return (try Consensus(of: runs, labels: labels, on: context.pool), labels.count)
    }
    var random = RandomSource(seed: context.seed.derived("consensus sample"))
    let kept = random.sample(Self.consensusRowLimit, outOf: labels.count)
    var places = [Int](repeating: -1, count: labels.count)
    for (place, row) in kept.enumerated() { places[row] = place }
    let thinned = runs.map { run in
      Labeling(rows: run.rows.map { $0 < 0 ? -1 : places[$0] }, labels: run.labels)
    }
    let found = try Consensus(of: thinned, labels: kept.map { labels[$0] }, on: context.pool)
    return (found, kept.count)
  }

  /// log W of a reference, in segments and as one.
  private struct Dispersions: Sendable {
    let own: Double
    let ofOne: Double
  }

  /// The gap of the clustering and that of one segment, by the same references.
  ///
  /// Nil, with a warning, for a clustering that leaves rows out and where a reference has no segments.
  private mutating func gaps() throws(EvaluationError)
    -> (own: GapStatistic, ofOne: GapStatistic)?
  {
    guard labels.allSatisfy({ $0 >= 0 }) else {
      warnings.append("gap is not defined for a clustering that leaves rows out")
      return nil
    }
    let references = (0..<rows.options.resamples).map { RefitRows.Input.reference($0) }
    let results = refits.each(references, of: record, in: context) {
      (input, context) throws(TrialFailure) in
      try dispersions(of: input, in: context)
    }
    note(results, "references", "so there is no gap")
    let found = results.compactMap { try? $0.get() }
    guard found.count == results.count else { return nil }
    let own = try GapStatistic.logDispersion(of: rows.x, labels: labels, on: context.pool)
    let ofOne = try GapStatistic.logDispersion(of: rows.x, on: context.pool)
    return (
      own: try GapStatistic(logDispersion: own, references: found.map(\.own)),
      ofOne: try GapStatistic(logDispersion: ofOne, references: found.map(\.ofOne))
    )
  }

  private func dispersions(
    of input: RefitRows.Input, in context: FitContext
  ) throws(TrialFailure) -> Dispersions {
    let refit = try refits.refit(record, to: input, of: table, in: context)
    guard refit.labels.allSatisfy({ $0 >= 0 }) else {
      throw TrialFailure(reason: "\(record.name): rows without segments were left out")
    }
    do throws(EvaluationError) {
      let x = refit.subject.x
      let own = try GapStatistic.logDispersion(of: x, labels: refit.labels, on: context.pool)
      return Dispersions(
        own: own, ofOne: try GapStatistic.logDispersion(of: x, on: context.pool))
    } catch {
      throw TrialFailure(reason: "\(record.name): \(error)")
    }
  }
}
