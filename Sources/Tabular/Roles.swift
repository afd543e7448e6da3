/// What the columns of a table are for.
///
/// A column without a role is a feature.
public struct Roles: Hashable, Sendable, Codable {
  /// Names the customer; passes through and never enters a model or a report.
  public var id: String?
  /// What a propensity model predicts.
  public var target: String?
  /// The value of the target that counts as a response.
  public var positive: String?
  /// When the row was observed.
  public var time: String?
  /// Rows of one group (a household) stay in one fold.
  public var group: String?
  /// Whether the customer may be contacted.
  public var consent: String?
  /// How much the row counts.
  public var weight: String?
  /// Columns that hold personal data.
  public var pii: [String] = []
  /// Columns by which nobody may be treated differently; used for checks only.
  public var sensitive: [String] = []
  /// Columns whose values are known only after the outcome, so that no model may use them.
  public var afterOutcome: [String] = []
  public var ignore: [String] = []
  /// If not empty, exactly these columns are the features, whatever they look like.
  public var features: [String] = []

  public init() {}

  /// The features of `table` in the order of its columns; see `features(in:)`.
  public func featureNames(in table: Table) throws(TableError) -> [String] {
    try features(in: table).names
  }

  /// Which columns of `table` are features, and why the others are not.
  ///
  /// A column is left out if it has a role, if it has no value at all, or if its values say that it
  /// is no feature: dates (they have no meaningful zero; derive an age from them), free text,
  /// identifiers, e-mail addresses and telephone numbers. Text in a table too small to show levels
  /// is a category if a value stands in it twice. Naming a column in `features` overrules
  /// the judgement of its values.
  ///
  /// - Throws: `.unknownColumn` if a role names a column that does not exist, `.conflictingRoles` if
  ///   a feature or the target has another role.
  public func features(in table: Table) throws(TableError) -> FeatureSelection {
    try check(against: table)
    var names: [String] = []
    var skipped: [FeatureSelection.Skipped] = []
    for column in table.columns {
      if let reason = reasonToSkip(column) {
        skipped.append(.init(name: column.name, reason: reason))
      } else {
        names.append(column.name)
      }
    }
    return FeatureSelection(names: names, skipped: skipped)
  }

  /// The role of a column: the first that names it, or nil for none.
  public func role(of column: String) -> String? {
    assignments.first { $0.columns.contains(column) }?.role
  }

  private var assignments: [(role: String, columns: [String])] {
    [
      ("id", [id].compactMap { $0 }), ("target", [target].compactMap { $0 }),
      ("time", [time].compactMap { $0 }), ("group", [group].compactMap { $0 }),
      ("consent", [consent].compactMap { $0 }), ("weight", [weight].compactMap { $0 }),
      ("pii", pii), ("sensitive", sensitive), ("ignore", ignore),
    ]
  }

  private func check(against table: Table) throws(TableError) {
    let known = Set(table.columnNames)
    let listed = [("features", features), ("after_outcome", afterOutcome)]
    for (role, columns) in assignments + listed {
      for name in columns where !known.contains(name) {
        throw .unknownColumn(
          name: name, nearest: NearestName.nearest(to: name, among: table.columnNames),
          place: "role \(role)")
      }
    }
    for (role, columns) in assignments {
      if let target, role != "target", columns.contains(target) {
        throw .conflictingRoles(column: target, first: "target", second: role)
      }
      if let feature = features.first(where: columns.contains) {
        throw .conflictingRoles(column: feature, first: "features", second: role)
      }
    }
  }

  private func reasonToSkip(_ column: Column) -> FeatureSelection.Reason? {
    if role(of: column.name) != nil { return .role }
    if !features.isEmpty { return features.contains(column.name) ? nil : .notListed }
    if column.missingRows.count == column.rowCount { return .empty }
    if column.kind == .date { return .date }
    if column.looksLikeEmail { return .email }
    if column.looksLikePhone { return .phone }
    if column.looksLikeIdentifier { return .identifier }
    if column.looksLikeFreeText || (column.kind == .text && !column.looksLikeFewLevels) {
      return .freeText
    }
    return nil
  }
}

/// The features of a table, and the columns that were left out.
public struct FeatureSelection: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, Codable {
    case role, empty, date, email, phone, identifier
    case notListed = "not listed"
    case freeText = "free text"
  }

  public struct Skipped: Hashable, Sendable {
    public let name: String
    public let reason: Reason

    public init(name: String, reason: Reason) {
      self.name = name
      self.reason = reason
    }
  }

  public let names: [String]
  /// Columns that are no features, in the order of the table.
  public let skipped: [Skipped]

  public init(names: [String], skipped: [Skipped]) {
    self.names = names
    self.skipped = skipped
  }

  /// One sentence for every column left out without a role, for the user to object to.
  public var notes: [String] {
    skipped.compactMap { column in
      let why: String
      switch column.reason {
      case .role, .notListed: return nil
      case .empty: why = "has no values"
      case .date: why = "is a date"
      case .email: why = "seems to hold e-mail addresses"
      case .phone: why = "seems to hold telephone numbers"
      case .identifier: why = "seems to be an identifier"
      case .freeText: why = "seems to be free text"
      }
      return "column \(column.name) \(why) and is not used; list it under features to use it"
    }
  }
}
