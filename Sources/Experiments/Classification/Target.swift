internal import Learning
internal import Tabular

/// What classifiers learn, row by row.
struct Target: Sendable {
  let column: String
  /// The value that counts as the event.
  let positive: String
  /// 1 where the event happened, 0 where it did not.
  let labels: [Double]
  /// How much each row counts; nil where every row counts once.
  let weights: [Double]?

  /// Values that mean yes where the study does not say which does.
  private static let usual = ["1", "true", "yes", "y"]

  /// Reads the target of a table by its role.
  ///
  /// - Throws: `RunError.target` where a value is missing, where there are not two values, or where it is
  ///   not clear which of them is the event; `.target` of the weights where one is no weight.
  ///
  /// - Parameter sourceRows: the numbers of the rows in the source, for messages; nil for all of them.
  init(_ table: Table, roles: Roles, sourceRows: [Int]? = nil) throws(RunError) {
    guard let name = roles.target, let column = table[name] else {
      throw .target(column: roles.target ?? "", .absent)
    }
    self.column = name
    if let first = column.missingRows.first {
      throw .target(
        column: name,
        .missing(count: column.missingRows.count, firstRow: (sourceRows?[first] ?? first) + 1))
    }
    let values = Self.values(column)
    guard values.count > 1 else { throw .target(column: name, .oneValue) }
    positive = try Self.positive(among: values, roles.positive, column: name)
    guard values.count == 2 || roles.positive != nil else {
      throw .target(column: name, .tooMany(values.count))
    }
    let positive = positive
    labels = (0..<column.rowCount).map { column.spelling(at: $0) == positive ? 1 : 0 }
    let ones = labels.count { $0 == 1 }
    guard ones >= 2, labels.count - ones >= 2 else {
      throw .target(column: name, .tooFew(events: ones, others: labels.count - ones))
    }
    weights = try Self.weights(table, roles, sourceRows)
  }

  /// Distinct values as text, in order of first row; no more than are needed to complain.
  private static func values(_ column: Column) -> [String] {
    var values: [String] = []
    var seen: Set<String> = []
    for row in 0..<column.rowCount {
      let text = column.spelling(at: row)
      if seen.insert(text).inserted { values.append(text) }
    }
    return values
  }

  private static func positive(
    among values: [String], _ asked: String?, column: String
  ) throws(RunError) -> String {
    guard let asked else {
      let found = values.filter { usual.contains($0.lowercased()) }
      guard found.count == 1, let only = found.first else {
        throw .target(column: column, .unclear)
      }
      return only
    }
    if values.contains(asked) { return asked }
    // `1` in a study is the 1.0 of a column of reals.
    let number = Double(asked)
    guard let equal = values.first(where: { number != nil && Double($0) == number }) else {
      throw .target(column: column, .noSuchValue)
    }
    return equal
  }

  private static func weights(
    _ table: Table, _ roles: Roles, _ sourceRows: [Int]?
  ) throws(RunError) -> [Double]? {
    guard let name = roles.weight, let column = table[name] else { return nil }
    guard let numbers = column.numbers else { throw .target(column: name, .weightKind) }
    if let row = numbers.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .target(column: name, .weight(row: (sourceRows?[row] ?? row) + 1))
    }
    guard numbers.contains(where: { $0 > 0 }) else { throw .target(column: name, .noWeight) }
    return numbers
  }
}

/// Why a target or the weights of its rows cannot be used.
public enum TargetProblem: Hashable, Sendable, CustomStringConvertible {
  case absent
  case missing(count: Int, firstRow: Int)
  case oneValue
  case tooMany(Int)
  case unclear
  case noSuchValue
  case tooFew(events: Int, others: Int)
  case weightKind
  case weight(row: Int)
  case noWeight

  /// Whether the column is not the target but the weights of its rows.
  var isOfWeights: Bool {
    switch self {
    case .weightKind, .weight, .noWeight: true
    default: false
    }
  }

  public var description: String {
    switch self {
    case .absent: "is no column of the table; name one under data.roles.target"
    case .missing(let count, let row):
      "has \(count) missing \(count == 1 ? "value" : "values"), the first in row \(row); remove these "
        + "rows or fill the values"
    case .oneValue: "has the same value in every row; a model needs both outcomes"
    case .tooMany(let count):
      "has \(count) different values; say which of them is the event under data.roles.positive"
    case .unclear:
      "does not say which value is the event; write it under data.roles.positive"
    case .noSuchValue: "never has the value given as data.roles.positive; correct it"
    case .tooFew(let events, let others):
      "has \(events) \(events == 1 ? "event" : "events") and \(others) other "
        + "\(others == 1 ? "row" : "rows"); at least two of each are needed"
    case .weightKind: "is to weigh rows but holds no numbers; give another column the role weight"
    case .weight(let row):
      "is to weigh rows but is negative, missing or infinite in row \(row); correct it"
    case .noWeight: "is to weigh rows but is 0 in all of them; correct it"
    }
  }
}

/// Why rows cannot be split as asked.
public enum SplitProblem: Hashable, Sendable, CustomStringConvertible {
  /// Folds or a holdout that the rows do not allow; a sentence of the layer below.
  case refused(String)
  case time(column: String)

  public var description: String {
    switch self {
    case .refused(let sentence): "the rows cannot be split: \(sentence)"
    case .time(let column):
      "the time column \(column) holds neither dates nor numbers, or misses some; correct it"
    }
  }
}

extension Column {
  /// The text of a cell, empty where missing; whole reals as integers.
  fileprivate func spelling(at row: Int) -> String {
    if case .real(let values) = self.values, let whole = Int64(exactly: values[row]) {
      return String(whole)
    }
    return text(at: row) ?? ""
  }
}
