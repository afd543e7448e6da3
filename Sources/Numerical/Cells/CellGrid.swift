/// Rows of one to three columns sorted into the occupied cells of a regular grid.
///
/// Cells are numbered in ascending order of their keys, columns of the data from the last to the first;
/// keys leave `reach` cells free at every border. So the cells at most `reach` away along the first
/// column and at given steps along the others are one run of cells, and their rows one run of places.
/// Runs are found by counting bits in a map of the occupied keys.
package final class CellGrid: @unchecked Sendable {
  /// How many cells away along each column a neighbourhood extends.
  package static let reach = 2
  package static let mostColumns = 3
  package static let mostKeysPerRow = 64

  package let rowCount: Int
  package let cellCount: Int
  /// The row in each place.
  package let rows: ScratchBuffer<Int32>
  /// The first place of each cell, and last the number of places.
  package let starts: ScratchBuffer<Int32>
  /// The key of each cell.
  package let keys: ScratchBuffer<Int64>
  /// Differences of keys to the runs of cells around a cell: its own first, then nearest first.
  package let runOffsets: [Int64]
  private let index: CellIndex

  /// Sorts rows into cells of side `side`; nil where there would be more than `mostKeysPerRow` cells
  /// per row, occupied or not.
  ///
  /// Two rows of one cell differ by at most side · (1 + 2⁻¹⁹) in every column.
  ///
  /// - Parameters:
  ///   - values: `rowCount` finite rows of `columnCount` values, row-major.
  ///   - lows, highs: the least and the greatest value of each column.
  package init?(
    _ values: UnsafePointer<Double>, rowCount: Int, columnCount: Int, side: Double,
    lows: [Double], highs: [Double], on pool: WorkerPool
  ) {
    guard columnCount >= 1, columnCount <= Self.mostColumns, rowCount > 0,
      rowCount < Int(Int32.max), let shape = Shape(side: side, lows: lows, highs: highs),
      shape.largest / Int64(Self.mostKeysPerRow) <= rowCount + 1 << 14
    else { return nil }
    let sorted = KeyedRows(count: rowCount, largest: UInt64(shape.largest), on: pool) { row in
      UInt64(bitPattern: shape.key(of: values + row &* columnCount))
    }
    self.rowCount = rowCount
    runOffsets = shape.runOffsets
    rows = ScratchBuffer(count: rowCount)
    let chunks = RowChunks(count: rowCount, size: 1 << 14)
    let entries = sorted.entries.start
    let rows = rows.start
    let opened = pool.map(count: chunks.count) { chunk -> Int in
      var count = 0
      for place in chunks[chunk] {
        rows[place] = Int32(bitPattern: entries[place].row)
        if place == 0 || entries[place].key != entries[place &- 1].key { count &+= 1 }
      }
      return count
    }
    cellCount = opened.reduce(0, +)
    starts = ScratchBuffer(count: cellCount + 1)
    keys = ScratchBuffer(count: cellCount)
    var first = 0
    let firsts = opened.map { count -> Int in
      defer { first += count }
      return first
    }
    let (starts, keys) = (starts.start, keys.start)
    pool.forEachChunk(count: chunks.count) { chunk in
      var cell = firsts[chunk]
      for place in chunks[chunk]
      where place == 0 || entries[place].key != entries[place &- 1].key {
        starts[cell] = Int32(truncatingIfNeeded: place)
        keys[cell] = Int64(bitPattern: entries[place].key)
        cell &+= 1
      }
    }
    starts[cellCount] = Int32(truncatingIfNeeded: rowCount)
    index = CellIndex(keys, count: cellCount, largest: shape.largest)
  }

  /// The places of the rows in a run of cells.
  @inline(__always)
  package func places(ofCells cells: Range<Int>) -> Range<Int> {
    Int(starts.start[cells.lowerBound])..<Int(starts.start[cells.upperBound])
  }

  /// The occupied cells of a run around a cell, `run` an index into `runOffsets`.
  @inline(__always)
  package func cells(ofRun run: Int, around cell: Int) -> Range<Int> {
    let first = keys.start[cell] &+ runOffsets[run] &- Int64(Self.reach)
    return index.cells(from: first, to: first &+ 2 &* Int64(Self.reach) &+ 1)
  }

  /// Whether every cell of the run comes after the cell it is around.
  @inline(__always)
  package func isAhead(_ run: Int) -> Bool { runOffsets[run] > 0 }
}

/// Which cell has which key: a bit per key, and the number of cells before each word of bits.
private struct CellIndex: Sendable {
  private let words: ScratchBuffer<UInt64>
  private let before: ScratchBuffer<Int32>

  init(_ keys: UnsafePointer<Int64>, count: Int, largest: Int64) {
    let wordCount = Int(largest / 64) + 2
    words = ScratchBuffer(count: wordCount, repeating: 0)
    before = ScratchBuffer(count: wordCount)
    for cell in 0..<count {
      words.start[Int(keys[cell] &>> 6)] |= 1 &<< UInt64(truncatingIfNeeded: keys[cell] & 63)
    }
    var sum: Int32 = 0
    for word in 0..<wordCount {
      before.start[word] = sum
      sum &+= Int32(truncatingIfNeeded: words.start[word].nonzeroBitCount)
    }
  }

  /// The cells with keys from `first` up to below `end`.
  @inline(__always)
  func cells(from first: Int64, to end: Int64) -> Range<Int> {
    Range(uncheckedBounds: (cell(from: first), cell(from: end)))
  }

  @inline(__always)
  private func cell(from key: Int64) -> Int {
    let word = Int(key &>> 6)
    let below = words.start[word] & ((1 &<< UInt64(truncatingIfNeeded: key & 63)) &- 1)
    return Int(before.start[word]) &+ below.nonzeroBitCount
  }
}

/// How cells are numbered.
private struct Shape: Sendable {
  let columnCount: Int
  let perSide: Double
  let lows: SIMD3<Double>
  /// What one step along each column adds to a key.
  let steps: SIMD3<Int64>
  let largest: Int64

  /// Numbers of cells along a column below this keep the rounding of a row's place under 2⁻²⁰ cells.
  private static let mostCells = 0x1p31

  init?(side: Double, lows: [Double], highs: [Double]) {
    columnCount = lows.count
    perSide = 1 / side
    guard side > 0, perSide.isFinite else { return nil }
    var origin = SIMD3<Double>()
    var steps = SIMD3<Int64>()
    var size: Int64 = 1
    for column in 0..<columnCount {
      let cells = (highs[column] - lows[column]) * perSide
      guard cells < Self.mostCells else { return nil }
      origin[column] = lows[column]
      steps[column] = size
      let padded = Int64(cells) + 2 + 2 * Int64(CellGrid.reach)
      let (product, overflow) = size.multipliedReportingOverflow(by: padded)
      guard !overflow, product < Int64.max / 8 else { return nil }
      size = product
    }
    self.lows = origin
    self.steps = steps
    largest = size
  }

  @inline(__always)
  func key(of row: UnsafePointer<Double>) -> Int64 {
    var key: Int64 = 0
    for column in 0..<columnCount {
      let cell = Int64((row[column] - lows[column]) * perSide)
      key &+= (cell &+ Int64(CellGrid.reach)) &* steps[column]
    }
    return key
  }

  var runOffsets: [Int64] {
    let reach = CellGrid.reach
    let second = columnCount > 1 ? -reach...reach : 0...0
    let third = columnCount > 2 ? -reach...reach : 0...0
    let runs = third.flatMap { z in
      second.map { y in (distance: y * y + z * z, offset: Int64(y) * steps[1] + Int64(z) * steps[2])
      }
    }
    return runs.sorted { ($0.distance, $0.offset) < ($1.distance, $1.offset) }.map(\.offset)
  }
}
