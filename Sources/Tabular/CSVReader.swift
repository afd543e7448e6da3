public import Numerical

extension Table {
  /// Reads a CSV file with a header line.
  ///
  /// Format: RFC 4180 in UTF-8, with or without a byte order mark, lines ending in LF or CRLF, cells
  /// of at most 1 MiB. Blank lines at the end are ignored. Whatever departs from that (rows of
  /// another length, quotes inside unquoted cells, a lone carriage return, NUL) is refused with its
  /// line. A quoted cell means the same as an unquoted one; blanks around numbers, dates, truth
  /// values and null tokens do not count, those in text do.
  ///
  /// Kinds follow from all rows, never from a sample: see `ValueForms.kind` for the rule and
  /// `CategoryRule` for what separates a category from text. Numbers are read without regard to
  /// locale and correctly rounded; whole numbers that 64 bits do not hold are real; codes such as
  /// `007` stay text; a time of day behind a date is dropped. A column without any value is text.
  ///
  /// - Throws: `TableError` with file, line and column, never with a value.
  /// - Complexity: O(bytes), in two passes that share the pool's threads: one counts rows, one parses
  ///   with the kinds that three chunks suggest; columns that turn out otherwise are parsed again.
  ///   Memory is the columns plus about 2 MiB per thread.
  public static func read(
    csv path: String, options: CSVOptions = CSVOptions(), on pool: WorkerPool
  ) throws(TableError) -> Table {
    try read(CSVSource(path: path), options: options, chunkSize: CSVDocument.chunkSize, on: pool)
  }

  /// Reads CSV text that is in memory already; `name` stands for the path in errors.
  public static func read(
    csvText text: [UInt8], name: String, options: CSVOptions = CSVOptions(), on pool: WorkerPool
  ) throws(TableError) -> Table {
    let source = CSVSource(path: name, bytes: text)
    return try read(source, options: options, chunkSize: CSVDocument.chunkSize, on: pool)
  }

  /// The same with another chunk size, so that tests can put boundaries everywhere.
  package static func read(
    csvText text: [UInt8], options: CSVOptions = CSVOptions(), chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) -> Table {
    let source = CSVSource(path: "test.csv", bytes: text)
    return try read(source, options: options, chunkSize: chunkSize, on: pool)
  }

  private static func read(
    _ source: CSVSource, options: CSVOptions, chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) -> Table {
    var reader = try CSVReader(source, options: options, chunkSize: chunkSize, on: pool)
    return try reader.read()
  }
}

/// Reads one file: layout, a look at a few chunks, then passes over all of them.
struct CSVReader {
  private let document: CSVDocument
  private let nulls: NullTokens
  private let pool: WorkerPool
  private var plans: [ColumnPlan]
  private var forms: [ValueForms]

  private var layout: CSVLayout { document.layout }
  private var path: String { document.source.path }

  init(
    _ source: CSVSource, options: CSVOptions, chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) {
    self.pool = pool
    document = try CSVDocument(
      source, delimiter: options.delimiter, chunkSize: chunkSize, on: pool)
    guard document.layout.rowCount > 0 else { throw .noRows(path: source.path) }
    nulls = NullTokens(options.nullTokens)
    plans = try Self.plans(document.header.names, options)
    forms = plans.map { _ in [] }
  }

  private static func plans(
    _ names: [String], _ options: CSVOptions
  ) throws(TableError) -> [ColumnPlan] {
    let kinds = options.kinds
    for name in kinds.keys.sorted() where !names.contains(name) {
      throw .unknownColumn(
        name: name, nearest: NearestName.nearest(to: name, among: names), place: "declared kinds")
    }
    return names.map {
      ColumnPlan(
        name: $0, declared: kinds[$0], kind: kinds[$0] ?? .integer,
        isRead: !options.unread.contains($0))
    }
  }

  mutating func read() throws(TableError) -> Table {
    try guessKinds()
    var stores = pool.map(count: plans.count) { index in
      ColumnStore(kind: plans[index].kind, rowCount: plans[index].isRead ? layout.rowCount : 0)
    }
    var pending = plans.indices.filter { plans[$0].isRead }
    // Forms only ever gain members, so few kinds can follow each other: at worst an integer turns
    // into a real, a category and text.
    for _ in 0..<5 {
      let findings = try parse(pending, into: stores)
      try refuseUnfit(pending, findings)
      pending = update(pending, findings)
      if pending.isEmpty { return table(stores) }
      for column in pending {
        stores[column] = ColumnStore(kind: plans[column].kind, rowCount: layout.rowCount)
      }
    }
    throw .changedWhileReading(path: path)
  }

  private func table(_ stores: [ColumnStore]) -> Table {
    let read = plans.indices.filter { plans[$0].isRead }
    let columns = pool.map(count: read.count) { place in
      let index = read[place]
      let plan = plans[index]
      if forms[index].isEmpty, plan.declared == nil { return blankColumn(plan.name) }
      return stores[index].finish(name: plan.name, isDeclared: plan.declared != nil)
    }
    return Table(
      columns: columns, unreadColumns: plans.filter { !$0.isRead }.map(\.name))
  }

  private func blankColumn(_ name: String) -> Column {
    let texts = [String](repeating: "", count: layout.rowCount)
    return Column(name: name, values: .text(texts), missingRows: Array(0..<layout.rowCount))
  }
}

// MARK: - Passes

extension CSVReader {
  /// Runs `body` over the columns of some chunks; results are by chunk.
  private func overChunks<Value: Sendable>(
    _ chunks: [CSVLayout.Chunk], _ body: (CSVColumnParser) -> Value
  ) throws(TableError) -> [Value] {
    let results = pool.map(count: chunks.count) { index in
      Result { () throws(TableError) in
        try document.parse(chunks[index]) { cells, scratch in
          body(
            CSVColumnParser(
              cells: cells, scratch: scratch, nulls: nulls, firstRow: chunks[index].firstRow))
        }
      }
    }
    var values: [Value] = []
    for result in results { values.append(try result.get()) }
    return values
  }

  /// Tries the kinds that the first, the middle and the last chunk suggest.
  ///
  /// A wrong guess costs time and changes nothing.
  private mutating func guessKinds() throws(TableError) {
    let count = layout.chunks.count
    let sample = Set([0, count / 2, count - 1]).sorted().map { layout.chunks[$0] }
    let undeclared = plans.indices.filter { plans[$0].declared == nil && plans[$0].isRead }
    let findings = try overChunks(sample) { parser in
      undeclared.map { column in
        let forms = parser.observe(column).forms
        return (forms, forms.kind == nil ? parser.looksLikeText(column) : false)
      }
    }
    for (position, column) in undeclared.enumerated() {
      let seen = findings.map { $0[position] }
      let forms = seen.reduce(into: ValueForms()) { $0.formUnion($1.0) }
      let textual: ColumnKind = seen.contains { $0.1 } ? .text : .category
      plans[column].kind = forms.isEmpty ? .integer : forms.kind ?? textual
    }
  }

  private func parse(
    _ columns: [Int], into stores: [ColumnStore]
  ) throws(TableError) -> [[ColumnFinding]] {
    try overChunks(layout.chunks) { parser in
      columns.map { parser.parse($0, plans[$0], into: stores[$0]) }
    }
  }

  /// Joins what the chunks found, and returns the columns that must be read again.
  private mutating func update(_ columns: [Int], _ findings: [[ColumnFinding]]) -> [Int] {
    var again: [Int] = []
    for (position, column) in columns.enumerated() {
      let found = findings.map { $0[position] }
      for finding in found { forms[column].formUnion(finding.forms) }
      if found.allSatisfy(\.isStored) { continue }
      let isLong = found.contains(where: \.hasTooManyLevels)
      plans[column].kind = forms[column].kind ?? (isLong ? .text : .category)
      again.append(column)
    }
    return again
  }

  /// Refuses the first row, and in it the first column, that does not fit its kind.
  private func refuseUnfit(
    _ columns: [Int], _ findings: [[ColumnFinding]]
  ) throws(TableError) {
    var first: (row: Int, column: Int, isUnfit: Bool)?
    for (position, column) in columns.enumerated() {
      let found = findings.map { $0[position] }
      let forms = found.reduce(into: ValueForms()) { $0.formUnion($1.forms) }
      let isNumeric = plans[column].declared == .real || forms.kind == .real
      let nonFinite = isNumeric ? found.lazy.compactMap(\.nonFiniteRow).first : nil
      let unfit = found.lazy.compactMap(\.unfitRow).first
      guard let row = [nonFinite, unfit].compactMap(\.self).min() else { continue }
      if first.map({ row < $0.row }) ?? true { first = (row, column, row == unfit) }
    }
    guard let first else { return }
    let plan = plans[first.column]
    let line = try document.line(ofRow: first.row)
    if first.isUnfit {
      throw .unfit(path: path, line: line, column: plan.name, kind: plan.kind)
    }
    throw .nonFinite(path: path, line: line, column: plan.name)
  }
}
