internal import Evaluation
internal import Experiments
internal import Learning

/// The trials of an experiment as a report ranks them.
struct Leaderboard {
  let experiment: ExperimentRecord
  let varying: VaryingParameters
  let eligible: [LeaderboardRow]
  /// Done, but short of a requirement of the study.
  let unmet: [LeaderboardRow]
  /// Failed, skipped, stopped or never run.
  let unfinished: [LeaderboardRow]
  /// Labels of the metrics that tell trials apart; the ranking one first.
  let metrics: [String]
  /// The label of the metric that ranks.
  let rankingMetric: String
  let hasK: Bool
  let hasShare: Bool
  let hasParameters: Bool
  /// Figures of single models that share a column.
  let headlines: [FitMeasure]
  /// What trials cost in time and size, as far as it is known.
  let costs: [TrialCost]
  /// The best value of each metric among eligible trials.
  let best: [String: Double]

  /// - Parameter metricLimit: how many metrics have columns; what is narrow shows the first of them.
  init(_ experiment: ExperimentRecord, metricLimit: Int = .max) {
    self.experiment = experiment
    let rows = experiment.leaderboard
    let varying = VaryingParameters(of: rows.map(\.trial))
    self.varying = varying
    eligible = rows.filter { $0.rank != nil }
    unmet = rows.filter { $0.rank == nil && $0.trial.status == .done }
    unfinished = rows.filter { $0.rank == nil && $0.trial.status != .done }
    let labels = Self.labels(of: rows.map(\.trial))
    let ranking = rows.lazy.compactMap { $0.trial[metric: experiment.metric] }.first?.label
    rankingMetric = ranking ?? experiment.metric
    let hasSeveralModels = varying.hasSeveralModels
    let telling = labels.filter { label in
      // What only one model can measure stands beside its parameters when there are several.
      let isOwn = hasSeveralModels && FitMeasure(rawValue: label) != nil
      return label == ranking
        || !isOwn && !Self.isUninformative(label, in: rows.map(\.trial))
          && !(experiment.task == .classify && Self.isOfWinnerOnly(label, rows))
    }
    let ordered = telling.filter { $0 == ranking } + telling.filter { $0 != ranking }
    metrics = Array(ordered.prefix(metricLimit))
    hasK = rows.contains { $0.trial.k != nil }
    best = eligible.reduce(into: [:]) { best, row in
      for metric in row.trial.metrics {
        guard let value = row.shown(metric.label) else { continue }
        if let found = best[metric.label], !metric.direction.isBetter(value, than: found) {
          continue
        }
        best[metric.label] = value
      }
    }
    hasParameters =
      hasSeveralModels && rows.contains { !varying.ownParameters(of: $0.trial).isEmpty }
    headlines = hasSeveralModels ? Self.headlines(beside: metrics, of: rows.map(\.trial)) : []
    costs = experiment.task == .classify ? TrialCost.known(in: experiment) : []
    hasShare = !labels.contains("min_share") && !experiment.evidence.isEmpty
  }

  private static func labels(of trials: [TrialRecord]) -> [String] {
    var labels: [String] = []
    for metric in trials.flatMap(\.metrics) where !labels.contains(metric.label) {
      labels.append(metric.label)
    }
    return labels
  }

  private static func headlines(
    beside metrics: [String], of trials: [TrialRecord]
  ) -> [FitMeasure] {
    FitMeasure.headlines.filter { measure in
      let name = measure.rawValue
      return !metrics.contains(name) && trials.contains { $0[metric: name] != nil }
    }
  }

  /// Whether the metric only repeats k or is the same for every trial.
  static func isUninformative(_ label: String, in trials: [TrialRecord]) -> Bool {
    let measured = trials.filter { $0.metric(labeled: label) != nil }
    let values = measured.map { $0.metric(labeled: label)?.value }
    let isConstant = measured.count > 1 && values.allSatisfy { $0 == values.first }
    return isConstant
      || zip(measured, values).allSatisfy { trial, value in trial.k.map(Double.init) == value }
  }

  /// Whether the chosen trial alone has the metric, as with a holdout that is opened once.
  private static func isOfWinnerOnly(_ label: String, _ rows: [LeaderboardRow]) -> Bool {
    rows.count > 1
      && rows.allSatisfy { $0.isChosen || $0.trial.metric(labeled: label) == nil }
  }

  func direction(of name: String) -> Direction {
    let recorded = experiment.leaderboard.lazy.compactMap { $0.trial.metric(labeled: name) }.first
    return recorded?.direction ?? experiment.direction
  }

  /// Its gains tell how many segments there are; by itself it only grows with them.
  static let consensusArea = "consensus_area"

  /// Whether a better value is a better clustering; counts, areas and radii only describe one.
  static func isMerit(_ name: String) -> Bool {
    !["segments", consensusArea].contains(name) && FitMeasure(rawValue: name)?.isMerit ?? true
  }

  /// Metrics that notes explain: those of the columns and those of single models.
  var explained: [String] {
    let own = FitMeasure.allCases.map(\.rawValue).filter { name in
      !metrics.contains(name) && experiment.leaderboard.contains { $0.trial[metric: name] != nil }
    }
    return metrics + own
  }

  /// Why metrics of the columns are missing, as the trial's warnings tell.
  func gaps(of trial: TrialRecord) -> [String] {
    let missing = metrics.filter { trial.metric(labeled: $0) == nil }
    return trial.warnings.filter { warning in missing.contains { warning.contains($0) } }
  }

  /// Why cells of the columns are empty, each reason once, with how many trials it holds for.
  var gapReasons: [String] {
    var reasons: [(text: String, count: Int)] = []
    for reason in eligible.flatMap({ gaps(of: $0.trial) }) {
      if let index = reasons.firstIndex(where: { $0.text == reason }) {
        reasons[index].count += 1
      } else {
        reasons.append((reason, 1))
      }
    }
    return reasons.prefix(5).map { reason in
      let trials = reason.count == 1 ? "one trial" : "\(NumberFormat.count(reason.count)) trials"
      return "\(reason.text) (\(trials))."
    }
  }

  /// How many trials have no result, by the way they ended: `6`, or `6 (4 failed, 2 skipped)`.
  var unfinishedTally: String {
    let total = NumberFormat.count(unfinished.count)
    let states: [TrialRecord.Status] = [.failed, .dropped, .skipped, .stopped, .running, .planned]
    let parts = states.compactMap { state -> String? in
      let count = unfinished.count { $0.trial.status == state }
      return count > 0 ? "\(NumberFormat.count(count)) \(state.rawValue)" : nil
    }
    let isOnlyFailed = unfinished.allSatisfy { $0.trial.status == .failed }
    return isOnlyFailed ? total : "\(total) (\(parts.joined(separator: ", ")))"
  }
}

extension LeaderboardRow {
  /// What the leaderboard shows under a label: the mean over seeds, or the trial's value.
  func shown(_ label: String) -> Double? {
    seeds.flatMap { $0[metric: label]?.mean } ?? trial.metric(labeled: label)?.value
  }
}

extension ClusteringEvidence {
  /// Rows of all segments and the unassigned ones.
  var rowCount: Int { sizes.reduce(noiseCount, +) }

  /// The smallest segment's share of all rows; nil without rows.
  var smallestShare: Double? {
    guard let smallest = sizes.min(), rowCount > 0 else { return nil }
    return Double(smallest) / Double(rowCount)
  }
}
