internal import Evaluation
internal import Learning
internal import Tabular

/// Reads what a classification asks for beyond its grid, and adds the models that are there to be beaten.
struct ClassificationReader {
  static let keys = ["calibrate", "threshold", "allow_leak", "slices", "gains", "baselines"]

  let catalog: Catalog

  /// Nil for a clustering, which has none of these keys.
  ///
  /// - Parameter blocks: the experiment's blocks, to which missing baselines are added at the end.
  func read(
    _ section: Section, task: Study.Experiment.Task, blocks: inout [Block]
  ) throws(StudyError) -> Study.Classification? {
    guard task == .classify else {
      if let entry = section.entries.first(where: { Self.keys.contains($0.key) }) {
        throw entry.value.refused(entry.key, expected: "absent unless task is classify")
      }
      return nil
    }
    let wantsBaselines = try section["baselines"]?.flag("baselines") ?? true
    let missing = catalog.classifiers.filter { model in
      model.isBaseline && !blocks.contains { $0.model == model.name }
    }
    var asked = Study.Classification()
    if wantsBaselines { asked.baselines = missing.map(\.name) }
    blocks += asked.baselines.map { Block(model: $0, axes: [], when: [], exclude: []) }
    if let node = section["calibrate"] {
      asked.calibrate = try node.choice("calibrate", of: CalibrationMethod.self)
    }
    if let node = section["threshold"] { asked.threshold = try threshold(node) }
    if let node = section["allow_leak"] { asked.allowLeak = try node.texts("allow_leak") }
    if let node = section["slices"] { asked.slices = try node.texts("slices") }
    if let node = section["gains"] { asked.gainsBins = try bins(node) }
    return asked
  }

  /// `{bins: 20}`; nil for the usual number, which changes nothing.
  private func bins(_ node: SourceNode) throws(StudyError) -> Int? {
    let section = try Section(node, "gains", keys: ["bins"])
    let bins = try section.required("bins").count("bins", 2...1000)
    return bins == GainsTable.standardBinCount ? nil : bins
  }

  /// A number, `{metric: f1}`, `{capacity: 5%}`, or `{value: 100, cost: 2}`.
  private func threshold(_ node: SourceNode) throws(StudyError) -> ThresholdRule {
    guard case .mapping = node.content else {
      return .fixed(
        try node.number("threshold", "a probability from 0 to 1, or a rule") {
          (0...1).contains($0)
        })
    }
    let section = try Section(node, "threshold", keys: ["metric", "capacity", "value", "cost"])
    if let metric = section["metric"] {
      try requireAlone(section, 1, node)
      return .best(try metric.choice("metric", of: CutFigure.self))
    }
    if let capacity = section["capacity"] {
      try requireAlone(section, 1, node)
      return .capacity(share: try share(capacity))
    }
    try requireAlone(section, 2, node)
    let value = try section.required("value").number("value", "a positive number") { $0 > 0 }
    let cost = try section.required("cost").number("cost", "a number from 0") { $0 >= 0 }
    do throws(EvaluationError) {
      return .profit(try Campaign(valueOfHit: value, costOfContact: cost))
    } catch {
      throw node.refused("threshold", expected: "a value and a cost of usual size")
    }
  }

  private func requireAlone(
    _ section: Section, _ count: Int, _ node: SourceNode
  ) throws(StudyError) {
    guard section.entries.count == count else {
      throw node.refused(
        "threshold", expected: "one rule: {metric}, {capacity} or {value, cost}")
    }
  }

  /// `0.05` or `5%`.
  private func share(_ node: SourceNode) throws(StudyError) -> Double {
    let expected = "a share above 0 and up to 1, such as 0.05 or 5%"
    guard case .scalar(let text, _) = node.content else {
      throw node.refused("capacity", expected: expected)
    }
    let isPercent = text.hasSuffix("%")
    guard let number = plainNumber(isPercent ? String(text.dropLast()) : text) else {
      throw node.refused("capacity", expected: expected)
    }
    let share = isPercent ? number / 100 : number
    guard share > 0, share <= 1 else { throw node.refused("capacity", expected: expected) }
    return share
  }
}
