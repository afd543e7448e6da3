internal import Learning
internal import Tabular

/// The parts of a study that say when a run passes and what it leaves behind.
extension StudyReader {
  /// - Parameter usual: what holds where the study says nothing.
  func split(
    _ node: SourceNode, roles: Roles, usual: Study.Split
  ) throws(StudyError) -> Study.Split {
    let section = try Section(node, "split", keys: ["scheme", "holdout", "folds", "gap"])
    var split = usual
    if let node = section["scheme"] {
      split.scheme = try node.choice("scheme", of: Study.Split.Scheme.self)
      if let needed = split.scheme.neededRole(among: roles) {
        throw StudyError(.missingKey(needed, section: "data.roles"), at: node.place)
      }
    }
    split.holdout = try section["holdout"]?.number("holdout", "a share above 0 and below 1") {
      $0 > 0 && $0 < 1
    }
    if let node = section["folds"] {
      split.folds = Int(
        try node.number("folds", "a whole number from 2 to 100") {
          (2...100).contains($0) && $0 == $0.rounded()
        })
    }
    if let node = section["gap"] {
      split.gap = try node.number("gap", "a number from 0") { $0 >= 0 }
      guard split.scheme == .forwardTime else {
        throw node.refused("gap", expected: "absent unless scheme is forward-time")
      }
    }
    return split
  }

  func limits(_ node: SourceNode?) throws(StudyError) -> Study.Limits {
    var limits = Study.Limits()
    guard let node else { return limits }
    let section = try Section(
      node, "limits",
      keys: ["per_trial", "time_limit", "max_trials", "max_failure_rate", "memory", "cache"])
    if let node = section["max_failure_rate"] {
      limits.maxFailureRate = try node.number("max_failure_rate", "a share from 0 to 1") {
        (0...1).contains($0)
      }
    }
    limits.memory = try section["memory"]?.memorySize("memory")
    if let node = section["cache"] {
      limits.cache = node.isWord("none") ? 0 : try node.memorySize("cache")
    }
    limits.timeLimit = try section["time_limit"]?.duration("time_limit")
    limits.perTrial = try section["per_trial"]?.duration("per_trial")
    if let node = section["max_trials"] {
      limits.maxTrials = Int(
        try node.number("max_trials", "a whole number from 1 to 1000000") {
          (1...1_000_000).contains($0) && $0 == $0.rounded()
        })
    }
    return limits
  }

  func report(_ node: SourceNode?) throws(StudyError) -> Study.Report {
    let usual: [Study.Report.Format] = [.html, .md]
    guard let node else { return Study.Report(formats: usual) }
    let section = try Section(node, "report", keys: ["formats"])
    guard let list = section["formats"] else { return Study.Report(formats: usual) }
    var formats: [Study.Report.Format] = []
    for item in try list.items("formats") {
      let format = try item.choice("formats", of: Study.Report.Format.self)
      if !formats.contains(format) { formats.append(format) }
    }
    return Study.Report(formats: formats)
  }
}
