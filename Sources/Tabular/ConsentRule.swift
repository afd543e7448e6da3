/// Who has agreed to be modelled, by what a column says.
///
/// Nobody has unless the column says so: what is not in `allow` is no consent. Letters' case and blanks
/// around an answer do not count.
public struct ConsentRule: Hashable, Sendable {
  /// What a row without an answer means.
  public enum Missing: String, Hashable, Sendable, Codable, CaseIterable { case deny, allow }

  /// How the rule takes a row.
  public enum Answer: Hashable, Sendable { case given, denied, missing }

  public var column: String
  /// Answers that are consent.
  public var allow: [String]
  public var missing: Missing

  /// Answers that are consent where a study names none.
  public static let usual = ["true", "yes", "y", "1"]

  public init(
    column: String, allow: [String] = ConsentRule.usual, missing: Missing = .deny
  ) {
    self.column = column
    self.allow = allow
    self.missing = missing
  }

  /// - Parameter text: a cell of the column; nil where it is missing.
  public func answer(_ text: String?) -> Answer {
    guard let text else { return .missing }
    return allow.contains { Self.folded($0) == Self.folded(text) } ? .given : .denied
  }

  /// Whether a row with this cell may be learnt from and scored.
  public func permits(_ text: String?) -> Bool {
    switch answer(text) {
    case .given: true
    case .denied: false
    case .missing: missing == .allow
    }
  }

  private static func folded(_ text: String) -> [UInt8] {
    let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    let bytes = text.utf8.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }
    return bytes.reversed().map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
  }
}

extension ConsentRule: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case column, allow, missing }

  /// Also reads the name of a column alone, which stands for the usual answers.
  public init(from decoder: any Decoder) throws {
    if let column = try? decoder.singleValueContainer().decode(String.self) {
      self.init(column: column)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      column: try container.decode(String.self, forKey: .column),
      allow: try container.decode([String].self, forKey: .allow),
      missing: try container.decode(Missing.self, forKey: .missing))
  }
}

extension ConsentRule {
  /// Which rows of a table the rule keeps.
  public struct Decision: Hashable, Sendable {
    /// Row numbers, ascending.
    public let rows: [Int]
    public let filter: RowFilter
  }

  /// Asks every row of `table`.
  ///
  /// - Throws: `.missingColumn` for a table without the column.
  /// - Complexity: O(n); a category is asked once per level.
  public func decide(_ table: Table) throws(TableError) -> Decision {
    guard let column = table[column] else {
      throw .missingColumn(
        name: self.column,
        nearest: NearestName.nearest(to: self.column, among: table.columnNames))
    }
    var rows: [Int] = []
    var (denied, missing) = (0, 0)
    let permitted = levelsPermitted(column)
    var nextMissing = column.missingRows[...]
    for row in 0..<column.rowCount {
      if nextMissing.first == row {
        nextMissing.removeFirst()
        missing += 1
        if self.missing == .allow { rows.append(row) }
      } else if permitted?(row) ?? permits(column.text(at: row)) {
        rows.append(row)
      } else {
        denied += 1
      }
    }
    return Decision(
      rows: rows,
      filter: RowFilter(
        step: "consent", column: self.column, keptCount: rows.count, deniedCount: denied,
        missingCount: missing))
  }

  private func levelsPermitted(_ column: Column) -> ((Int) -> Bool)? {
    guard case .category(let codes, let levels) = column.values else { return nil }
    let isPermitted = levels.map { permits($0) }
    return { isPermitted[Int(codes[$0])] }
  }
}

/// What a step that takes rows away did (in lineage and reports).
public struct RowFilter: Hashable, Sendable, Codable {
  /// What decided, such as `consent`.
  public let step: String
  public let column: String
  /// Rows that go on.
  public let keptCount: Int
  /// Rows whose value says no.
  public let deniedCount: Int
  /// Rows without a value, kept or not.
  public let missingCount: Int

  private enum CodingKeys: String, CodingKey {
    case step, column
    case keptCount = "kept"
    case deniedCount = "denied"
    case missingCount = "missing"
  }

  public init(
    step: String, column: String, keptCount: Int, deniedCount: Int, missingCount: Int
  ) {
    self.step = step
    self.column = column
    self.keptCount = keptCount
    self.deniedCount = deniedCount
    self.missingCount = missingCount
  }

  /// What happened, in a sentence.
  public var sentence: String {
    "\(step) by column \(column): \(keptCount) rows kept, \(deniedCount) denied, "
      + "\(missingCount) without an answer"
  }
}
