/// What a propensity model was trained on (`evidence/training.json`), without any customer in it.
public struct PropensityTraining: Hashable, Sendable, Codable {
  /// A column that knows the outcome too well.
  public struct Leak: Hashable, Sendable, Codable {
    public let column: String
    /// What was found, in a phrase.
    public let finding: String
    /// Whether the model was trained without the column.
    public let isExcluded: Bool

    private enum CodingKeys: String, CodingKey {
      case column, finding
      case isExcluded = "excluded"
    }

    public init(column: String, finding: String, isExcluded: Bool) {
      self.column = column
      self.finding = finding
      self.isExcluded = isExcluded
    }
  }

  /// The column that says whether the event happened, and its level that says yes.
  public let target: String
  public let positive: String
  public let rowCount: Int
  public let eventCount: Int
  public let leaks: [Leak]

  private enum CodingKeys: String, CodingKey {
    case target, positive, leaks
    case rowCount = "rows"
    case eventCount = "events"
  }

  public init(
    target: String, positive: String, rowCount: Int, eventCount: Int, leaks: [Leak] = []
  ) {
    self.target = target
    self.positive = positive
    self.rowCount = rowCount
    self.eventCount = eventCount
    self.leaks = leaks
  }

  /// The share of training rows with the event, 0…1.
  public var baseRate: Double { rowCount > 0 ? Double(eventCount) / Double(rowCount) : 0 }

  static let file = "evidence/training.json"
}
