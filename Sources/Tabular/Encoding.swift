public import Numerical

/// How a table becomes a matrix.
public struct EncodingOptions: Hashable, Sendable, Codable {
  /// What stands for a missing number, learnt from the training rows.
  public enum NumericImputation: String, Hashable, Sendable, Codable, CaseIterable {
    case median, mean, zero, refuse
  }

  /// What stands for a missing level: the most frequent one, or a level of its own.
  public enum CategoryImputation: String, Hashable, Sendable, Codable, CaseIterable {
    case mostFrequent = "most-frequent"
    case ownLevel = "own-level"
    case refuse
  }

  /// One matrix column per level, or one column of level numbers.
  public enum CategoryCoding: String, Hashable, Sendable, Codable, CaseIterable {
    case oneHot = "one-hot"
    case ordinal
  }

  /// What becomes of a level that training did not have.
  ///
  /// Where training pooled rare levels, it joins them whatever the policy: an encoder does not keep the
  /// names of rare levels, and cannot tell them from new ones.
  public enum UnseenPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// It has no level: all of its one-hot columns are 0, and its ordinal number is the one after the
    /// last.
    case pool
    /// It counts as missing.
    case impute
    case refuse
  }

  public var numericImputation = NumericImputation.median
  /// Adds a column `<name> is missing` for every number that was missing in training.
  public var missingIndicators = false
  public var categoryCoding = CategoryCoding.oneHot
  public var categoryImputation = CategoryImputation.ownLevel
  /// Levels held by a smaller share of the rows are pooled into `(other)`.
  public var rareShare = 0.01
  /// Levels held by fewer rows are pooled too: a level of few rows may name a person.
  public var rareRows = Disclosure.leastRows
  /// The most levels a category keeps, the pool among them; the rarest are pooled.
  public var maximumLevels = 20
  public var unseenLevels = UnseenPolicy.pool

  public init() {}
}

/// A fitted encoding: columns by name in, a matrix of finite numbers out.
///
/// Numbers become one column and booleans one of 0 and 1, categories one column per level in the
/// order of the levels' UTF-8 bytes, then `(missing)`, then `(other)`. With these rules levels and
/// order agree with scikit-learn's `OneHotEncoder(min_frequency:, max_categories:,
/// handle_unknown="infrequent_if_exist")`.
public struct TableEncoder: Hashable, Sendable {
  /// The columns read, in the order of their matrix columns.
  public let inputs: [EncoderInput]
  /// Names of the matrix columns: the column's name, or `column = level` for a one-hot level.
  public let featureNames: [String]
  /// The input of each matrix column, as a place in `inputs`.
  public let featureInputs: [Int]

  init(inputs: [EncoderInput]) {
    self.inputs = inputs
    var names: [String] = []
    var taken: Set<String> = []
    for name in inputs.flatMap(\.featureNames) {
      var unique = name
      var copy = 2
      while !taken.insert(unique).inserted {
        unique = "\(name) (\(copy))"
        copy += 1
      }
      names.append(unique)
    }
    featureNames = names
    featureInputs = inputs.indices.flatMap { index in
      [Int](repeating: index, count: inputs[index].width)
    }
  }
}

extension TableEncoder: Codable {
  private enum CodingKeys: String, CodingKey { case inputs }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let inputs = try container.decode([EncoderInput].self, forKey: .inputs)
    guard Set(inputs.map(\.name)).count == inputs.count, !inputs.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .inputs, in: container, debugDescription: "inputs must have distinct names")
    }
    self.init(inputs: inputs)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputs, forKey: .inputs)
  }
}

/// A matrix and what had to be filled in to make it.
public struct EncodedTable: Sendable {
  public let matrix: Matrix
  /// Missing cells that were given a value, by column; columns without any are absent.
  public let imputedCounts: [String: Int]
  /// Cells of levels that training did not have or pooled, by column; columns without any are absent.
  public let unseenCounts: [String: Int]
}
