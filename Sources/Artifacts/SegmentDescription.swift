public import Learning

/// A few questions about the columns of the table that re-create segments (`evidence/rules.json`).
///
/// A description, not the rule that places customers: it is right for the share of them that it says.
public struct SegmentDescription: Hashable, Sendable, Codable {
  /// −1 is the answer for rows in no segment.
  public let tree: RuleTree
  /// The mean recall over segments, of rows that the tree of the other rows had not seen; nil with too few
  /// rows for that.
  public let balancedAccuracy: Double?
  /// Training rows that were asked.
  public let rowCount: Int

  private enum CodingKeys: String, CodingKey {
    case tree
    case balancedAccuracy = "balanced_accuracy"
    case rowCount = "rows"
  }

  public init(tree: RuleTree, balancedAccuracy: Double?, rowCount: Int) {
    self.tree = tree
    self.balancedAccuracy = balancedAccuracy
    self.rowCount = rowCount
  }

  static let file = "evidence/rules.json"
  private static let deepest = 10

  /// Whether it describes these segments by columns that scoring reads.
  func check(segmentCount: Int, inputs: InputSchema) throws(ArtifactError) {
    let names = Set(inputs.fields.filter { $0.role == .feature }.map(\.name))
    guard tree.depth <= Self.deepest, tree.columns.allSatisfy({ names.contains($0.name) }),
      tree.answers.allSatisfy({ (-1..<segmentCount).contains($0) }), rowCount >= 0,
      balancedAccuracy.map({ (0...1).contains($0) }) ?? true
    else { throw .content(file: Self.file, place: "tree", .value) }
  }
}
