public import Learning

/// How rows are placed, and how well that repeats the training (`evidence/assignment.json`).
///
/// A fit may know more than its model keeps: a hierarchy or a density tree labels its own rows by the
/// tree, new rows are placed by a rule. The agreement says how often the rule repeats the tree.
public struct AssignmentRecord: Hashable, Sendable, Codable {
  public let rule: AssignmentRule
  /// The share of training rows that the rule puts where the fit had put them, 0…1.
  public let agreement: Double
  /// The training rows.
  public let rowCount: Int

  public init(rule: AssignmentRule, agreement: Double, rowCount: Int) {
    self.rule = rule
    self.agreement = agreement
    self.rowCount = rowCount
  }

  static let file = "evidence/assignment.json"
}
