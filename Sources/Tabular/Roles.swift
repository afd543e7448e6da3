/// What the columns of a table are for.
///
/// A column without a role is a feature.
public struct Roles: Hashable, Sendable {
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
  /// Who may be learnt from and scored.
  public var consent: ConsentRule?
  /// How much the row counts.
  public var weight: String?
  /// Columns that hold personal data: they are not read.
  public var pii: [String] = []
  /// Columns by which nobody may be treated differently; used for checks only.
  public var sensitive: [String] = []
  /// Columns whose values are known only after the outcome, so that no model may use them.
  public var afterOutcome: [String] = []
  public var ignore: [String] = []
  /// If not empty, exactly these columns are the features, whatever they look like.
  public var features: [String] = []
  /// Columns that may be features although their values look personal.
  public var allowPII: [String] = []

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
  /// is a category if a value stands in it twice. Naming a column in `features` or `allowPII` overrules
  /// the judgement of its values; values that look personal take `allowPII`.
  ///
  /// - Throws: `.unknownColumn` if a role names a column that does not exist, `.conflictingRoles` if
  ///   a feature, the target or a column that is not read has another role, `.personalFeature` if a
  ///   column of `features` looks personal and is not allowed.
  public func features(in table: Table) throws(TableError) -> FeatureSelection {
    try check(against: table)
    for name in features where !allowPII.contains(name) {
      if let pattern = table[name]?.personalPattern {
        throw .personalFeature(column: name, pattern)
      }
    }
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
      ("consent", [consent?.column].compactMap { $0 }), ("weight", [weight].compactMap { $0 }),
      ("pii", pii), ("sensitive", sensitive), ("ignore", ignore),
    ]
  }

  /// Whether the roles fit the names of the columns of `table` and each other.
  ///
  /// - Throws: `.unknownColumn`, `.conflictingRoles`.
  public func check(against table: Table) throws(TableError) {
    let known = Set(table.columnNames + table.unreadColumns)
    let listed = [
      ("features", features), ("after_outcome", afterOutcome), ("allow_pii", allowPII),
    ]
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
      if let feature = (features + allowPII).first(where: columns.contains) {
        throw .conflictingRoles(column: feature, first: "features", second: role)
      }
      // What is not read can serve no other purpose.
      if !["pii", "ignore"].contains(role), let unread = pii.first(where: columns.contains) {
        throw .conflictingRoles(column: unread, first: role, second: "pii")
      }
    }
  }

  private func reasonToSkip(_ column: Column) -> FeatureSelection.Reason? {
    if role(of: column.name) != nil { return .role }
    if !features.isEmpty { return features.contains(column.name) ? nil : .notListed }
    if allowPII.contains(column.name) { return nil }
    if column.missingRows.count == column.rowCount { return .empty }
    if column.kind == .date { return .date }
    if column.looksLikeEmail { return .email }
    if column.looksLikePhone { return .phone }
    if column.looksLikeAccount { return .account }
    if column.looksLikeCard { return .card }
    if column.looksLikeIdentifier { return .identifier }
    if column.looksLikeFreeText || (column.kind == .text && !column.looksLikeFewLevels) {
      return .freeText
    }
    return nil
  }
}

extension Roles: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, target, positive, time, group, consent, weight, pii, sensitive, afterOutcome, ignore
    case features, allowPII
  }

  /// What is left out is empty, as in studies written before the role existed.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func name(_ key: CodingKeys) throws -> String? {
      try container.decodeIfPresent(String.self, forKey: key)
    }
    func names(_ key: CodingKeys) throws -> [String] {
      try container.decodeIfPresent([String].self, forKey: key) ?? []
    }
    id = try name(.id)
    target = try name(.target)
    positive = try name(.positive)
    time = try name(.time)
    group = try name(.group)
    consent = try container.decodeIfPresent(ConsentRule.self, forKey: .consent)
    weight = try name(.weight)
    pii = try names(.pii)
    sensitive = try names(.sensitive)
    afterOutcome = try names(.afterOutcome)
    ignore = try names(.ignore)
    features = try names(.features)
    allowPII = try names(.allowPII)
  }
}

/// The features of a table, and the columns that were left out.
public struct FeatureSelection: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, Codable {
    case role, empty, date, email, phone, account, card, identifier
    case notListed = "not listed"
    case freeText = "free text"

    /// Whether a column may be personal and needs more than being listed.
    var isPersonal: Bool {
      switch self {
      case .email, .phone, .account, .card, .identifier, .freeText: true
      case .role, .empty, .date, .notListed: false
      }
    }
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
      case .account: why = "seems to hold account numbers"
      case .card: why = "seems to hold card numbers"
      case .identifier: why = "seems to be an identifier"
      case .freeText: why = "seems to be free text"
      }
      let place = column.reason.isPersonal ? "data.allow_pii" : "features"
      return "column \(column.name) \(why) and is not used; list it under \(place) to use it"
    }
  }
}
