import Numerical

/// Counting distinct values and equal rows exactly, by hash first and by value where hashes agree.
extension Column {
  /// Distinct values present; a missing value is none.
  package var distinctCount: Int {
    switch values {
    case .integer(let values): countRuns(presentRows.map { values[$0] }.sorted())
    case .real(let values):
      countRuns(presentRows.map { values[$0] }.filter { !$0.isNaN }.sorted())
    case .boolean(let values): Set(presentRows.map { values[$0] }).count
    case .category(let codes, let levels):
      levelCounts(codes: codes, levelCount: levels.count).count { $0 > 0 }
    case .date(let values): countRuns(presentRows.map { values[$0] }.sorted())
    case .text(let values):
      RowGrouping(
        rows: presentRows, hashes: presentRows.map { RowHash.of(values[$0]) },
        areEqual: { values[$0].utf8.elementsEqual(values[$1].utf8) }
      ).distinctCount
    }
  }

  /// Rows per level.
  func levelCounts(codes: [Int32], levelCount: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: levelCount)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    return counts
  }

  /// Mixes the cells of `rows` into `hashes`, one per row.
  func mix(into hashes: UnsafeMutableBufferPointer<UInt64>, rows: Range<Int>) {
    switch values {
    case .integer(let values):
      for row in rows { RowHash.mix(&hashes[row], UInt64(bitPattern: values[row])) }
    case .real(let values):
      for row in rows { RowHash.mix(&hashes[row], (values[row] + 0).bitPattern) }
    case .boolean(let values):
      for row in rows { RowHash.mix(&hashes[row], values[row] ? 1 : 0) }
    case .category(let codes, _):
      for row in rows { RowHash.mix(&hashes[row], UInt64(UInt32(bitPattern: codes[row]))) }
    case .date(let values):
      for row in rows { RowHash.mix(&hashes[row], UInt64(UInt32(bitPattern: values[row]))) }
    case .text(let values):
      for row in rows { RowHash.mix(&hashes[row], RowHash.of(values[row])) }
    }
  }

  /// Whether two rows hold the same value, or both none.
  ///
  /// A missing cell holds the placeholder of its kind, so missingness is compared as well.
  func hasEqualCells(_ a: Int, _ b: Int) -> Bool {
    let agree =
      switch values {
      case .integer(let values): values[a] == values[b]
      case .real(let values): values[a] == values[b] || (values[a].isNaN && values[b].isNaN)
      case .boolean(let values): values[a] == values[b]
      case .category(let codes, _): codes[a] == codes[b]
      case .date(let values): values[a] == values[b]
      case .text(let values): values[a].utf8.elementsEqual(values[b].utf8)
      }
    return agree && isMissing(at: a) == isMissing(at: b)
  }

  /// Whether both columns hold the same values of the same kind in every row.
  func hasEqualValues(_ other: Column) -> Bool {
    guard missingRows == other.missingRows else { return false }
    switch (values, other.values) {
    case (.integer(let a), .integer(let b)): return a == b
    case (.real(let a), .real(let b)): return a == b
    case (.boolean(let a), .boolean(let b)): return a == b
    case (.date(let a), .date(let b)): return a == b
    case (.category(let a, let levels), .category(let b, let otherLevels)):
      return a == b && levels == otherLevels
    case (.text(let a), .text(let b)):
      return zip(a, b).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    default: return false
    }
  }

  private func countRuns<Value: Equatable>(_ sorted: [Value]) -> Int {
    sorted.isEmpty ? 0 : zip(sorted, sorted.dropFirst()).reduce(1) { $0 + ($1.0 == $1.1 ? 0 : 1) }
  }
}

extension Table {
  /// Rows that equal an earlier row in every column.
  func duplicateRowCount(on pool: WorkerPool) -> Int {
    guard rowCount > 1, !columns.isEmpty else { return 0 }
    var hashes = [UInt64](repeating: 0, count: rowCount)
    let chunk = 16_384
    hashes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      pool.forEachChunk(count: (rowCount + chunk - 1) / chunk) { index in
        let rows = index * chunk..<min((index + 1) * chunk, rowCount)
        for column in columns { column.mix(into: buffer, rows: rows) }
      }
    }
    let grouping = RowGrouping(
      rows: Array(0..<rowCount), hashes: hashes,
      areEqual: { a, b in columns.allSatisfy { $0.hasEqualCells(a, b) } })
    return rowCount - grouping.distinctCount
  }
}

/// Groups of rows that are equal.
private struct RowGrouping {
  let distinctCount: Int

  /// Compares rows of equal hash only; expected O(n log n).
  init(rows: [Int], hashes: [UInt64], areEqual: (Int, Int) -> Bool) {
    let order = zip(hashes, rows).sorted { $0 < $1 }
    var distinct = 0
    var representatives: [Int] = []
    for (place, (hash, row)) in order.enumerated() {
      if place == 0 || order[place - 1].0 != hash { representatives = [] }
      if !representatives.contains(where: { areEqual($0, row) }) {
        representatives.append(row)
        distinct += 1
      }
    }
    distinctCount = distinct
  }
}

private enum RowHash {
  /// Folds `value` into `hash` (the finisher of SplitMix64).
  static func mix(_ hash: inout UInt64, _ value: UInt64) {
    var mixed = (hash &* 0x9e37_79b9_7f4a_7c15) ^ value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    hash = mixed ^ (mixed >> 31)
  }

  /// FNV-1a over the UTF-8 bytes.
  static func of(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension Array {
  /// The first place whose element satisfies `test`, where all that fail come first.
  package func partitioningPoint(where test: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if test(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
