import Numerical

/// What the trees of a forest may look like and how their divisions are judged.
struct ForestRules: Sendable {
  /// Nil for no limit; with one, the leaf whose division gains most is divided first.
  var leafLimit: Int?
  var depthLimit: Int?
  var leastRows = 1
  /// Columns looked at per node, drawn anew; nil for all.
  var columnsPerNode: Int?
  var criterion = SplitCriterion.gini
  /// One random division per column instead of the best.
  var drawsDivisions = false
  /// What rows count as while divisions are judged; shares of leaves are without it.
  var factors = (zeros: 1.0, ones: 1.0)

  /// Categories with fewer rows of a node are not told apart there: their shares say nothing yet.
  static let leastRowsOfCategory = 10.0
}

/// How impure a node is, times the weight W of its rows, of which a share p are events.
public enum SplitCriterion: String, CaseIterable, Hashable, Sendable {
  /// W p (1 − p), half of Gini's impurity: the squared error of the share.
  case gini
  /// −W (p ln p + (1 − p) ln (1 − p)): the log-loss of the share.
  case entropy

  /// The impurity less a part that all divisions of a node have in common, negated: greater is purer.
  ///
  /// - Parameter sums: weights of zeros, weights of ones, rows.
  @inline(__always)
  func purity(_ sums: SIMD4<Double>) -> Double {
    let total = sums[0] + sums[1]
    switch self {
    case .gini: return sums[1] * sums[1] / total
    case .entropy: return Self.entropyPart(sums[0], total) + Self.entropyPart(sums[1], total)
    }
  }

  private static func entropyPart(_ part: Double, _ total: Double) -> Double {
    part > 0 && total > 0 ? part * PortableLogarithm.of(part / total) : 0
  }
}

/// How many columns each node of a forest looks at.
public enum ColumnsPerNode: ParameterConvertible {
  case all
  case squareRoot
  case logarithm
  case share(Double)
  case count(Int)

  public static let domain =
    "sqrt, log2, all, a share of the columns up to 1.0, or a whole number of at least 1"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .real(0), .real(1.5), .real(.nan), .text("some"), .flag(true),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("sqrt"): self = .squareRoot
    case .text("log2"): self = .logarithm
    case .text("all"), .none, .text("none"): self = .all
    case .real(let share) where share > 0 && share <= 1: self = .share(share)
    case .integer(let count) where count >= 1: self = .count(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .all: .text("all")
    case .squareRoot: .text("sqrt")
    case .logarithm: .text("log2")
    case .share(let share): .real(share)
    case .count(let count): .integer(count)
    }
  }

  /// Nil for all of `columnCount` columns.
  func count(of columnCount: Int) -> Int? {
    let columns = Double(columnCount)
    let count: Int
    switch self {
    case .all: return nil
    case .squareRoot: count = Int(columns.squareRoot())
    case .logarithm: count = Int(columnCount.bitWidth - 1 - max(1, columnCount).leadingZeroBitCount)
    case .share(let share): count = Int(columns * share)
    case .count(let given): count = given
    }
    return count >= columnCount ? nil : max(1, count)
  }
}

/// A limit that may be absent.
public enum TreeLimit: ParameterConvertible {
  case none
  case count(Int)

  public static let domain = "none or a whole number of at least 1"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .real(2.5), .text("many"),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    // LightGBM writes no limit as −1.
    case .none, .text("none"), .integer(-1): self = .none
    case .integer(let count) where count >= 1: self = .count(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .none: .none
    case .count(let count): .integer(count)
    }
  }

  var limit: Int? { if case .count(let count) = self { count } else { nil } }
}

/// Fewest rows of a forest's leaf.
public enum LeafRows: ParameterConvertible {
  /// One in ten thousand rows, at least two.
  case automatic
  case count(Int)

  public static let domain = "auto or a whole number from 1 to 1000000000"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .integer(1_000_000_001), .real(2.5), .text("some"),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("auto"): self = .automatic
    case .integer(let count) where count >= 1 && count <= 1_000_000_000: self = .count(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .automatic: .text("auto")
    case .count(let count): .integer(count)
    }
  }

  func count(rowCount: Int) -> Int {
    switch self {
    case .automatic: max(2, rowCount / 10_000)
    case .count(let count): count
    }
  }
}
