public import Numerical

/// A CSV file as a source of parts.
///
/// The format is that of `Table.read`. Opening counts the rows, which reads the file once; a part is a chunk
/// of about 256 KiB, of which only the columns asked for are parsed. Memory is a few words per chunk, and
/// about 2 MiB for each thread that asks for a part.
public struct CSVParts: TablePartSource {
  private struct Wanted: Sendable {
    let name: String
    let place: Int
    let kind: ColumnKind
  }

  private let document: CSVDocument
  private let columns: [Wanted]
  private let passthrough: [Wanted]
  private let nulls: NullTokens

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - columns: the columns to parse, and as what.
  ///   - passthrough: the columns to pass through; spellings of missing values are texts like others there.
  /// - Throws: `.missingColumn`, and whatever `Table.read` refuses about the file's form; a file without rows
  ///   has no parts.
  public init(
    path: String, columns: [(name: String, kind: ColumnKind)], passthrough: [String],
    nullTokens: [String], on pool: WorkerPool
  ) throws(TableError) {
    try self.init(
      CSVSource(path: path), columns: columns, passthrough: passthrough, nullTokens: nullTokens,
      chunkSize: CSVDocument.chunkSize, on: pool)
  }

  /// The same with text in memory and another chunk size, so that tests can put boundaries everywhere.
  package init(
    csvText text: [UInt8], columns: [(name: String, kind: ColumnKind)], passthrough: [String],
    nullTokens: [String] = CSVOptions.defaultNullTokens, chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) {
    try self.init(
      CSVSource(path: "test.csv", bytes: text), columns: columns, passthrough: passthrough,
      nullTokens: nullTokens, chunkSize: chunkSize, on: pool)
  }

  private init(
    _ source: CSVSource, columns: [(name: String, kind: ColumnKind)], passthrough: [String],
    nullTokens: [String], chunkSize: Int, on pool: WorkerPool
  ) throws(TableError) {
    document = try CSVDocument(source, delimiter: nil, chunkSize: chunkSize, on: pool)
    let names = document.header.names
    self.columns = try Self.found(columns, in: names)
    self.passthrough = try Self.found(passthrough.map { ($0, .text) }, in: names)
    nulls = NullTokens(nullTokens)
  }

  private static func found(
    _ columns: [(name: String, kind: ColumnKind)], in names: [String]
  ) throws(TableError) -> [Wanted] {
    var found: [Wanted] = []
    for (name, kind) in columns {
      guard let place = names.firstIndex(of: name) else {
        throw .missingColumn(name: name, nearest: NearestName.nearest(to: name, among: names))
      }
      found.append(Wanted(name: name, place: place, kind: kind))
    }
    return found
  }

  public var columnNames: [String] { document.header.names }
  /// The columns that parts hold.
  public var usedColumns: [String] { (columns + passthrough).map(\.name) }
  public var rowCount: Int { document.layout.rowCount }
  public var partCount: Int { document.layout.chunks.count }
  public var fingerprint: String? { document.source.identity?.description }

  public func part(_ index: Int) throws(TableError) -> TablePart {
    let chunk = document.layout.chunks[index]
    return try document.parse(chunk) { cells, scratch in
      var parser = CSVColumnParser(
        cells: cells, scratch: scratch, nulls: nulls, firstRow: chunk.firstRow, isLenient: true)
      var misfits: [TablePart.Misfits] = []
      let parsed = columns.map { wanted in
        let (column, rows) = parser.column(wanted.place, name: wanted.name, kind: wanted.kind)
        if !rows.isEmpty { misfits.append(.init(column: wanted.name, rows: rows)) }
        return column
      }
      parser.nulls = NullTokens([])
      let texts = passthrough.map { parser.column($0.place, name: $0.name, kind: .text).column }
      return TablePart(
        firstRow: chunk.firstRow, table: Table(columns: parsed), passthrough: texts,
        misfits: misfits)
    }
  }

  public func requireUnchanged() throws(TableError) { try document.source.requireUnchanged() }
}
