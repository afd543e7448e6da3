/// A column that a boosting model was fitted to.
public struct BoostingFeature: Hashable, Sendable, Codable {
  public enum Kind: Hashable, Sendable, Codable {
    /// Numbers; the least and greatest that were met, nil if there was none.
    case number(range: ClosedRange<Double>?)
    /// Categories, whose codes are positions in this list.
    case category(levels: [String])
  }

  public let name: String
  public let kind: Kind

  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  public var isCategorical: Bool { if case .category = kind { true } else { false } }
}

/// The columns of a table in the order and the codes of a model.
struct AlignedFeatures: Sendable {
  let rowCount: Int
  let sources: [FeatureSource]

  /// Matches columns by name; columns that the model does not know are ignored.
  ///
  /// - Throws: `LearningError.featureMissing`, `.featureKind`.
  init(_ table: FeatureTable, to features: [BoostingFeature]) throws(LearningError) {
    rowCount = table.rowCount
    var positions: [String: Int] = [:]
    for (index, column) in table.columns.enumerated() where positions[column.name] == nil {
      positions[column.name] = index
    }
    var sources: [FeatureSource] = []
    for feature in features {
      guard let position = positions[feature.name] else {
        throw .featureMissing(name: feature.name)
      }
      sources.append(try Self.source(table.columns[position], for: feature))
    }
    self.sources = sources
  }

  private static func source(_ column: FeatureColumn, for feature: BoostingFeature)
    throws(LearningError) -> FeatureSource
  {
    switch (column.values, feature.kind) {
    case (.numbers(let numbers), .number):
      return .numbers(numbers)
    case (.categories(let categories), .category(let levels)):
      if categories.levels == levels { return .codes(categories.codes, levelMap: nil) }
      var codes: [String: Int32] = [:]
      for (code, level) in levels.enumerated() where codes[level] == nil {
        codes[level] = Int32(code)
      }
      return .codes(categories.codes, levelMap: categories.levels.map { codes[$0] ?? -1 })
    default:
      throw .featureKind(name: feature.name, isCategorical: feature.isCategorical)
    }
  }

  /// Writes values of some rows as numbers, row-major: categories as their codes, NaN for missing ones.
  func write(_ rows: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    for (feature, source) in sources.enumerated() {
      var place = target + feature
      switch source {
      case .numbers(let numbers):
        for row in rows {
          place.pointee = numbers[row]
          place += sources.count
        }
      case .codes(let codes, let levelMap):
        for row in rows {
          let code = Self.code(codes[row], levelMap)
          place.pointee = code < 0 ? .nan : Double(code)
          place += sources.count
        }
      }
    }
  }

  static func code(_ code: Int32, _ levelMap: [Int32]?) -> Int32 {
    guard let levelMap, code >= 0 else { return code }
    return levelMap[Int(code)]
  }
}
