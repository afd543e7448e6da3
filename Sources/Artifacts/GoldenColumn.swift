public import Tabular

/// A column of a self-test's rows.
public struct GoldenColumn: Hashable, Sendable, Codable {
  public let name: String
  public let kind: ColumnKind
  /// Numbers, booleans or text by kind; null where missing; days since 1970-01-01 for dates.
  public let values: [JSONValue]
}

extension GoldenColumn {
  private static let rowCount = 16

  /// Row 0 is typical, row 1 has every value missing that may be, row 2 every level unknown that may
  /// be; the others walk through ranges and levels at a pace that differs by column.
  init(_ input: EncoderInput, place: Int) {
    name = input.name
    switch input.coding {
    case .number(let number):
      kind = input.kind
      values = (0..<Self.rowCount).map {
        Self.number(number, kind: input.kind, row: $0, place: place)
      }
    case .category(let category):
      kind = .category
      values = (0..<Self.rowCount).map { Self.level(category, row: $0, place: place) }
    }
  }

  private static func number(
    _ coding: NumberCoding, kind: ColumnKind, row: Int, place: Int
  ) -> JSONValue {
    let low = coding.minimum ?? 0
    let high = coding.maximum ?? 0
    let typical = coding.fill ?? (low / 2 + high / 2)
    if row == 1, coding.fill != nil || coding.keepsMissing { return .null }
    // Between a tenth and nine tenths of the range: the ends are values of single customers.
    let step = Double(1 + (row * 7 + place * 3) % 9) / 10
    let value = row < 3 ? typical : low * (1 - step) + high * step
    switch kind {
    case .boolean: return .boolean(value >= 0.5)
    case .integer: return Int64(exactly: value.rounded()).map { .integer($0) } ?? .null
    case .date: return Int32(exactly: value.rounded()).map { .integer(Int64($0)) } ?? .null
    case .real, .category, .text: return .real(value)
    }
  }

  private static func level(_ coding: CategoryCoding, row: Int, place: Int) -> JSONValue {
    let levels = coding.levels + coding.pooledLevels
    if row == 1, coding.fill != nil || coding.keepsMissing { return .null }
    if row == 2, coding.unseen == .pool {
      var unknown = "unseen"
      while levels.contains(unknown) { unknown += "?" }
      return .text(unknown)
    }
    if levels.isEmpty { return .null }
    return .text(levels[row < 3 ? 0 : (row + place) % levels.count])
  }
}

extension GoldenColumn {
  /// The column as a table holds it.
  ///
  /// - Throws: `.content` where a value is not of the column's kind.
  func tableColumn() throws(ArtifactError) -> Tabular.Column {
    let missing = values.indices.filter { values[$0] == .null }
    return Tabular.Column(name: name, values: try tableValues(), missingRows: missing)
  }

  private func tableValues() throws(ArtifactError) -> Tabular.Column.Values {
    switch kind {
    case .integer:
      .integer(try read(or: 0) { if case .integer(let value) = $0 { value } else { nil } })
    case .real: .real(try read(or: 0) { if case .real(let value) = $0 { value } else { nil } })
    case .boolean:
      .boolean(try read(or: false) { if case .boolean(let value) = $0 { value } else { nil } })
    case .date:
      .date(
        try read(or: 0) { if case .integer(let value) = $0 { Int32(exactly: value) } else { nil } })
    case .text: .text(try read(or: "") { if case .text(let value) = $0 { value } else { nil } })
    case .category: try categories()
    }
  }

  /// The values through `value`, `blank` where missing.
  private func read<Value>(
    or blank: Value, _ value: (JSONValue) -> Value?
  ) throws(ArtifactError) -> [Value] {
    var read: [Value] = []
    for json in values {
      guard let value = json == .null ? blank : value(json) else {
        throw .content(file: goldenFile, place: name, .type)
      }
      read.append(value)
    }
    return read
  }

  private func categories() throws(ArtifactError) -> Tabular.Column.Values {
    let texts = try read(or: nil as String?) { json in
      if case .text(let value) = json { .some(value) } else { nil }
    }
    // Levels are told apart by their bytes, which Swift's own equality of strings does not do.
    let spellings = texts.map { $0.map { Array($0.utf8) } }
    var levels: [[UInt8]] = []
    for spelling in spellings.compactMap({ $0 }) where !levels.contains(spelling) {
      levels.append(spelling)
    }
    levels.sort { $0.lexicographicallyPrecedes($1) }
    let codes = spellings.map { spelling in
      Int32(spelling.flatMap { levels.firstIndex(of: $0) } ?? -1)
    }
    return .category(codes: codes, levels: levels.map { String(decoding: $0, as: UTF8.self) })
  }
}
