/// How a column is read, the first time by what a few chunks show, then by what all of them showed.
struct ColumnPlan: Sendable {
  let name: String
  /// The kind the caller asked for.
  let declared: ColumnKind?
  var kind: ColumnKind
  /// False for a column that is passed over.
  var isRead = true
}

/// What a chunk has to say about a column.
struct ColumnFinding: Sendable {
  /// The forms of all its values, if these matter for the kind.
  var forms: ValueForms = []
  /// The values were of the kind that was tried and are in the store.
  var isStored = false
  /// There are too many levels for a category.
  var hasTooManyLevels = false
  /// The first row, from the start of the table, with a value that is not a finite number.
  var nonFiniteRow: Int?
  /// The first row with a value that is not of the declared kind.
  var unfitRow: Int?
}

/// The values of one column of a chunk, left in the scratch.
struct FilledColumn {
  let rowCount: Int
  var missingCount = 0
  var texts: [String] = []
  /// Rows whose values are of another kind, ascending; the rows behind the first have been read only if the
  /// parser is lenient.
  var misfits: [Int] = []
}

/// Turns the cells of a chunk into values, one column at a time.
struct CSVColumnParser {
  let cells: CSVCells
  let scratch: ChunkScratch
  var nulls: NullTokens
  let firstRow: Int
  /// Whether values of another kind count as missing and reading goes on.
  var isLenient = false

  /// Reads a column as its plan says and hands it to the store.
  ///
  /// If a value does not fit, nothing is stored and the forms of all values are found out instead.
  func parse(_ column: Int, _ plan: ColumnPlan, into store: ColumnStore) -> ColumnFinding {
    let isDeclared = plan.declared != nil
    let filled = fill(column, plan.kind, isDeclared: isDeclared)
    if let row = filled.misfits.first {
      if isDeclared { return declaredMisfit(row, column, plan.kind) }
      return observe(column)
    }
    let mostLevels = isDeclared ? Int(Int32.max) : CategoryRule.mostLevels
    var finding = ColumnFinding()
    finding.forms = filled.missingCount == cells.rowCount ? [] : Self.form(of: plan.kind)
    finding.isStored =
      scratch.levels.count <= mostLevels
      && store.take(filled, from: scratch, firstRow: firstRow, mostLevels: mostLevels)
    finding.hasTooManyLevels = !finding.isStored
    return finding
  }

  /// The forms of a column's values.
  func observe(_ column: Int) -> ColumnFinding {
    var finding = ColumnFinding()
    for row in 0..<cells.rowCount {
      let cell = content(cells.cell(row: row, column: column))
      if nulls.contains(cell) { continue }
      let form = ValueForms(of: trimmed(cell))
      if form == .nonFinite, finding.nonFiniteRow == nil { finding.nonFiniteRow = firstRow + row }
      finding.forms.formUnion(form)
    }
    return finding
  }

  private func declaredMisfit(_ row: Int, _ column: Int, _ kind: ColumnKind) -> ColumnFinding {
    let cell = trimmed(content(cells.cell(row: row, column: column)))
    var finding = ColumnFinding()
    if kind == .real, isNonFiniteWord(cell) || DecimalText(cell) != nil {
      finding.nonFiniteRow = firstRow + row
    } else {
      finding.unfitRow = firstRow + row
    }
    return finding
  }

  private static func form(of kind: ColumnKind) -> ValueForms {
    switch kind {
    case .integer: .integer
    case .real: .real
    case .boolean: .boolean
    case .date: .date
    case .category, .text: .text
    }
  }

  private func fill(_ column: Int, _ kind: ColumnKind, isDeclared: Bool) -> FilledColumn {
    scratch.levels.removeAll()
    switch kind {
    case .integer:
      return fill(column, missing: Int64(0), fast: { fastInteger($0) }) {
        number($0, isDeclared: isDeclared)?.integer
      }
    case .real:
      return PowersOfTen.withPowers { powers in
        fill(column, missing: 0.0, fast: { fastReal($0, powers) }) {
          let real = number($0, isDeclared: isDeclared)?.double(from: $0)
          return real.flatMap { $0.isFinite ? $0 : nil }
        }
      }
    case .boolean:
      return fill(column, missing: false, fast: { _ in nil }) {
        isDeclared ? declaredTruthValue($0) : truthValue($0)
      }
    case .date:
      return fill(column, missing: Int32(0), fast: { _ in nil }) {
        CivilDate($0).map { Int32(truncatingIfNeeded: $0.daysSinceEpoch) }
      }
    case .category:
      let mostLevels = isDeclared ? .max : CategoryRule.mostLevels
      return fillCodes(column, &scratch.levels, mostLevels: mostLevels)
    case .text: return fillTexts(column)
    }
  }

  /// A declared kind also takes numbers that inference leaves as text, such as `007`.
  private func number(
    _ text: UnsafeBufferPointer<UInt8>, isDeclared: Bool
  ) -> DecimalText? {
    guard let number = DecimalText(text), number.isPlain || isDeclared else { return nil }
    return number
  }

  /// `fast` reads common spellings from the raw cell, `slow` any from the cell without quotes and
  /// blanks.
  @inline(__always)
  private func fill<Value: BitwiseCopyable>(
    _ column: Int, missing placeholder: Value,
    fast: (UnsafeBufferPointer<UInt8>) -> Value?, slow: (UnsafeBufferPointer<UInt8>) -> Value?
  ) -> FilledColumn {
    let values = scratch.values.bindMemory(to: Value.self, capacity: cells.rowCount)
    var filled = FilledColumn(rowCount: cells.rowCount)
    let triesFast = !nulls.mayBeNumbers
    for row in 0..<cells.rowCount {
      let raw = cells.cell(row: row, column: column)
      if triesFast, let value = fast(raw) {
        values[row] = value
        continue
      }
      let cell = content(raw)
      let isMissing = nulls.contains(cell)
      if !isMissing, let value = fast(cell) ?? slow(trimmed(cell)) {
        values[row] = value
        continue
      }
      if !isMissing {
        filled.misfits.append(row)
        if !isLenient { return filled }
      }
      values[row] = placeholder
      scratch.missing[filled.missingCount] = UInt32(truncatingIfNeeded: row)
      filled.missingCount &+= 1
    }
    return filled
  }

  private func fillCodes(
    _ column: Int, _ levels: inout LevelTable, mostLevels: Int
  ) -> FilledColumn {
    let codes = scratch.values.bindMemory(to: Int32.self, capacity: cells.rowCount)
    var filled = FilledColumn(rowCount: cells.rowCount)
    for row in 0..<cells.rowCount {
      let cell = content(cells.cell(row: row, column: column))
      if nulls.contains(cell) {
        codes[row] = -1
        scratch.missing[filled.missingCount] = UInt32(truncatingIfNeeded: row)
        filled.missingCount += 1
      } else {
        codes[row] = levels.code(of: cell)
        if levels.count > mostLevels { break }
      }
    }
    return filled
  }

  private func fillTexts(_ column: Int) -> FilledColumn {
    var filled = FilledColumn(rowCount: cells.rowCount)
    filled.texts.reserveCapacity(cells.rowCount)
    for row in 0..<cells.rowCount {
      let cell = content(cells.cell(row: row, column: column))
      if nulls.contains(cell) {
        filled.texts.append("")
        scratch.missing[filled.missingCount] = UInt32(truncatingIfNeeded: row)
        filled.missingCount += 1
      } else {
        filled.texts.append(String(decoding: cell, as: UTF8.self))
      }
    }
    return filled
  }

  /// What a cell says: quotes around it are taken off and doubled quotes made single.
  @inline(__always)
  private func content(_ raw: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    if raw.isEmpty || raw[0] != Byte.quote { return raw }
    let inner = UnsafeBufferPointer(rebasing: raw[1..<raw.count &- 1])
    return holdsQuote(inner) ? withSingleQuotes(inner) : inner
  }

  /// Looks at 64 bytes at a time, of which those behind the cell do not count.
  @inline(__always)
  private func holdsQuote(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let bytes = cell.baseAddress else { return false }
    var offset = 0
    while offset < cell.count {
      let first = matches(bytes + offset, Byte.quote).trailingZeroBitCount
      if first < 64 { return offset &+ first < cell.count }
      offset &+= 64
    }
    return false
  }

  private func withSingleQuotes(
    _ inner: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    let target = scratch.unquoted
    var count = 0
    var index = 0
    while index < inner.count {
      let byte = inner[index]
      target[count] = byte
      count &+= 1
      index &+= byte == Byte.quote ? 2 : 1
    }
    return UnsafeBufferPointer(start: target, count: count)
  }
}

extension CSVColumnParser {
  /// Whether a column has more distinct values here than a category would.
  func looksLikeText(_ column: Int) -> Bool {
    let filled = fill(column, .category, isDeclared: false)
    let valueCount = cells.rowCount - filled.missingCount
    return !CategoryRule.isCategory(levelCount: scratch.levels.count, valueCount: valueCount)
  }
}

extension CSVColumnParser {
  /// A column of the chunk in the given kind, and the rows whose values are not of it: these count as missing.
  ///
  /// - Precondition: the parser is lenient.
  func column(_ place: Int, name: String, kind: ColumnKind) -> (column: Column, misfits: [Int]) {
    let filled = fill(place, kind, isDeclared: true)
    let missing = UnsafeBufferPointer(start: scratch.missing, count: filled.missingCount)
    let column = Column(
      name: name, values: values(of: kind, filled), missingRows: missing.map { Int($0) })
    return (column, filled.misfits)
  }

  /// What `fill` has left in the scratch.
  private func values(of kind: ColumnKind, _ filled: FilledColumn) -> Column.Values {
    switch kind {
    case .integer: return .integer(copied())
    case .real: return .real(copied())
    case .boolean: return .boolean(copied())
    case .date: return .date(copied())
    case .text: return .text(filled.texts)
    case .category:
      let (levels, places) = scratch.levels.sorted()
      var codes: [Int32] = copied()
      for row in codes.indices where codes[row] >= 0 { codes[row] = places[Int(codes[row])] }
      return .category(codes: codes, levels: levels)
    }
  }

  private func copied<Value: BitwiseCopyable>() -> [Value] {
    let values = scratch.values.assumingMemoryBound(to: Value.self)
    return Array(UnsafeBufferPointer(start: values, count: cells.rowCount))
  }
}
