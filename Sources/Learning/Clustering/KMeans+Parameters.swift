public import Numerical

/// Where the centres of k-means start.
public enum KMeansInitialization: ParameterConvertible {
  /// Greedy k-means++: rows drawn by squared distance to the starts so far, the best of a few each.
  case plusPlus
  /// Rows drawn without replacement.
  case random
  /// These centres, one per row.
  case given(Matrix)

  public static let domain = "k-means++, random, or a list of k rows of numbers"

  public static let invalidExamples: [ParameterValue] = [
    .text("somewhere"), .integer(3), .list([]), .list([.real(1), .real(2)]),
    .list([.list([])]), .list([.list([.real(1)]), .list([.real(1), .real(2)])]),
    .list([.list([.real(.nan)])]),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("k-means++"): self = .plusPlus
    case .text("random"): self = .random
    case .list(let rows):
      guard let rows = Self.numbers(rows), let width = rows.first?.count, width > 0,
        rows.allSatisfy({ $0.count == width })
      else { return nil }
      self = .given(Matrix(rows: rows))
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .plusPlus: .text("k-means++")
    case .random: .text("random")
    case .given(let starts):
      .list((0..<starts.rowCount).map { .list(starts.row($0).map { .real($0) }) })
    }
  }

  /// Rows of finite numbers, or nil.
  private static func numbers(_ rows: [ParameterValue]) -> [[Double]]? {
    var numbers: [[Double]] = []
    for row in rows {
      guard case .list(let values) = row else { return nil }
      let found = values.compactMap { value -> Double? in
        switch value {
        case .real(let number) where number.isFinite: number
        case .integer(let number): Double(number)
        default: nil
        }
      }
      guard found.count == values.count else { return nil }
      numbers.append(found)
    }
    return numbers
  }
}

/// How many starts k-means tries.
public enum KMeansRestarts: ParameterConvertible {
  /// Ten for random starts, one where the start is already good or given.
  case automatic
  case count(Int)

  public static let domain = "auto or a whole number from 1 to 10000"

  public static let invalidExamples: [ParameterValue] = [
    .integer(0), .integer(10_001), .real(2.5), .text("some"),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("auto"): self = .automatic
    case .integer(let count) where count >= 1 && count <= 10_000: self = .count(count)
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .automatic: .text("auto")
    case .count(let count): .integer(count)
    }
  }

  /// Starts to try; given starts are tried once, since every try would be the same.
  func count(for initialization: KMeansInitialization) -> Int {
    switch (self, initialization) {
    case (_, .given): 1
    case (.count(let count), _): count
    case (.automatic, .plusPlus): 1
    case (.automatic, .random): 10
    }
  }
}
