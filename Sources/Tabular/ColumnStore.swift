import Synchronization

/// A column while its chunks arrive, in any order, from several threads.
///
/// Chunks hold different rows, so the order of arrival leaves no trace: levels are numbered as they
/// come and renumbered in the order of their bytes at the end.
final class ColumnStore: Sendable {
  let kind: ColumnKind
  private let state: Mutex<State>

  /// Only the array of the column's kind is used.
  private struct State {
    var integers: [Int64] = []
    var reals: [Double] = []
    var booleans: [Bool] = []
    var dates: [Int32] = []
    var codes: [Int32] = []
    var texts: [String] = []
    var levels = LevelTable()
    /// Bit r of the sequence is set if row r has no value.
    var missing: [UInt64]
    var missingCount = 0
  }

  init(kind: ColumnKind, rowCount: Int) {
    self.kind = kind
    var state = State(missing: [UInt64](repeating: 0, count: (rowCount + 63) / 64))
    switch kind {
    case .integer: state.integers = [Int64](repeating: 0, count: rowCount)
    case .real: state.reals = [Double](repeating: 0, count: rowCount)
    case .boolean: state.booleans = [Bool](repeating: false, count: rowCount)
    case .date: state.dates = [Int32](repeating: 0, count: rowCount)
    case .category: state.codes = [Int32](repeating: -1, count: rowCount)
    case .text: state.texts = [String](repeating: "", count: rowCount)
    }
    self.state = Mutex(state)
  }

  /// Takes the values of a chunk, which are of the store's kind and begin at `firstRow`.
  ///
  /// Categories come as codes into `scratch.levels`. False if a category has more levels than
  /// `mostLevels`; it is then of no more use.
  func take(
    _ chunk: FilledColumn, from scratch: ChunkScratch, firstRow: Int, mostLevels: Int
  ) -> Bool {
    let values = scratch.values
    return state.withLock { state in
      switch kind {
      case .integer: copy(values, to: &state.integers, firstRow, chunk.rowCount)
      case .real: copy(values, to: &state.reals, firstRow, chunk.rowCount)
      case .boolean: copy(values, to: &state.booleans, firstRow, chunk.rowCount)
      case .date: copy(values, to: &state.dates, firstRow, chunk.rowCount)
      case .category:
        renumber(values, chunk.rowCount, from: scratch.levels, to: &state.levels)
        copy(values, to: &state.codes, firstRow, chunk.rowCount)
      case .text:
        state.texts.replaceSubrange(firstRow..<firstRow + chunk.rowCount, with: chunk.texts)
      }
      for index in 0..<chunk.missingCount {
        let row = firstRow + Int(scratch.missing[index])
        state.missing[row / 64] |= 1 << UInt64(row % 64)
      }
      state.missingCount += chunk.missingCount
      return state.levels.count <= mostLevels
    }
  }

  private func copy<Value: BitwiseCopyable>(
    _ source: UnsafeMutableRawPointer, to target: inout [Value], _ firstRow: Int, _ count: Int
  ) {
    target.withUnsafeMutableBytes { bytes in
      let stride = MemoryLayout<Value>.stride
      let part = bytes[firstRow * stride..<(firstRow + count) * stride]
      UnsafeMutableRawBufferPointer(rebasing: part)
        .copyMemory(from: UnsafeRawBufferPointer(start: source, count: count * stride))
    }
  }

  private func renumber(
    _ values: UnsafeMutableRawPointer, _ count: Int, from local: LevelTable,
    to shared: inout LevelTable
  ) {
    let numbers = (0..<local.count).map { level in
      local.withLevel(level) { shared.code(of: $0) }
    }
    let codes = values.assumingMemoryBound(to: Int32.self)
    for row in 0..<count where codes[row] >= 0 { codes[row] = numbers[Int(codes[row])] }
  }

  /// Hands over the column.
  ///
  /// `isDeclared` keeps the kind; otherwise text and categories are told apart by `CategoryRule`.
  func finish(name: String, isDeclared: Bool) -> Column {
    state.withLock { state in
      let missingRows = Self.rows(state.missing, count: state.missingCount)
      let values = Self.values(&state, kind)
      let column = Column(name: name, values: values, missingRows: missingRows)
      return isDeclared ? column : column.withSettledTextKind()
    }
  }

  private static func values(_ state: inout State, _ kind: ColumnKind) -> Column.Values {
    switch kind {
    case .integer: return .integer(exchange(&state.integers))
    case .real: return .real(exchange(&state.reals))
    case .boolean: return .boolean(exchange(&state.booleans))
    case .date: return .date(exchange(&state.dates))
    case .text: return .text(exchange(&state.texts))
    case .category:
      let (levels, places) = state.levels.sorted()
      var codes = exchange(&state.codes)
      for row in codes.indices where codes[row] >= 0 { codes[row] = places[Int(codes[row])] }
      return .category(codes: codes, levels: levels)
    }
  }

  /// Leaves the array empty, so that the one handed over has a single owner.
  private static func exchange<Value>(_ array: inout [Value]) -> [Value] {
    var taken: [Value] = []
    swap(&taken, &array)
    return taken
  }

  private static func rows(_ bits: [UInt64], count: Int) -> [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(count)
    for (index, word) in bits.enumerated() {
      var rest = word
      while rest != 0 {
        rows.append(index * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return rows
  }
}

extension Column {
  /// The column as text or as category, whichever `CategoryRule` asks for; unchanged if it is
  /// neither.
  func withSettledTextKind() -> Column {
    let valueCount = rowCount - missingRows.count
    switch values {
    case .category(let codes, let levels):
      if CategoryRule.isCategory(levelCount: levels.count, valueCount: valueCount) { return self }
      let texts = codes.map { $0 < 0 ? "" : levels[Int($0)] }
      return Column(name: name, values: .text(texts), missingRows: missingRows)
    case .text(let texts):
      guard let (codes, levels) = coded(texts),
        CategoryRule.isCategory(levelCount: levels.count, valueCount: valueCount)
      else { return self }
      return Column(
        name: name, values: .category(codes: codes, levels: levels), missingRows: missingRows)
    default: return self
    }
  }

  /// Nil if there are too many levels for a category.
  private func coded(_ texts: [String]) -> (codes: [Int32], levels: [String])? {
    var table = LevelTable()
    var codes = [Int32](repeating: -1, count: texts.count)
    var nextMissing = missingRows[...]
    for row in texts.indices {
      if nextMissing.first == row {
        nextMissing.removeFirst()
        continue
      }
      var text = texts[row]
      codes[row] = text.withUTF8 { table.code(of: $0) }
      if table.count > CategoryRule.mostLevels { return nil }
    }
    let (levels, places) = table.sorted()
    for row in codes.indices where codes[row] >= 0 { codes[row] = places[Int(codes[row])] }
    return (codes, levels)
  }
}
