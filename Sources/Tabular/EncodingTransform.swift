public import Numerical

extension TableEncoder {
  /// The kinds to read the model's columns as, by name: what a single row looks like says little.
  public var kinds: [String: ColumnKind] {
    Dictionary(inputs.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
  }

  /// The column of every input; nil where `table` has none of the name.
  ///
  /// - Complexity: O(inputs) if the columns come in the order of the inputs, as in the parts of a batch.
  package func ownColumns(in table: Table) -> [Column?] {
    inputs.indices.map { place in
      let name = inputs[place].name
      if place < table.columns.count, table.columns[place].name == name {
        return table.columns[place]
      }
      return table[name]
    }
  }

  /// Encodes rows; columns are found by name, others are ignored.
  ///
  /// Whole numbers, reals and booleans stand for each other where the values allow it; anything is
  /// read as a category by its canonical text; a column without any value fits every kind.
  ///
  /// - Shape: one row per table row, `featureNames.count` columns.
  /// - Throws: `TableError.missingColumn`, `.wrongKind`, `.invalidValue` on an infinite number or a
  ///   boolean other than 0 and 1, `.missingValues` and `.unseenLevels` where they are refused.
  /// - Complexity: O(n · features), over the threads of `pool`.
  public func encode(_ table: Table, on pool: WorkerPool) throws(TableError) -> EncodedTable {
    var sources: [EncodingSource] = []
    for (input, column) in zip(inputs, ownColumns(in: table)) {
      sources.append(try EncodingSource(input, column, of: table))
    }
    let width = featureNames.count
    let chunk = max(64, 16_384 / max(width, 1))
    var tallies: [[EncodingTally]] = []
    let matrix = Matrix(rowCount: table.rowCount, columnCount: width) { buffer in
      nonisolated(unsafe) let buffer = buffer
      tallies = pool.map(count: (table.rowCount + chunk - 1) / chunk) { index in
        let rows = index * chunk..<min((index + 1) * chunk, table.rowCount)
        buffer[rows.lowerBound * width..<rows.upperBound * width].update(repeating: 0)
        var offset = 0
        return sources.map { source in
          defer { offset += source.input.width }
          return source.write(rows, to: buffer, offset: offset, stride: width)
        }
      }
    }
    return try summarize(matrix, tallies)
  }

  /// Adds up what the chunks met and refuses what the policies refuse.
  private func summarize(_ matrix: Matrix, _ tallies: [[EncodingTally]]) throws(TableError)
    -> EncodedTable
  {
    var imputed: [String: Int] = [:]
    var unseen: [String: Int] = [:]
    for (index, input) in inputs.enumerated() {
      let total = tallies.reduce(EncodingTally()) { $0.merging($1[index]) }
      try total.check(input)
      if total.missing.count > 0 { imputed[input.name] = total.missing.count }
      if total.unseen.count > 0 { unseen[input.name] = total.unseen.count }
    }
    return EncodedTable(matrix: matrix, imputedCounts: imputed, unseenCounts: unseen)
  }
}

/// What a chunk of one column held beside ordinary values.
struct EncodingTally: Sendable {
  struct Cells: Sendable {
    var count = 0
    var firstRow = 0

    mutating func add(_ row: Int) {
      if count == 0 { firstRow = row }
      count += 1
    }

    /// `later` must hold later rows.
    func merging(_ later: Cells) -> Cells {
      Cells(count: count + later.count, firstRow: count > 0 ? firstRow : later.firstRow)
    }
  }

  var missing = Cells()
  var unseen = Cells()
  var invalid = Cells()

  func merging(_ later: EncodingTally) -> EncodingTally {
    EncodingTally(
      missing: missing.merging(later.missing), unseen: unseen.merging(later.unseen),
      invalid: invalid.merging(later.invalid))
  }

  func check(_ input: EncoderInput) throws(TableError) {
    if invalid.count > 0 {
      throw .invalidValue(
        column: input.name, row: invalid.firstRow + 1,
        expected: input.kind == .boolean ? "true or false" : "a finite number")
    }
    if missing.count > 0, !input.coding.acceptsMissing {
      throw .missingValues(
        column: input.name, count: missing.count, firstRow: missing.firstRow + 1)
    }
    if unseen.count > 0, !input.coding.acceptsUnseen {
      throw .unseenLevels(column: input.name, count: unseen.count, firstRow: unseen.firstRow + 1)
    }
  }
}

extension EncoderInput.Coding {
  package var acceptsMissing: Bool {
    switch self {
    case .number(let number): number.keepsMissing || number.fill != nil
    case .category(let category): category.keepsMissing || category.fill != nil
    }
  }

  package var acceptsUnseen: Bool {
    switch self {
    case .number: true
    case .category(let category):
      category.unseenPosition != nil || (category.keepsMissing && category.unseen != .refuse)
    }
  }
}
