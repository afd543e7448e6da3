/// Columns of features as tree learners take them: numbers and categories, untouched.
///
/// Column-major. A number that is NaN and a category code of −1 are missing values; infinities are
/// ordinary extreme numbers.
public struct FeatureTable: Hashable, Sendable {
  public let rowCount: Int
  public let columns: [FeatureColumn]

  /// - Precondition: every column has `rowCount` values.
  public init(rowCount: Int, columns: [FeatureColumn]) {
    precondition(
      rowCount >= 0 && columns.allSatisfy { $0.count == rowCount },
      "columns have a value per row")
    self.rowCount = rowCount
    self.columns = columns
  }

  /// The given rows in the given order.
  public func selectingRows(_ indices: [Int]) -> FeatureTable {
    FeatureTable(
      rowCount: indices.count, columns: columns.map { $0.selectingRows(indices) })
  }
}

/// A named column of a feature table.
public struct FeatureColumn: Hashable, Sendable {
  public enum Values: Hashable, Sendable {
    case numbers([Double])
    case categories(Categories)
  }

  public let name: String
  public let values: Values

  public init(_ name: String, _ values: Values) {
    self.name = name
    self.values = values
  }

  public var count: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .categories(let categories): categories.codes.count
    }
  }

  func selectingRows(_ indices: [Int]) -> FeatureColumn {
    switch values {
    case .numbers(let numbers): FeatureColumn(name, .numbers(indices.map { numbers[$0] }))
    case .categories(let categories):
      FeatureColumn(
        name,
        .categories(
          Categories(codes: indices.map { categories.codes[$0] }, levels: categories.levels)))
    }
  }
}

/// Values of a finite vocabulary.
public struct Categories: Hashable, Sendable {
  /// A position in `levels` per row, or −1 for a missing value.
  public let codes: [Int32]
  /// Distinct names; one that no row has is allowed.
  public let levels: [String]

  /// - Precondition: codes lie in −1 ..< levels.count.
  public init(codes: [Int32], levels: [String]) {
    precondition(
      codes.allSatisfy { $0 >= -1 && Int($0) < levels.count }, "codes are positions among levels")
    self.codes = codes
    self.levels = levels
  }
}

/// Features with what is to be learned from them.
public struct Labeled<Features: Sendable>: Sendable {
  public let features: Features
  /// One per row: 0 or 1 for a binary target, a number otherwise.
  public let labels: [Double]
  /// How many times each row counts; nil counts every row once.
  public let weights: [Double]?
  /// Where fits to these rows find the bins that others of them made; nil where each makes its own.
  public let bins: SharedBins?

  public init(
    _ features: Features, labels: [Double], weights: [Double]? = nil, bins: SharedBins? = nil
  ) {
    self.features = features
    self.labels = labels
    self.weights = weights
    self.bins = bins
  }
}
