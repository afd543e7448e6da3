internal import Learning

/// The configurations that are taken from an experiment's axes, each once.
///
/// A configuration is a point of one of the experiment's blocks. Points that resolve to the same pipeline are one
/// configuration, at the first's place.
struct Grid {
  /// More combinations than this in an experiment are a mistake.
  static let trialLimit = 10_000

  /// Where among the axes a configuration lies.
  struct Place: Hashable {
    /// The number of the block.
    let block: Int
    /// See `BlockSpace`.
    let point: [Double]
  }

  /// A pipeline and the seeds under which it is computed.
  struct Configuration {
    /// Steps in pipeline order, the model last.
    let stages: [StageRecord]
    /// Nil for the study's seed alone.
    let seeds: Study.Seeds?
    let place: Place
  }

  /// What became of a point.
  enum Addition { case new, repeated, excluded }

  let spaces: [BlockSpace]
  private(set) var configurations: [Configuration] = []

  private let experiment: String
  private let stages: [PipelineStage]
  private let seeds: Study.Seeds?
  private let models: [GridModel]
  private var seen: Set<[StageRecord]> = []

  init(_ experiment: Study.Experiment, catalog: Catalog) {
    self.experiment = experiment.id
    seeds = experiment.seeds
    models = catalog.models(experiment.task)
    stages = PipelineStage.all(in: catalog)
    spaces = experiment.grid.map { BlockSpace($0, shared: experiment.shared) }
  }

  /// Takes every combination, block after block as written, the last axis varying fastest.
  ///
  /// - Returns: how many combinations meant the same as an earlier one.
  mutating func expand() throws(StudyError) -> Int {
    let tooMany = StudyError(.tooManyTrials(experiment: experiment, limit: Self.trialLimit))
    var repeatedCount = 0
    for (block, space) in spaces.enumerated() {
      guard let total = space.count(upTo: Self.trialLimit + 1), total <= Self.trialLimit else {
        throw tooMany
      }
      var excludedCount = 0
      for number in 0..<total {
        switch try add(Place(block: block, point: space.point(number))) {
        case .new: break
        case .repeated: repeatedCount += 1
        case .excluded: excludedCount += 1
        }
      }
      guard excludedCount < total else {
        throw StudyError(.noTrials(experiment: experiment, block: block + 1))
      }
      guard configurations.count <= Self.trialLimit else { throw tooMany }
    }
    return repeatedCount
  }

  /// Takes what a point means, unless conditions leave it out or it is there.
  mutating func add(_ place: Place) throws(StudyError) -> Addition {
    let space = spaces[place.block]
    let stages = try resolve(space.combination(at: place.point), model: space.block.model)
    guard isKept(stages, space.block) else { return .excluded }
    guard seen.insert(stages).inserted else { return .repeated }
    let settled = Place(block: place.block, point: space.settled(place.point))
    configurations.append(
      Configuration(stages: stages, seeds: space.block.seeds ?? seeds, place: settled))
    return .new
  }

  /// Leaves out configurations, asked in order.
  mutating func keep(_ isKept: (Configuration) -> Bool) {
    configurations = configurations.filter(isKept)
  }

  private func resolve(
    _ chosen: BlockSpace.Combination, model: String
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
