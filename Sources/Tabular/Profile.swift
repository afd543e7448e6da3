public import Numerical

/// The quality of a table: what its columns hold, what is missing, what looks suspicious.
///
/// Holds aggregates only. Columns that look like identifiers, addresses or free text, and columns
/// whose role is `id` or `pii`, are described without any of their values.
public struct TableProfile: Hashable, Sendable, Codable {
  public let rowCount: Int
  public let columns: [ColumnProfile]
  /// Rows that equal an earlier row in every column.
  public let duplicateRowCount: Int
  public let duplicateColumns: [DuplicateColumn]

  /// A column whose values equal those of an earlier column.
  public struct DuplicateColumn: Hashable, Sendable, Codable {
    public let name: String
    public let original: String
  }

  /// Profiles every column; `roles` mark what must not be shown.
  ///
  /// - Complexity: O(d · n log n) time over the threads of `pool`, O(n) memory per thread.
  public init(of table: Table, roles: Roles = Roles(), on pool: WorkerPool) {
    rowCount = table.rowCount
    columns = pool.map(count: table.columns.count) { index in
      let column = table.columns[index]
      return ColumnProfile(of: column, role: roles.role(of: column.name))
    }
    duplicateRowCount = table.duplicateRowCount(on: pool)
    duplicateColumns = table.columns.indices.compactMap { index in
      let column = table.columns[index]
      return table.columns[..<index].first { $0.hasEqualValues(column) }
        .map { DuplicateColumn(name: column.name, original: $0.name) }
    }
  }
}

/// What one column holds.
public struct ColumnProfile: Hashable, Sendable, Codable {
  /// Something a user should look at before modelling.
  public enum Flag: String, Hashable, Sendable, Codable, CaseIterable {
    /// No value at all.
    case empty
    /// At least half of the values are missing.
    case mostlyMissing = "mostly missing"
    /// One distinct value.
    case constant
    /// One value fills at least 95 % of the rows that have one.
    case nearConstant = "near-constant"
    /// At least 95 % of the values of a text or category are distinct, in 20 rows or more.
    case nearUnique = "near-unique"
    case suspectedIdentifier = "suspected id"
    case suspectedEmail = "suspected e-mail"
    case suspectedPhone = "suspected phone"
    /// Skewness beyond ±2.
    case skewed
    /// More than 5 % of the values lie beyond 1.5 interquartile ranges from the quartiles.
    case outliers
    /// Holds an infinite number.
    case infinite
  }

  public struct LevelCount: Hashable, Sendable, Codable {
    public let level: String
    public let count: Int
  }

  public struct DateRange: Hashable, Sendable, Codable {
    public let first: String
    public let last: String
  }

  public let name: String
  public let kind: ColumnKind
  /// The role, or nil for a column that may be a feature.
  public let role: String?
  public let missingCount: Int
  /// 0…1; 0 in a table without rows.
  public let missingShare: Double
  public let distinctCount: Int
  public let numbers: NumberSummary?
  public let dates: DateRange?
  /// The ten most frequent levels, most frequent first, ties in order, without those of too few rows to
  /// hide a customer; empty where levels would show single customers.
  public let levels: [LevelCount]
  public let flags: [Flag]
}

extension ColumnProfile {
  init(of column: Column, role: String?) {
    let facts = ColumnFacts(column)
    let isShown = facts.suspicions.isEmpty && role != "id" && role != "pii"
    self.init(
      name: column.name, kind: column.kind, role: role,
      missingCount: facts.missingCount,
      missingShare: column.rowCount == 0
        ? 0 : Double(facts.missingCount) / Double(column.rowCount),
      distinctCount: facts.distinctCount,
      numbers: isShown ? facts.numbers : nil,
      dates: isShown ? facts.dates : nil,
      levels: isShown && column.kind != .text ? facts.levels : [],
      flags: facts.flags(rowCount: column.rowCount))
  }
}

/// Everything counted in one pass over a column, before it is decided what may be shown.
private struct ColumnFacts {
  var missingCount: Int
  var distinctCount: Int
  var topCount = 0
  var infiniteCount = 0
  var numbers: NumberSummary?
  var dates: ColumnProfile.DateRange?
  var levels: [ColumnProfile.LevelCount] = []
  var suspicions: [ColumnProfile.Flag] = []

  init(_ column: Column) {
    missingCount = column.missingRows.count
    distinctCount = 0
    let rows = column.presentRows
    switch column.values {
    case .integer(let values):
      summarize(rows.map { values[$0] }.sorted()) { Double($0) }
    case .real(let values):
      let present = rows.map { values[$0] }.filter { !$0.isNaN }
      missingCount += rows.count - present.count
      infiniteCount = present.count { $0.isInfinite }
      summarize(present.sorted()) { $0 }
    case .date(let values):
      let sorted = rows.sorted { values[$0] < values[$1] }
      countRuns(sorted.map { values[$0] })
      if let first = sorted.first, let last = sorted.last,
        let from = column.text(at: first), let to = column.text(at: last)
      {
        dates = .init(first: from, last: to)
      }
    case .boolean(let values):
      let yes = rows.count { values[$0] }
      rank([("false", rows.count - yes), ("true", yes)])
    case .category(let codes, let names):
      rank(Array(zip(names, column.levelCounts(codes: codes, levelCount: names.count))))
    case .text: distinctCount = column.distinctCount
    }
    suspicions = Self.suspicions(of: column)
  }

  private static func suspicions(of column: Column) -> [ColumnProfile.Flag] {
    var flags: [ColumnProfile.Flag] = []
    if column.looksLikeFreeText { flags.append(.nearUnique) }
    if column.looksLikeIdentifier { flags.append(.suspectedIdentifier) }
    if column.looksLikeEmail { flags.append(.suspectedEmail) }
    if column.looksLikePhone { flags.append(.suspectedPhone) }
    return flags
  }

  private mutating func summarize<Value: Comparable>(
    _ sorted: [Value], as number: (Value) -> Double
  ) {
    countRuns(sorted)
    numbers = NumberSummary(sorted: sorted.map(number).filter(\.isFinite))
  }

  private mutating func countRuns<Value: Equatable>(_ sorted: [Value]) {
    var run = 0
    for (place, value) in sorted.enumerated() {
      if place > 0, value == sorted[place - 1] {
        run += 1
      } else {
        distinctCount += 1
        run = 1
      }
      topCount = max(topCount, run)
    }
  }

  /// Keeps the most frequent of `counts`, which are in the order of their levels.
  private mutating func rank(_ counts: [(level: String, count: Int)]) {
    let used = counts.filter { $0.count > 0 }
    distinctCount = used.count
    let order = used.indices.sorted {
      (used[$1].count, $0) < (used[$0].count, $1)
    }
    topCount = order.first.map { used[$0].count } ?? 0
    levels = order.prefix(10).map { .init(level: used[$0].level, count: used[$0].count) }
      .filter { $0.count >= Disclosure.leastRows }
  }

  func flags(rowCount: Int) -> [ColumnProfile.Flag] {
    let present = rowCount - missingCount
    var flags: [ColumnProfile.Flag] = []
    if present == 0 {
      flags.append(.empty)
    } else if 2 * missingCount >= rowCount {
      flags.append(.mostlyMissing)
    }
    if distinctCount == 1 {
      flags.append(.constant)
    } else if present > 0, Double(topCount) >= 0.95 * Double(present) {
      flags.append(.nearConstant)
    }
    flags += suspicions
    if let numbers, !suspicions.contains(.suspectedIdentifier) {
      if abs(numbers.skewness) > 2 { flags.append(.skewed) }
      if numbers.outlierShare > 0.05 { flags.append(.outliers) }
    }
    if infiniteCount > 0 { flags.append(.infinite) }
    return flags
  }
}
