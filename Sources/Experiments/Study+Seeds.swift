extension Study {
  /// The seeds under which every configuration of an experiment or of a block is computed.
  ///
  /// A seed decides what the fit of a model draws; tables, folds, earlier steps and resamples follow from the
  /// study's seed, so that configurations stay paired.
  public enum Seeds: Hashable, Sendable, Codable {
    /// So many consecutive seeds from the study's own, which keeps the first when there are more.
    case count(Int)
    case list([UInt64])

    /// Above this a study asks for something else than to know the spread.
    static let limit = 1_000

    var count: Int {
      switch self {
      case .count(let count): count
      case .list(let seeds): seeds.count
      }
    }

    func values(from seed: UInt64) -> [UInt64] {
      switch self {
      case .count(let count): (0..<count).map { seed &+ UInt64($0) }
      case .list(let seeds): seeds
      }
    }
  }
}

extension SourceNode {
  /// `5`, or `[1, 2, 3]`.
  func seeds(_ key: String) throws(StudyError) -> Study.Seeds {
    let expected = "a number of seeds from 1 to \(Study.Seeds.limit), or a list of different seeds"
    guard case .sequence(let items) = content else {
      guard case .scalar(let text, false) = content, let count = Int(text),
        (1...Study.Seeds.limit).contains(count)
      else { throw refused(key, expected: expected) }
      return .count(count)
    }
    var seeds: [UInt64] = []
    for item in items {
      guard case .scalar(let text, false) = item.content, let seed = UInt64(text),
        !seeds.contains(seed)
      else { throw item.refused(key, expected: expected) }
      seeds.append(seed)
    }
    guard (1...Study.Seeds.limit).contains(seeds.count) else {
      throw refused(key, expected: expected)
    }
    return .list(seeds)
  }
}
