/// A few questions that tell the classes of a table apart.
///
/// Every question is about one column and answered yes or no; behind at most as many as the tree is
/// deep stands a class. Two answers that lead to the same class are no question.
public struct RuleTree: Hashable, Sendable {
  /// What is asked of a column.
  public enum Question: Hashable, Sendable {
    /// Whether a number is at most this; a missing value is answered as `missing` says.
    case atMost(Double, missing: Bool)
    /// Whether a category is this level; a missing value is not.
    case level(String)
    case isMissing
  }

  public indirect enum Node: Hashable, Sendable {
    case answer(Int)
    case question(column: Int, Question, yes: Node, no: Node)
  }

  /// A column as rules speak of it.
  public struct Column: Hashable, Sendable, Codable {
    public let name: String
    /// Whether any fitted row lacks a value; rules say nothing of missing values otherwise.
    public let hasMissing: Bool
    /// Of a category without missing values that has two levels, these: not one is the other.
    public let pair: [String]

    private enum CodingKeys: String, CodingKey {
      case name, pair
      case hasMissing = "has_missing"
    }

    public init(name: String, hasMissing: Bool = false, pair: [String] = []) {
      self.name = name
      self.hasMissing = hasMissing
      self.pair = pair
    }
  }

  public let columns: [Column]
  public let root: Node

  /// - Precondition: every question is about one of the columns.
  public init(columns: [Column], root: Node) {
    self.columns = columns
    self.root = root
  }

  /// The class of every row of a table that has the fitted columns in their order.
  public func classes(of table: FeatureTable, rows: [Int]) -> [Int] {
    rows.map { row in
      var node = root
      while case .question(let column, let question, let yes, let no) = node {
        node = Self.answer(question, table.columns[column].values, row) ? yes : no
      }
      guard case .answer(let label) = node else { return -1 }
      return label
    }
  }

  private static func answer(
    _ question: Question, _ values: FeatureColumn.Values, _ row: Int
  ) -> Bool {
    switch (question, values) {
    case (.atMost(let limit, let missing), .numbers(let numbers)):
      numbers[row].isFinite ? numbers[row] <= limit : missing
    case (.level(let level), .categories(let categories)):
      categories.codes[row] >= 0 && categories.levels[Int(categories.codes[row])] == level
    case (.isMissing, .numbers(let numbers)): !numbers[row].isFinite
    case (.isMissing, .categories(let categories)): categories.codes[row] < 0
    default: false
    }
  }
}

extension RuleTree.Node {
  /// The question, or the class that both answers give.
  static func joined(column: Int, _ question: RuleTree.Question, yes: Self, no: Self) -> Self {
    if case .answer = yes, yes == no { return yes }
    return .question(column: column, question, yes: yes, no: no)
  }
}
