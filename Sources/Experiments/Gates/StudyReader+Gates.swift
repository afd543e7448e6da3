internal import Learning
internal import Tabular

/// The gates of a study.
extension StudyReader {
  private static let keys = [
    "metric", "min", "max", "by", "vs", "min_change", "max_change", "if_missing",
  ]

  /// `{metric: <experiment>.<metric>, min: …, max: …}`, or `<experiment>.<split>.<metric>`; with `vs`, how far
  /// the value may lie from that of another model: `{metric: …, vs: name@champion, min_change: -0.002}`.
  func gates(
    _ node: SourceNode?, experiments: [Study.Experiment], hasHoldout: Bool
  ) throws(StudyError) -> [Study.Gate] {
    guard let node else { return [] }
    var gates: [Study.Gate] = []
    for item in try node.items("gates") {
      let section = try Section(item, "gate", keys: Self.keys)
      let named = try section.required("metric")
      var gate = try asked(named, experiments: experiments, hasHoldout: hasHoldout)
      gate.by = try section["by"]?.choice("by", of: Study.Gate.Basis.self)
      if gate.by == .value { gate.by = nil }
      if let vs = section["vs"] {
        gate.comparison = try comparison(with: vs, section)
      } else {
        for key in ["min_change", "max_change", "if_missing"] {
          guard let node = section[key] else { continue }
          throw StudyError(.missingKey("vs, which \(key) needs", section: "gate"), at: node.place)
        }
        gate.threshold = try threshold(
          item, "gate", metric: gate.threshold.metric, keys: Self.keys)
      }
      gates.append(gate)
    }
    return gates
  }

  private func comparison(
    with vs: SourceNode, _ section: Section
  ) throws(StudyError) -> Study.Gate.Comparison {
    for key in ["min", "max"] {
      guard let node = section[key] else { continue }
      throw node.refused(key, expected: "in a gate of its own, without vs")
    }
    let name = try vs.text("vs")
    guard !name.isEmpty else {
      throw vs.refused("vs", expected: "a run, a model or a name such as shop@champion")
    }
    let least = try section["min_change"]?.change("min_change")
    let most = try section["max_change"]?.change("max_change")
    guard least != nil || most != nil else {
      throw StudyError(.missingKey("min_change or max_change", section: "gate"), at: vs.place)
    }
    if let least, let most, least.isRelative == most.isRelative, least.amount > most.amount {
      throw vs.refused("gate", expected: "changes with min_change up to max_change")
    }
    let missing = try section["if_missing"]?.choice(
      "if_missing", of: Study.Gate.Comparison.Missing.self)
    return Study.Gate.Comparison(
      vs: name, minChange: least, maxChange: most, ifMissing: missing ?? .fail)
  }

  private func asked(
    _ node: SourceNode, experiments: [Study.Experiment], hasHoldout: Bool
  ) throws(StudyError) -> Study.Gate {
    let parts = try node.text("metric").split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count >= 2 else {
      throw node.refused("metric", expected: "experiment.metric or experiment.split.metric")
    }
    guard let experiment = experiments.first(where: { $0.id == parts[0] }) else {
      let known = experiments.map(\.id)
      throw StudyError(
        .unknownName(
          parts[0], kind: .experiment, known: known,
          nearest: NearestName.nearest(to: parts[0], among: known)),
        at: node.place)
    }
    let inside = experiment.task == .classify ? "folds" : hasHoldout ? "train" : "all"
    let splits = hasHoldout ? [inside, "holdout"] : [inside]
    let known = Measures.available(
      experiment.task, metrics: experiment.metrics, stability: experiment.stability)
    // Names of metrics may hold points themselves.
    let whole = parts.dropFirst().joined(separator: ".")
    let namesSplit = parts.count > 2 && !known.contains(whole)
    if namesSplit, !splits.contains(parts[1]) {
      throw node.refused("the split of metric", expected: splits.joined(separator: " or "))
    }
    let metric = namesSplit ? parts.dropFirst(2).joined(separator: ".") : whole
    guard known.contains(metric) else {
      throw StudyError(
        .unknownName(
          metric, kind: .metric, known: known,
          nearest: NearestName.nearest(to: metric, among: known)),
        at: node.place)
    }
    return Study.Gate(
      experiment: parts[0], split: namesSplit ? parts[1] : nil,
      threshold: Study.Threshold(metric: metric, min: nil, max: nil))
  }
}

extension SourceNode {
  /// A number, or a share of the reference's size such as `-1%`.
  fileprivate func change(_ key: String) throws(StudyError) -> Study.Gate.Change {
    let expected = "a number such as -0.002, or a share such as -1%"
    guard case .scalar(let text, _) = content else { throw refused(key, expected: expected) }
    let isRelative = text.hasSuffix("%")
    guard let number = plainNumber(isRelative ? String(text.dropLast()) : text) else {
      throw refused(key, expected: expected)
    }
    return Study.Gate.Change(amount: isRelative ? number / 100 : number, isRelative: isRelative)
  }
}
