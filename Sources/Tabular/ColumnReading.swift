public import Numerical

/// How a table becomes columns for learners that take numbers with gaps and categories as they are.
public struct ColumnOptions: Hashable, Sendable, Codable {
  /// Levels of fewer rows are pooled into `(other)`: nothing can be learnt of them, and a level of few
  /// rows may name a person.
  public var rareRows = Disclosure.leastRows
  /// The most levels a category keeps; the rarest are pooled.
  public var maximumLevels = 100_000
  /// What becomes of a level met only in scoring.
  public var unseenLevels = EncodingOptions.UnseenPolicy.pool

  public init() {}
}

/// Columns as a tree learner takes them.
public struct EncodedColumns: Sendable {
  public struct Column: Sendable {
    public let name: String
    public let values: Values
  }

  public enum Values: Sendable {
    /// NaN for a missing value.
    case numbers([Double])
    /// Positions in `levels`, −1 for a missing value.
    case categories(codes: [Int32], levels: [String])
  }

  public let rowCount: Int
  public let columns: [Column]
  /// Missing cells by column; columns without any are absent.
  public let missingCounts: [String: Int]
  /// Cells of levels that training did not have or pooled, by column; columns without any are absent.
  public let unseenCounts: [String: Int]
}

extension TableEncoder {
  /// Learns levels and ranges from `features` of `table`; missing values stay missing.
  ///
  /// - Throws: `TableError.noTrainingRows`, `.noFeatures`, `.unknownColumn`, `.invalidValue` on an infinite
  ///   number.
  /// - Complexity: O(n) per column, over the threads of `pool`.
  public static func fit(
    _ table: Table, features: [String], options: ColumnOptions, on pool: WorkerPool = .serial
  ) throws(TableError) -> TableEncoder {
    try fit(table, features: features, on: pool) { (column) throws(TableError) in
      try EncoderInput.fit(column, options: options)
    }
  }

  /// Reads the columns of an encoder that was fitted with `ColumnOptions`; found by name, others ignored.
  ///
  /// - Throws: `TableError.missingColumn`, `.wrongKind`, `.invalidValue` on an infinite number or a boolean
  ///   other than 0 and 1, `.unseenLevels` where they are refused.
  /// - Complexity: O(n · features), over the threads of `pool`.
  public func columns(of table: Table, on pool: WorkerPool) throws(TableError) -> EncodedColumns {
    var sources: [EncodingSource] = []
    for (input, column) in zip(inputs, ownColumns(in: table)) {
      precondition(input.width == 1, "an encoder of columns has one of each input")
      sources.append(try EncodingSource(input, column, of: table))
    }
    let read = pool.map(count: sources.count) { sources[$0].column(rowCount: table.rowCount) }
    var (missing, unseen): ([String: Int], [String: Int]) = ([:], [:])
    for (input, (_, tally)) in zip(inputs, read) {
      try tally.check(input)
      if tally.missing.count > 0 { missing[input.name] = tally.missing.count }
      if tally.unseen.count > 0 { unseen[input.name] = tally.unseen.count }
    }
    return EncodedColumns(
      rowCount: table.rowCount, columns: read.map(\.column), missingCounts: missing,
      unseenCounts: unseen)
  }
}

extension EncodingSource {
  fileprivate func column(rowCount: Int) -> (column: EncodedColumns.Column, tally: EncodingTally) {
    if let (numbers, tally) = plainNumbers() {
      return (.init(name: input.name, values: .numbers(numbers)), tally)
    }
    var tally = EncodingTally()
    let numbers = [Double](unsafeUninitializedCapacity: rowCount) { buffer, count in
      tally = write(
        0..<rowCount, to: UnsafeMutableBufferPointer(rebasing: buffer[..<rowCount]), offset: 0,
        stride: 1)
      count = rowCount
    }
    switch input.coding {
    case .number: return (.init(name: input.name, values: .numbers(numbers)), tally)
    case .category(let coding):
      let codes = numbers.map { $0.isNaN ? -1 : Int32($0) }
      return (
        .init(
          name: input.name, values: .categories(codes: codes, levels: coding.positionNames)), tally
      )
    }
  }
}

extension EncoderInput {
  fileprivate static func fit(
    _ column: Column, options: ColumnOptions
  ) throws(TableError) -> EncoderInput {
    switch column.kind {
    case .category, .text:
      return EncoderInput(
        name: column.name, kind: .category,
        coding: .category(CategoryCoding.kept(column, options: options)))
    case .integer, .real, .boolean, .date:
      let numbers = column.numbers ?? []
      if let row = numbers.firstIndex(where: \.isInfinite) {
        throw .invalidValue(column: column.name, row: row + 1, expected: "a finite number")
      }
      let range = CommonRange(of: numbers, kind: column.kind)
      return EncoderInput(
        name: column.name, kind: column.kind,
        coding: .number(
          NumberCoding(
            fill: nil, keepsMissing: true, hasIndicator: false, minimum: range?.lower,
            maximum: range?.upper)))
    }
  }
}

extension CategoryCoding {
  fileprivate static func kept(_ column: Column, options: ColumnOptions) -> CategoryCoding {
    let (names, counts) = LevelCounts.of(column)
    var isKept = counts.map { $0 >= options.rareRows }
    let byCount = counts.indices.filter { isKept[$0] }.sorted {
      (counts[$0], $0) < (counts[$1], $1)
    }
    for place in byCount.dropLast(options.maximumLevels) { isKept[place] = false }
    return CategoryCoding(
      style: .ordinal, levels: names.indices.filter { isKept[$0] }.map { names[$0] },
      pooledLevels: [], hasMissingLevel: false, hasPool: isKept.contains(false), fill: nil,
      keepsMissing: true, unseen: options.unseenLevels)
  }
}
