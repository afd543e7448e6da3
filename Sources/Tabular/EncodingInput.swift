/// One column that an encoder reads: the data contract and everything learnt about it.
public struct EncoderInput: Hashable, Sendable, Codable {
  public enum Coding: Hashable, Sendable, Codable {
    case number(NumberCoding)
    case category(CategoryCoding)
  }

  public let name: String
  /// The kind to read the column as; a column of text becomes a category.
  public let kind: ColumnKind
  public let coding: Coding

  init(name: String, kind: ColumnKind, coding: Coding) {
    self.name = name
    self.kind = kind
    self.coding = coding
  }

  /// How many matrix columns it becomes.
  public var width: Int {
    switch coding {
    case .number(let number): number.hasIndicator ? 2 : 1
    case .category(let category): category.width
    }
  }

  var featureNames: [String] {
    switch coding {
    case .number(let number): [name] + (number.hasIndicator ? ["\(name) is missing"] : [])
    case .category(let category):
      switch category.style {
      case .ordinal: [name]
      case .oneHot: category.positionNames.map { "\(name) = \($0)" }
      }
    }
  }
}

extension EncoderInput.Coding {
  private enum CodingKeys: String, CodingKey { case number, category }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let number = try container.decodeIfPresent(NumberCoding.self, forKey: .number) {
      self = .number(number)
    } else {
      self = .category(try container.decode(CategoryCoding.self, forKey: .category))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .number(let number): try container.encode(number, forKey: .number)
    case .category(let category): try container.encode(category, forKey: .category)
    }
  }
}

/// A number as it is: one matrix column, and one for missingness if asked for.
public struct NumberCoding: Hashable, Sendable, Codable {
  /// What stands for a missing value; nil refuses it or keeps it.
  public let fill: Double?
  /// Whether a missing value stays one, as NaN.
  public let keepsMissing: Bool
  public let hasIndicator: Bool
  /// The `CommonRange` of the training values; nil if there were none.
  public let minimum: Double?
  public let maximum: Double?

  init(
    fill: Double?, keepsMissing: Bool = false, hasIndicator: Bool, minimum: Double?,
    maximum: Double?
  ) {
    self.fill = fill
    self.keepsMissing = keepsMissing
    self.hasIndicator = hasIndicator
    self.minimum = minimum
    self.maximum = maximum
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    fill = try container.decodeIfPresent(Double.self, forKey: .fill)
    keepsMissing = try container.decode(Bool.self, forKey: .keepsMissing)
    hasIndicator = try container.decode(Bool.self, forKey: .hasIndicator)
    minimum = try container.decodeIfPresent(Double.self, forKey: .minimum)
    maximum = try container.decodeIfPresent(Double.self, forKey: .maximum)
    guard [fill, minimum, maximum].allSatisfy({ $0?.isFinite ?? true }),
      fill == nil || !keepsMissing
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .fill, in: container, debugDescription: "the fill value must be finite")
    }
  }
}

/// A category as positions: kept levels, then the missing level, then the pool.
public struct CategoryCoding: Hashable, Sendable, Codable {
  public let style: EncodingOptions.CategoryCoding
  /// Levels with a position of their own, ascending by UTF-8 bytes.
  public let levels: [String]
  /// Levels of the pool, ascending by UTF-8 bytes; empty unless the encoder is of a time when their names
  /// were kept.
  public let pooledLevels: [String]
  /// Whether missing values have a position of their own.
  public let hasMissingLevel: Bool
  /// Whether there is a position for levels that were too rare to keep.
  public let hasPool: Bool
  /// The position that stands for a missing value; nil refuses it or keeps it.
  public let fill: Int?
  /// Whether a missing value stays one, as NaN or code −1.
  public let keepsMissing: Bool
  public let unseen: EncodingOptions.UnseenPolicy

  /// Positions in use, one more than the last.
  var positionCount: Int { levels.count + (hasMissingLevel ? 1 : 0) + (hasPool ? 1 : 0) }

  var poolPosition: Int? { hasPool ? positionCount - 1 : nil }

  public var width: Int { style == .ordinal ? 1 : positionCount }

  /// Names of the positions; the two of our own differ from every level.
  public var positionNames: [String] {
    levels + (hasMissingLevel ? [Self.unused("(missing)", in: levels)] : [])
      + (hasPool ? [Self.unused("(other)", in: levels)] : [])
  }

  private static func unused(_ name: String, in levels: [String]) -> String {
    levels.contains(name) ? unused("(\(name))", in: levels) : name
  }
}

extension CategoryCoding {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    style = try container.decode(EncodingOptions.CategoryCoding.self, forKey: .style)
    levels = try container.decode([String].self, forKey: .levels)
    pooledLevels = try container.decode([String].self, forKey: .pooledLevels)
    hasMissingLevel = try container.decode(Bool.self, forKey: .hasMissingLevel)
    hasPool = try container.decode(Bool.self, forKey: .hasPool)
    fill = try container.decodeIfPresent(Int.self, forKey: .fill)
    keepsMissing = try container.decode(Bool.self, forKey: .keepsMissing)
    unseen = try container.decode(EncodingOptions.UnseenPolicy.self, forKey: .unseen)
    guard Self.isAscending(levels), Self.isAscending(pooledLevels),
      fill.map({ 0 <= $0 && $0 < positionCount }) ?? true,
      hasPool || pooledLevels.isEmpty, positionCount > 0 || keepsMissing,
      !keepsMissing || (fill == nil && style == .ordinal)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .levels, in: container,
        debugDescription: "levels must ascend and the fill position must exist")
    }
  }

  private static func isAscending(_ levels: [String]) -> Bool {
    zip(levels, levels.dropFirst()).allSatisfy { $0.precedesInBytes($1) }
  }
}

extension String {
  /// The order of UTF-8 bytes, which is that of code points.
  ///
  /// Swift's own order and equality would treat different spellings of an accented letter as one.
  func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

extension [String] {
  /// The place of `level` in levels that ascend by UTF-8 bytes.
  func place(ofLevel level: String) -> Int? {
    let place = partitioningPoint { !$0.precedesInBytes(level) }
    return place < count && self[place].utf8.elementsEqual(level.utf8) ? place : nil
  }
}
