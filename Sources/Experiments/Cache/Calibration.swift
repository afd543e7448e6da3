internal import Learning
internal import Numerical
internal import Tabular

/// Tries steps of a plan on small samples of its table, to foresee what they cost on all rows.
///
/// Samples double from round to round as long as there is time. Of every model of an experiment the first and the
/// last trial are tried, and one for every setting of what models share. The seconds of the last three samples are
/// taken as a + b · n + c · n² with none of them negative: a power of n would miss that a part which is small on
/// few rows, such as all pairs of them, is most of the time on many.
package struct Calibration {
  static let leastRowCount = 500
  /// Seconds for all of it; a fit under way is then told to stop.
  static let limit = 5.0

  let input: StudyInput
  let study: Study
  let catalog: Catalog
  let pool: WorkerPool
  let uptime: @Sendable () -> Double

  /// What the samples have shown.
  struct Result {
    /// Seconds on all rows, by `PlannedStep.kindName`.
    var seconds: [String: Double] = [:]
    /// Columns that models see, by the key of the last step before them.
    var columnCounts: [String: Int] = [:]
    /// Rows of the largest sample; 0 where none was taken.
    var rowCount = 0
    var trialCount = 0
  }

  /// - Parameter unknown: whether the cost of a step is asked for.
  func result(for steps: PlannedSteps, unknown: (PlannedStep) -> Bool) -> Result {
    var result = Result()
    let tried = representatives(of: steps, unknown: unknown)
    guard !tried.isEmpty else { return result }
    result.trialCount = tried.count
    let end = uptime() + Self.limit
    var measured: [String: [(rows: Int, seconds: Double)]] = [:]
    var count = min(Self.leastRowCount, input.data.table.rowCount)
    while let data = sample(count) {
      let began = uptime()
      var run = SampleRun(
        data: data, preparation: Preparation(catalog: catalog, study: study), steps: steps,
        pool: pool, uptime: uptime, end: end)
      for place in tried where uptime() < end { run.carryOut(place) }
      let rows = data.trainingRows.count
      for (name, seconds) in run.meanSeconds { measured[name, default: []].append((rows, seconds)) }
      result.columnCounts.merge(run.columnCounts) { $1 }
      if !run.meanSeconds.isEmpty { result.rowCount = count }
      // The next round takes twice to four times as long.
      let left = end - uptime()
      if count >= input.data.table.rowCount || left < 4 * (uptime() - began) { break }
      count = min(2 * count, input.data.table.rowCount)
    }
    let total = input.data.trainingRows.count
    result.seconds = measured.mapValues { Self.scaled($0, to: total) }
    return result
  }

  /// Places of trials in `steps.trials`.
  private func representatives(
    of steps: PlannedSteps, unknown: (PlannedStep) -> Bool
  ) -> [Int] {
    var first: [Int] = []
    var last: [String: Int] = [:]
    var order: [String] = []
    var met: Set<String> = []
    for (place, entry) in steps.trials.enumerated() {
      let own = entry.steps.map { steps.all[$0] }
      guard own.contains(where: unknown) else { continue }
      let kind = "\(entry.trial.experiment) \(entry.trial.model)"
      if last[kind] == nil { order.append(kind) }
      last[kind] = place
      let names = own.filter { $0.kind != .preparation }.map(\.kindName)
      if !met.isSuperset(of: names) { first.append(place) }
      met.formUnion(names)
    }
    return first + order.compactMap { last[$0] }.filter { !first.contains($0) }
  }

  /// Nil where the study cannot be carried out on so few rows.
  private func sample(_ count: Int) -> TrialData? {
    let table = input.data.table
    var source = RandomSource(seed: Seed(study.seed).derived("calibration", count))
    let rows = source.sample(count, outOf: table.rowCount)
    return try? TrialData(
      count == table.rowCount ? table : table.selectingRows(rows),
      fingerprint: input.data.fingerprint, study: study, features: input.data.features, on: pool)
  }

  /// Seconds on `total` rows by samples in ascending order of rows.
  ///
  /// - Returns: what the last took if it had all rows; in proportion to rows if there is one sample only.
  package static func scaled(
    _ samples: [(rows: Int, seconds: Double)], to total: Int
  ) -> Double {
    let points = samples.suffix(3).map { (x: Double($0.rows), y: $0.seconds) }
    guard let last = points.last, last.x > 0 else { return 0 }
    let end = max(Double(total), last.x)
    guard points.count > 1, let before = points.dropLast().last, before.x < last.x else {
      return last.y * end / last.x
    }
    let slope = max(0, (last.y - before.y) / (last.x - before.x))
    var curvature = 0.0
    if points.count > 2, points[0].x < before.x {
      let earlier = (before.y - points[0].y) / (before.x - points[0].x)
      let steepest = slope / (before.x + last.x)
      curvature = min(max(0, (slope - earlier) / (last.x - points[0].x)), steepest)
    }
    let linear = slope - curvature * (before.x + last.x)
    return last.y + linear * (end - last.x) + curvature * (end * end - last.x * last.x)
  }
}

extension PlannedStep {
  /// What steps of about the same cost have in common.
  var kindName: String {
    switch kind {
    case .preparation: step.name
    case .modelStage: "\(step.name) \(stageSettings)"
    case .refits: "\(trial.experiment) \(step.name) \(stageSettings)"
    case .fit: "\(trial.experiment) \(trial.model)"
    }
  }

  private var stageSettings: String {
    let parameters = trial.modelStage?.parameters
    return (parameters?.names ?? []).map { "\($0)=\(parameters?[$0]?.description ?? "")" }
      .joined(separator: " ")
  }
}
