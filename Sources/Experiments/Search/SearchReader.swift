/// Reads the `search` of an experiment.
struct SearchReader {
  private static let keys = [
    "method", "trials", "seed", "startup", "batch", "drop", "first", "factor",
  ]

  /// `{method: random, trials: 50, seed: 1}`, `{method: tpe, trials: 60}`, `{drop: racing}`.
  func read(_ node: SourceNode) throws(StudyError) -> Study.Search {
    let section = try Section(node, "search", keys: Self.keys)
    var search = Study.Search(
      method: try section["method"]?.choice("method", of: Study.Search.Method.self) ?? .grid)
    search.trials = try section["trials"]?.count("trials", 1...Grid.trialLimit)
    search.seed = try section["seed"].map { (seed) throws(StudyError) in
      guard case .scalar(let text, false) = seed.content, let value = UInt64(text) else {
        throw seed.refused("seed", expected: "a whole number from 0 to \(UInt64.max)")
      }
      return value
    }
    if search.method != .grid, search.trials == nil {
      throw StudyError(.missingKey("trials", section: "search"), at: node.place)
    }
    try readAdaptive(section, into: &search)
    search.drop = try drop(section)
    if search.method == .tpe, search.drop != nil, let drop = section["drop"] {
      throw drop.refused("drop", expected: "left out with tpe, which learns from whole trials")
    }
    return search
  }

  private func readAdaptive(
    _ section: Section, into search: inout Study.Search
  ) throws(StudyError) {
    let limit = Grid.trialLimit
    let startup = try section["startup"]?.count("startup", 2...limit)
    let batch = try section["batch"]?.count("batch", 1...limit)
    if search.method == .tpe {
      search.startup = startup ?? Study.Search.startup
      search.batch = batch ?? Study.Search.batch
    } else {
      for key in ["startup", "batch"] {
        if let node = section[key] { throw node.refused(key, expected: "left out without tpe") }
      }
    }
  }

  private func drop(_ section: Section) throws(StudyError) -> Study.Drop? {
    guard let node = section["drop"] else {
      for key in ["first", "factor"] {
        if let node = section[key] { throw node.refused(key, expected: "left out without drop") }
      }
      return nil
    }
    var drop = Study.Drop(rule: try node.choice("drop", of: Study.Drop.Rule.self))
    drop.first = try section["first"]?.count("first", 2...1_000_000_000)
    if let factor = section["factor"] {
      guard drop.rule == .halving else {
        throw factor.refused("factor", expected: "left out with racing, which drops by a test")
      }
      drop.factor = try factor.count("factor", 2...100)
    } else if drop.rule == .halving {
      drop.factor = Ladder.factor
    }
    return drop
  }
}
