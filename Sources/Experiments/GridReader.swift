internal import Learning
internal import Tabular

/// Reads the grid of an experiment: axes, blocks and their conditions, each value checked.
struct GridReader {
  private let models: [GridModel]
  private let stages: [PipelineStage]
  /// Whether axes may be ranges to draw from.
  private let draws: Bool

  /// More values than this on one axis are a mistake.
  private static let valueLimit = 10_000

  init(catalog: Catalog, task: Study.Experiment.Task, draws: Bool) {
    self.draws = draws
    let models = catalog.models(task)
    self.models = models
    stages = PipelineStage.all(in: catalog).filter { stage in
      models.contains { $0.form == stage.form }
    }
  }

  /// Axes of preprocessing steps, keyed `stage.parameter`.
  func shared(_ node: SourceNode?) throws(StudyError) -> [Axis] {
    guard let node else { return [] }
    return try axes(try node.entries("shared"), section: "shared", model: nil)
  }

  func blocks(_ node: SourceNode) throws(StudyError) -> [Block] {
    let items = try node.items("grid")
    guard !items.isEmpty else {
      throw node.refused("grid", expected: "a list of at least one block")
    }
    var blocks: [Block] = []
    for item in items { blocks.append(try block(item)) }
    return blocks
  }

  private func block(_ node: SourceNode) throws(StudyError) -> Block {
    let entries = try node.entries("grid")
    guard let named = entries.first(where: { $0.key == "model" })?.value else {
      throw StudyError(.missingKey("model", section: "a block of the grid"), at: node.place)
    }
    let name = try named.text("model")
    guard let model = models.first(where: { $0.name == name }) else {
      let known = models.map(\.name)
      throw StudyError(
        .unknownName(
          name, kind: .model, known: known, nearest: NearestName.nearest(to: name, among: known)),
        at: named.place)
    }
    var block = Block(model: name, axes: [], when: [], exclude: [])
    var seen: [Axis] = []
    for entry in entries where entry.key != "model" {
      switch entry.key {
      case "seeds":
        block.seeds = try entry.value.seeds("seeds")
      case "zip":
        let zipped = try zip(entry.value, model: model)
        block.axes.append(zipped)
        try add(zipped, to: &seen, at: entry.place)
      case "when":
        block.when = try conditions(entry.value, "when", model: model)
      case "exclude":
        block.exclude = try exclusions(entry.value, model: model)
      default:
        let axis = try axis(entry, section: name, model: model)
        block.axes.append([axis])
        try add([axis], to: &seen, at: entry.place)
      }
    }
    return block
  }

  private func axes(
    _ entries: [SourceNode.Entry], section: String, model: GridModel?
  ) throws(StudyError) -> [Axis] {
    var axes: [Axis] = []
    for entry in entries {
      let axis = try axis(entry, section: section, model: model)
      try add([axis], to: &axes, at: entry.place)
    }
    return axes
  }

  /// Refuses a parameter that is given twice, be it under an alias.
  private func add(_ added: [Axis], to axes: inout [Axis], at place: SourcePlace) throws(StudyError)
  {
    for axis in added {
      if axes.contains(where: { $0.stage == axis.stage && $0.parameter == axis.parameter }) {
        throw StudyError(
          .parameter(.duplicate(parameter: axis.parameter), stage: axis.stage), at: place)
      }
      axes.append(axis)
    }
  }

  private func zip(_ node: SourceNode, model: GridModel) throws(StudyError) -> [Axis] {
    let axes = try axes(try node.entries("zip"), section: model.name, model: model)
    try requireValues(axes, "zip", at: node)
    let counts = axes.map(\.values.count)
    guard let first = counts.first else { throw node.refused("zip", expected: "at least one list") }
    guard counts.allSatisfy({ $0 == first }) else {
      throw StudyError(.unevenZip(counts: counts), at: node.place)
    }
    return axes
  }

  private func conditions(
    _ node: SourceNode, _ key: String, model: GridModel
  ) throws(StudyError) -> [Axis] {
    let axes = try axes(try node.entries(key), section: model.name, model: model)
    try requireValues(axes, key, at: node)
    return axes
  }

  private func requireValues(
    _ axes: [Axis], _ key: String, at node: SourceNode
  ) throws(StudyError) {
    guard axes.allSatisfy({ $0.range == nil }) else {
      throw node.refused(key, expected: "values and lists, without a range to draw from")
    }
  }

  /// A range to draw from, its ends inside the parameter's domain.
  private func range(
    _ entry: SourceNode.Entry, resolve: (ParameterValue) throws(StudyError) -> ParameterValue
  ) throws(StudyError) -> AxisRange? {
    guard let drawn = try AxisValues.drawn(entry.value, key: entry.key) else { return nil }
    guard draws else {
      throw StudyError(.missingKey("search that draws", section: "experiment"), at: entry.place)
    }
    let ends = (try resolve(drawn.low), try resolve(drawn.high))
    guard let low = AxisValues.number(ends.0), let high = AxisValues.number(ends.1) else {
      throw entry.value.refused(entry.key, expected: "a range of numbers")
    }
    var isWhole = false
    if case (.integer, .integer) = ends { isWhole = true }
    return AxisRange(low: low, high: high, isLogarithmic: drawn.isLogarithmic, isWhole: isWhole)
  }

  /// One set of conditions, or a list of them.
  private func exclusions(
    _ node: SourceNode, model: GridModel
  ) throws(StudyError) -> [[Axis]] {
    guard case .sequence(let items) = node.content else {
      return [try conditions(node, "exclude", model: model)]
    }
    var exclusions: [[Axis]] = []
    for item in items { exclusions.append(try conditions(item, "exclude", model: model)) }
    return exclusions
  }

  private func axis(
    _ entry: SourceNode.Entry, section: String, model: GridModel?
  ) throws(StudyError) -> Axis {
    let (stage, schema, given) = try parameter(entry, section: section, model: model)
    let resolve: (Parameters) throws(ParameterError) -> Parameters
    if stage == PipelineStage.model, let model {
      resolve = model.resolve
    } else {
      resolve = { (given) throws(ParameterError) in
        try stages.first { $0.name == stage }?.resolve(given) ?? given
      }
    }
    guard let name = schema.canonicalName(of: given) else {
      throw unknownKey(entry, section: section, model: model)
    }
    func checked(
      _ value: ParameterValue, at place: SourcePlace
    ) throws(StudyError) -> ParameterValue {
      do throws(ParameterError) {
        return try resolve(Parameters([(name, value)]))[name] ?? value
      } catch {
        throw StudyError(.parameter(error, stage: schema.name), at: place)
      }
    }
    var axis = Axis(stage: stage, parameter: name, values: [])
    axis.range = try range(entry) { (value) throws(StudyError) in
      try checked(value, at: entry.value.place)
    }
    guard axis.range == nil else { return axis }
    for (value, place) in try AxisValues.read(entry.value, key: entry.key, limit: Self.valueLimit) {
      let isOff = isSwitchedOff(stage, name, value)
      axis.values.append(isOff ? .none : try checked(value, at: place))
    }
    return axis
  }

  private func isSwitchedOff(_ stage: String, _ parameter: String, _ value: ParameterValue) -> Bool
  {
    value.description == "none"
      && stages.contains { $0.name == stage && $0.switchParameter == parameter }
  }

  /// The step that a key means, its schema, and the parameter's name as written.
  private func parameter(
    _ entry: SourceNode.Entry, section: String, model: GridModel?
  ) throws(StudyError) -> (stage: String, schema: SchemaDescription, name: String) {
    if let dot = entry.key.firstIndex(of: ".") {
      let prefix = String(entry.key[..<dot])
      if let stage = stages.first(where: { $0.name == prefix }) {
        return (prefix, stage.description, String(entry.key[entry.key.index(after: dot)...]))
      }
    } else if let model {
      return (PipelineStage.model, model.description, entry.key)
    }
    throw unknownKey(entry, section: section, model: model)
  }

  private func unknownKey(
    _ entry: SourceNode.Entry, section: String, model: GridModel?
  ) -> StudyError {
    var known: [String] = []
    if let model {
      known = model.description.fields.map(\.name) + ["zip", "when", "exclude", "seeds"]
    }
    for stage in stages { known += stage.description.fields.map { "\(stage.name).\($0.name)" } }
    return StudyError(
      .unknownKey(
        entry.key, section: section, known: known,
        nearest: NearestName.nearest(to: entry.key, among: known)),
      at: entry.place)
  }
}
