/// A table's column beside what an encoder knows of it, ready to be written into a matrix.
struct EncodingSource: Sendable {
  let input: EncoderInput
  private let column: Column
  /// For a column of categories: the position of each of the table's levels.
  private let positions: [Int32]
  private let isAbsent: Bool

  /// Checks the kind of the column that `table` has for `input`.
  ///
  /// - Parameter column: nil if it has none.
  init(_ input: EncoderInput, _ column: Column?, of table: Table) throws(TableError) {
    guard let column else {
      throw .missingColumn(
        name: input.name,
        nearest: NearestName.nearest(to: input.name, among: table.columnNames))
    }
    self.input = input
    self.column = column
    isAbsent = column.missingRows.count == column.rowCount
    switch (input.coding, column.values) {
    case (.category(let coding), .category(_, let levels)):
      positions = levels.map { coding.position(of: $0) }
    case (.category, _): positions = []
    case (.number, _):
      positions = []
      guard isAbsent || Self.accepts(column.kind, as: input.kind) else {
        throw .wrongKind(column: input.name, expected: input.kind, found: column.kind)
      }
    }
  }

  private static func accepts(_ found: ColumnKind, as expected: ColumnKind) -> Bool {
    switch found {
    case .integer, .real, .boolean: expected != .date
    case .date: expected == .date
    case .category, .text: false
    }
  }

  /// Writes the matrix columns from `offset` on for `rows`, which hold zeros.
  func write(
    _ rows: Range<Int>, to matrix: UnsafeMutableBufferPointer<Double>, offset: Int, stride: Int
  ) -> EncodingTally {
    let target = EncodingTarget(matrix: matrix, offset: offset, stride: stride)
    switch input.coding {
    case .number(let coding): return write(rows, coding, to: target)
    case .category(let coding): return write(rows, coding, to: target)
    }
  }

  /// The column's own numbers, NaN where missing, if that is how they are written.
  ///
  /// Most columns of a classifier of tables are such, and nothing is to be decided cell by cell. Nil for numbers
  /// of another kind, and if one of them is not finite.
  func plainNumbers() -> (numbers: [Double], tally: EncodingTally)? {
    guard case .number(let coding) = input.coding, coding.keepsMissing, !coding.hasIndicator,
      input.kind != .boolean, case .real(var numbers) = column.values, numbers.areFinite
    else { return nil }
    var tally = EncodingTally()
    for row in column.missingRows {
      numbers[row] = .nan
      tally.missing.add(row)
    }
    return (numbers, tally)
  }

  private func write(_ rows: Range<Int>, _ coding: NumberCoding, to target: EncodingTarget)
    -> EncodingTally
  {
    var tally = EncodingTally()
    let isFlag = input.kind == .boolean
    let fill = coding.keepsMissing ? .nan : coding.fill ?? 0
    forEachNumber(in: rows) { row, number in
      let isMissing = number.isNaN
      if isMissing {
        tally.missing.add(row)
      } else if !number.isFinite || (isFlag && number != 0 && number != 1) {
        tally.invalid.add(row)
      }
      target.set(row, 0, isMissing ? fill : number)
      if isMissing, coding.hasIndicator { target.set(row, 1, 1) }
    }
    return tally
  }

  /// Calls `body` with every row's number in order, NaN for a missing one.
  @inline(__always)
  private func forEachNumber(in rows: Range<Int>, _ body: (Int, Double) -> Void) {
    forEachRun(in: rows) { run, isMissing in
      if isMissing {
        for row in run { body(row, .nan) }
        return
      }
      switch column.values {
      case .integer(let values): for row in run { body(row, Double(values[row])) }
      case .real(let values): for row in run { body(row, values[row]) }
      case .boolean(let values): for row in run { body(row, values[row] ? 1 : 0) }
      case .date(let values): for row in run { body(row, Double(values[row])) }
      case .category, .text: for row in run { body(row, .nan) }
      }
    }
  }

  private func write(_ rows: Range<Int>, _ coding: CategoryCoding, to target: EncodingTarget)
    -> EncodingTally
  {
    var tally = EncodingTally()
    forEachPosition(in: rows, coding) { row, found in
      var position = Int(found)
      if found == CategoryCoding.missing {
        tally.missing.add(row)
        position = coding.fill ?? CategoryCoding.absent
      } else if found == CategoryCoding.unseen {
        tally.unseen.add(row)
        position = coding.unseenPosition ?? CategoryCoding.absent
      }
      switch coding.style {
      case .ordinal: target.set(row, 0, position < 0 ? .nan : Double(position))
      case .oneHot:
        if 0 <= position, position < coding.positionCount { target.set(row, position, 1) }
      }
    }
    return tally
  }

  @inline(__always)
  private func forEachPosition(
    in rows: Range<Int>, _ coding: CategoryCoding, _ body: (Int, Int32) -> Void
  ) {
    forEachRun(in: rows) { run, isMissing in
      if isMissing {
        for row in run { body(row, CategoryCoding.missing) }
        return
      }
      switch column.values {
      case .category(let codes, _): for row in run { body(row, positions[Int(codes[row])]) }
      case .text(let values): for row in run { body(row, coding.position(of: values[row])) }
      case .integer, .real, .boolean, .date:
        for row in run {
          body(row, column.text(at: row).map(coding.position(of:)) ?? CategoryCoding.missing)
        }
      }
    }
  }

  /// Cuts `rows` into runs with values and single rows without.
  @inline(__always)
  private func forEachRun(in rows: Range<Int>, _ body: (Range<Int>, _ isMissing: Bool) -> Void) {
    if isAbsent { return body(rows, true) }
    var start = rows.lowerBound
    var next = column.missingRows.partitioningPoint { $0 >= start }
    while next < column.missingRows.count, column.missingRows[next] < rows.upperBound {
      let row = column.missingRows[next]
      body(start..<row, false)
      body(row..<row + 1, true)
      start = row + 1
      next += 1
    }
    body(start..<rows.upperBound, false)
  }
}

/// The matrix columns of one input.
private struct EncodingTarget {
  let matrix: UnsafeMutableBufferPointer<Double>
  let offset: Int
  let stride: Int

  @inline(__always)
  func set(_ row: Int, _ place: Int, _ value: Double) {
    matrix[row * stride + offset + place] = value
  }
}

extension CategoryCoding {
  static let missing: Int32 = -1
  static let unseen: Int32 = -2
  /// No position: missing still, or refused once its chunk has ended.
  static let absent = -1

  /// Where `level` is encoded: its own position, the pool's, or `unseen`.
  func position(of level: String) -> Int32 {
    if let place = levels.place(ofLevel: level) { return Int32(place) }
    if let poolPosition, pooledLevels.place(ofLevel: level) != nil { return Int32(poolPosition) }
    return Self.unseen
  }

  /// Whether `level` is one that the encoder tells from others.
  package func knows(_ level: String) -> Bool { position(of: level) != Self.unseen }

  /// The position that stands for an unseen level, one past the last if it has none; nil refuses it, or
  /// counts it as missing where missing values are kept.
  ///
  /// A pool takes it, since it may be one of the levels that were pooled.
  package var unseenPosition: Int? {
    if let poolPosition, pooledLevels.isEmpty { return poolPosition }
    return switch unseen {
    case .pool: poolPosition ?? (keepsMissing ? nil : positionCount)
    case .impute: fill
    case .refuse: nil
    }
  }
}

extension [Double] {
  /// Whether all are finite; counted without an early end, so that no branch depends on a value.
  package var areFinite: Bool {
    var others = 0
    for value in self { others &+= abs(value) < .infinity ? 0 : 1 }
    return others == 0
  }
}
