public import Numerical

extension TableEncoder {
  /// Learns fill values and levels from `features` of `table`.
  ///
  /// A column without any value is filled with 0 or the missing level. Categories are counted over
  /// all rows, missing values under what stands for them.
  ///
  /// - Throws: `TableError.noTrainingRows`, `.noFeatures`, `.unknownColumn`, `.invalidValue` on an infinite
  ///   number, `.missingValues` where the options refuse them.
  /// - Complexity: O(n) per column, over the threads of `pool`.
  public static func fit(
    _ table: Table, features: [String], options: EncodingOptions, on pool: WorkerPool = .serial
  ) throws(TableError) -> TableEncoder {
    return try fit(table, features: features, on: pool) { (column) throws(TableError) in
      try EncoderInput.fit(column, options: options)
    }
  }

  /// Learns one input per distinct name of `features`.
  static func fit(
    _ table: Table, features: [String], on pool: WorkerPool,
    by learn: @Sendable (Column) throws(TableError) -> EncoderInput
  ) throws(TableError) -> TableEncoder {
    guard table.rowCount > 0 else { throw .noTrainingRows }
    guard !features.isEmpty else { throw .noFeatures }
    var columns: [Column] = []
    for (index, name) in features.enumerated() where !features[..<index].contains(name) {
      guard let column = table[name] else {
        throw .unknownColumn(
          name: name, nearest: NearestName.nearest(to: name, among: table.columnNames),
          place: "features")
      }
      columns.append(column)
    }
    let fits = pool.map(count: columns.count) { index in
      Result { () throws(TableError) in try learn(columns[index]) }
    }
    var inputs: [EncoderInput] = []
    for fit in fits { inputs.append(try fit.get()) }
    return TableEncoder(inputs: inputs)
  }
}

extension EncoderInput {
  static func fit(_ column: Column, options: EncodingOptions) throws(TableError) -> EncoderInput {
    switch column.kind {
    case .category, .text:
      EncoderInput(
        name: column.name, kind: .category,
        coding: .category(try CategoryCoding.fit(column, options: options)))
    case .integer, .real, .boolean, .date:
      EncoderInput(
        name: column.name, kind: column.kind,
        coding: .number(try NumberCoding.fit(column, options: options)))
    }
  }
}

extension NumberCoding {
  static func fit(_ column: Column, options: EncodingOptions) throws(TableError) -> NumberCoding {
    let numbers = column.numbers ?? []
    if let row = numbers.firstIndex(where: \.isInfinite) {
      throw .invalidValue(column: column.name, row: row + 1, expected: "a finite number")
    }
    let present = numbers.filter { !$0.isNaN }
    let missingCount = numbers.count - present.count
    if options.numericImputation == .refuse, missingCount > 0 {
      throw .missingValues(
        column: column.name, count: missingCount,
        firstRow: (numbers.firstIndex(where: \.isNaN) ?? 0) + 1)
    }
    let range = CommonRange(of: present, kind: column.kind)
    let fill: Double? =
      switch options.numericImputation {
      case .refuse: nil
      case .zero: 0
      case .mean: mean(of: present)
      case .median: present.isEmpty ? 0 : Quantiles.median(present)
      }
    return NumberCoding(
      fill: fill, hasIndicator: options.missingIndicators && missingCount > 0,
      minimum: range?.lower, maximum: range?.upper)
  }

  /// A running mean, which no finite input overflows; 0 without values.
  private static func mean(of values: [Double]) -> Double {
    var mean = 0.0
    for (index, value) in values.enumerated() {
      let count = Double(index + 1)
      mean += value / count - mean / count
    }
    return mean
  }
}

extension CategoryCoding {
  static func fit(_ column: Column, options: EncodingOptions) throws(TableError) -> CategoryCoding {
    let missing = column.missingRows.count
    if options.categoryImputation == .refuse, let first = column.missingRows.first {
      throw .missingValues(column: column.name, count: missing, firstRow: first + 1)
    }
    var (names, counts) = LevelCounts.of(column)
    let mode = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) }
    let hasOwnMissing = missing > 0 && (options.categoryImputation == .ownLevel || mode == nil)
    if let mode, !hasOwnMissing { counts[mode] += missing }
    // Missing values take part in the pooling as the last level.
    let all = hasOwnMissing ? counts + [missing] : counts
    let kept = keptPlaces(
      of: all, levelCount: names.count, rowCount: column.rowCount, options: options)
    let levels = names.indices.filter { kept[$0] }
    let hasMissingLevel = hasOwnMissing && kept[names.count]
    let hasPool = kept.contains(false)
    let pool = levels.count + (hasMissingLevel ? 1 : 0)
    let fill: Int? =
      if options.categoryImputation == .refuse {
        nil
      } else if hasOwnMissing {
        hasMissingLevel ? levels.count : pool
      } else {
        mode.map { levels.firstIndex(of: $0) ?? pool }
      }
    return CategoryCoding(
      style: options.categoryCoding, levels: levels.map { names[$0] }, pooledLevels: [],
      hasMissingLevel: hasMissingLevel, hasPool: hasPool, fill: fill, keepsMissing: false,
      unseen: options.unseenLevels)
  }

  /// Which levels are frequent enough.
  ///
  /// Among equal counts the later stay, as in scikit-learn. Missing values behind the levels name nobody,
  /// so that only their share counts.
  private static func keptPlaces(
    of counts: [Int], levelCount: Int, rowCount: Int, options: EncodingOptions
  ) -> [Bool] {
    var kept = counts.indices.map { place in
      Double(counts[place]) >= options.rareShare * Double(rowCount)
        && (place >= levelCount || counts[place] >= options.rareRows)
    }
    let frequent = counts.indices.filter { kept[$0] }
    let needsPool = frequent.count < counts.count || frequent.count > options.maximumLevels
    let room = max(options.maximumLevels, 1) - (needsPool ? 1 : 0)
    let byCount = frequent.sorted { (counts[$0], $0) < (counts[$1], $1) }
    for place in byCount.dropLast(room) { kept[place] = false }
    return kept
  }
}

/// Levels in use with their row counts, ascending by UTF-8 bytes.
package enum LevelCounts {
  package static func of(_ column: Column) -> (levels: [String], counts: [Int]) {
    switch column.values {
    case .category(let codes, let levels):
      let counts = column.levelCounts(codes: codes, levelCount: levels.count)
      let used = levels.indices.filter { counts[$0] > 0 }
        .sorted { levels[$0].precedesInBytes(levels[$1]) }
      return (used.map { levels[$0] }, used.map { counts[$0] })
    default:
      let sorted = column.presentRows.compactMap { column.text(at: $0) }
        .sorted { $0.precedesInBytes($1) }
      var levels: [String] = []
      var counts: [Int] = []
      for text in sorted {
        if let last = levels.last, last.utf8.elementsEqual(text.utf8) {
          counts[counts.count - 1] += 1
        } else {
          levels.append(text)
          counts.append(1)
        }
      }
      return (levels, counts)
    }
  }
}
