internal import Experiments

/// One experiment of two runs.
struct ExperimentPart {
  let experiment: ExperimentComparison
  let anchor: String

  init(_ experiment: ExperimentComparison, anchor: String) {
    self.experiment = experiment
    self.anchor = anchor
  }

  /// The most important difference in a sentence; nil where the results are the same.
  static func headline(_ experiment: ExperimentComparison) -> String? {
    if experiment.task.a == nil { return "Experiment \(experiment.id) is in B only." }
    if experiment.task.b == nil { return "Experiment \(experiment.id) is in A only." }
    guard let chosen = experiment.chosen else { return nil }
    let metric = experiment.metric.a
    let sentences = CandidateBlocks.headline(chosen, metric: metric)
    return sentences.first.map { "\(experiment.id): \($0)" }
  }

  var part: ComparisonView.Part {
    var sentences: [String] = []
    if experiment.task.a != nil && experiment.task.b != nil {
      sentences.append(counts)
    } else {
      sentences.append(Self.headline(experiment) ?? "")
    }
    if experiment.metric.differs, let a = experiment.metric.a, let b = experiment.metric.b {
      sentences.append("A ranks by \(a), B by \(b).")
    }
    var blocks: [ComparisonView.Block] = []
    if let chosen = experiment.chosen {
      blocks = CandidateBlocks(chosen, anchor: anchor, metric: experiment.metric.a).blocks
    }
    return .init(
      anchor: anchor, heading: "Experiment \(experiment.id)", sentences: sentences,
      blocks: blocks + trials)
  }

  private var counts: String {
    let same = experiment.matchedCount - experiment.moved.count
    return "\(counted(experiment.trialCount.a, "trial")) in A, "
      + "\(NumberFormat.count(experiment.trialCount.b)) in B: "
      + "\(NumberFormat.count(same)) as before, \(NumberFormat.count(experiment.moved.count)) moved, "
      + "\(NumberFormat.count(experiment.onlyInA.count)) in A only, "
      + "\(NumberFormat.count(experiment.onlyInB.count)) in B only."
  }

  private var trials: [ComparisonView.Block] {
    var tables: [TableView] = []
    if !experiment.moved.isEmpty { tables.append(moved) }
    tables += [lone(experiment.onlyInA, "in A only"), lone(experiment.onlyInB, "in B only")]
      .compactMap { $0 }
    return tables.isEmpty ? [] : [.init(heading: "Trials", tables: tables)]
  }

  /// Trials in words by what tells them apart from those they stand with.
  private func settings(of trials: [(model: String, stages: [StageRecord])]) -> [String] {
    let records = trials.map {
      TrialRecord(
        id: "", experiment: experiment.id, model: $0.model, stages: $0.stages, status: .done)
    }
    let varying = VaryingParameters(of: records)
    return records.map(varying.phrase)
  }

  private var moved: TableView {
    let shown = experiment.moved.prefix(ComparisonView.listed)
    let names = settings(of: shown.map { ($0.model, $0.stages) })
    let value = experiment.metric.a ?? "value"
    let hasTiers = experiment.moved.contains { $0.tier.a != nil || $0.tier.b != nil }
    return TableView(
      caption: "Moved" + suffix(experiment.moved.count),
      columns: [.text("trial"), .number("rank in A"), .number("rank in B")]
        + (hasTiers ? [.number("tier in A"), .number("tier in B")] : [])
        + [.number("\(value) in A"), .number("\(value) in B"), .text("status")],
      rows: zip(names, shown).map { name, trial in
        let status =
          trial.status.differs
          ? "\(trial.status.a.rawValue) → \(trial.status.b.rawValue)" : trial.status.a.rawValue
        return [name, rank(trial.rank.a), rank(trial.rank.b)]
          + (hasTiers ? [rank(trial.tier.a), rank(trial.tier.b)] : [])
          + [number(trial.value.a), number(trial.value.b), status]
      })
  }

  private func lone(_ trials: [ExperimentComparison.LoneTrial], _ place: String) -> TableView? {
    guard !trials.isEmpty else { return nil }
    let shown = trials.prefix(ComparisonView.listed)
    let names = settings(of: shown.map { ($0.model, $0.stages) })
    return TableView(
      caption: place.capitalizedFirst + suffix(trials.count),
      columns: [
        .text("trial"), .number("rank"), .number(experiment.metric.a ?? "value"), .text("status"),
      ],
      rows: zip(names, shown).map { name, trial in
        [name, rank(trial.rank), number(trial.value), trial.status.rawValue]
      })
  }

  private func suffix(_ count: Int) -> String {
    let omission = ComparisonView.omission(count, "trials")
    return omission.isEmpty ? "" : ". \(omission)"
  }

  private func rank(_ rank: Int?) -> String { rank.map(NumberFormat.count) ?? "–" }

  private func number(_ value: Double?) -> String {
    value.map { NumberFormat.significant($0) } ?? "–"
  }
}
