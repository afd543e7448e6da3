internal import Learning

/// The trials that a study's axes mean, in a fixed order.
///
/// Blocks follow each other as written. Within a block, shared axes come first, then the block's own,
/// as written; the last axis varies fastest. An axis of a block replaces the shared axis of the same
/// parameter. Combinations that resolve to the same pipeline are one trial, at the first's place.
struct Grid {
  /// More combinations than this in an experiment are a mistake.
  static let trialLimit = 10_000

  /// A pipeline and the seeds under which it is computed.
  struct Configuration {
    /// Steps in pipeline order, the model last.
    let stages: [StageRecord]
    /// Nil for the study's seed alone.
    let seeds: Study.Seeds?
  }

  private(set) var configurations: [Configuration] = []
  /// Combinations that meant the same as an earlier one.
  private(set) var mergedCount = 0

  private let stages: [PipelineStage]
  private let seeds: Study.Seeds?
  private let models: [GridModel]
  private var seen: Set<[StageRecord]> = []

  init(_ experiment: Study.Experiment, catalog: Catalog) throws(StudyError) {
    seeds = experiment.seeds
    models = catalog.models(experiment.task)
    stages = PipelineStage.all(in: catalog)
    for (number, block) in experiment.grid.enumerated() {
      let before = configurations.count + mergedCount
      try expand(block, shared: experiment.shared, experiment: experiment.id)
      guard configurations.count + mergedCount > before else {
        throw StudyError(.noTrials(experiment: experiment.id, block: number + 1))
      }
    }
  }

  private mutating func expand(
    _ block: Block, shared: [Axis], experiment: String
  ) throws(StudyError) {
    let own = block.axes.flatMap { $0 }
    let inherited = shared.filter { axis in
      !own.contains { $0.stage == axis.stage && $0.parameter == axis.parameter }
    }
    let dimensions = inherited.map { [$0] } + block.axes
    let counts = dimensions.map { $0.first?.values.count ?? 1 }
    let total = try size(of: counts, experiment: experiment)
    for number in 0..<total {
      var remainder = number
      var chosen: [(Axis, ParameterValue)] = []
      for (axes, count) in zip(dimensions, counts).reversed() {
        let index = remainder % count
        remainder /= count
        chosen += axes.map { ($0, $0.values[index]) }
      }
      let stages = try resolve(chosen, model: block.model)
      if isKept(stages, block) { add(stages, block) }
    }
    guard configurations.count <= Self.trialLimit else {
      throw StudyError(.tooManyTrials(experiment: experiment, limit: Self.trialLimit))
    }
  }

  private func size(of counts: [Int], experiment: String) throws(StudyError) -> Int {
    var total = 1
    for count in counts {
      let (product, overflow) = total.multipliedReportingOverflow(by: count)
      guard !overflow, product <= Self.trialLimit else {
        throw StudyError(.tooManyTrials(experiment: experiment, limit: Self.trialLimit))
      }
      total = product
    }
    return total
  }

  private mutating func add(_ stages: [StageRecord], _ block: Block) {
    if seen.insert(stages).inserted {
      configurations.append(Configuration(stages: stages, seeds: block.seeds ?? seeds))
    } else {
      mergedCount += 1
    }
  }

  private func resolve(
    _ chosen: [(axis: Axis, value: ParameterValue)], model: String
  ) throws(StudyError) -> [StageRecord] {
    func given(_ stage: String) -> Parameters? {
      let pairs = chosen.filter { $0.axis.stage == stage }.map { ($0.axis.parameter, $0.value) }
      return pairs.isEmpty ? nil : Parameters(pairs)
    }
    guard let entry = models.first(where: { $0.name == model }) else {
      let known = models.map(\.name)
      throw StudyError(.unknownName(model, kind: .model, known: known, nearest: nil))
    }
    var records: [StageRecord] = []
    for stage in stages where stage.form == entry.form {
      do throws(ParameterError) {
        records.append(try stage.record(given(stage.name)))
      } catch {
        throw StudyError(.parameter(error, stage: stage.name))
      }
    }
    do throws(ParameterError) {
      let parameters = try entry.resolve(given(PipelineStage.model) ?? Parameters())
      records.append(StageRecord(name: model, parameters: parameters))
    } catch {
      throw StudyError(.parameter(error, stage: model))
    }
    return records
  }

  private func isKept(_ trial: [StageRecord], _ block: Block) -> Bool {
    func matches(_ condition: Axis) -> Bool {
      let name = condition.stage == PipelineStage.model ? block.model : condition.stage
      guard let record = trial.first(where: { $0.name == name }),
        let value = record.parameters[condition.parameter]
      else { return false }
      return condition.values.contains(value)
    }
    guard block.when.allSatisfy(matches) else { return false }
    return !block.exclude.contains { !$0.isEmpty && $0.allSatisfy(matches) }
  }
}
