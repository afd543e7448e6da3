/// The rows of a CSV file, below its header, as a range of bytes.
///
/// Blank lines at the end are left out, and a line feed is put behind the last row whether the file
/// has one there or not.
struct CSVText: Sendable {
  let source: CSVSource
  let delimiter: UInt8
  let columnCount: Int
  /// From behind the header to behind the last row's line feed.
  let rows: Range<Int>

  /// Longest cell, in bytes of the file.
  static let cellLimit = 1 << 20
  /// Longest row; cell positions are 32 bits wide.
  static let rowLimit = 1 << 28

  /// Copies a range of `rows` and what lies behind it in the margin as zeros.
  func load(_ range: Range<Int>, into target: UnsafeMutablePointer<UInt8>) throws(TableError) {
    let isLast = range.upperBound == rows.upperBound && !range.isEmpty
    let inFile = range.lowerBound..<(isLast ? range.upperBound - 1 : range.upperBound)
    try source.read(inFile, into: target)
    if isLast { target[range.count - 1] = Byte.lineFeed }
    (target + range.count).update(repeating: 0, count: ChunkScratch.margin)
  }
}
