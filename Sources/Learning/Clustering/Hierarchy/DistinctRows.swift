import Numerical

/// The different rows of a matrix, centred and scaled, with how often each occurs.
struct DistinctRows {
  /// In the order in which they first occur; `rows[i * dimension + j]`.
  let rows: ScratchBuffer<Double>
  let count: Int
  let dimension: Int
  /// How often each occurs.
  let multiplicities: [Int32]
  /// Equal rows that are merged already: ids of clusters in the order of `rows`, and the merges.
  let ids: [Int32]
  let log: MergeLog
  /// Distances are this many times those of the data.
  let scale: Double

  /// - Complexity: O(n · d).
  init(_ x: Matrix) {
    let table = RowTable(x)
    let (count, width) = (table.firstRows.count, x.columnCount)
    let frame = Self.frame(x)
    let rows = ScratchBuffer<Double>(count: count * width)
    for (place, row) in table.firstRows.enumerated() {
      for j in 0..<width {
        rows.start[place * width + j] = (x[row, j] - frame.origin[j]) * frame.scale
      }
    }
    var log = MergeLog(rowCount: x.rowCount)
    var ids = table.firstRows.map { Int32(truncatingIfNeeded: $0) }
    var multiplicities = [Int32](repeating: 1, count: count)
    for row in 0..<x.rowCount {
      let place = Int(table.places[row])
      if table.firstRows[place] == row { continue }
      let id = log.nextID
      log.append(ids[place], Int32(truncatingIfNeeded: row), height: 0)
      ids[place] = id
      multiplicities[place] += 1
    }
    self.rows = rows
    self.count = count
    dimension = width
    self.multiplicities = multiplicities
    self.ids = ids
    self.log = log
    scale = frame.scale
  }

  /// Every distinct row as a cluster.
  var clusters: CentroidList {
    let list = CentroidList(count: count, dimension: dimension)
    list.rows.start.update(from: rows.start, count: count * dimension)
    for place in 0..<count {
      list.sizes.start[place] = Double(multiplicities[place])
      list.ids.start[place] = ids[place]
    }
    return list
  }

  /// One distinct row per row.
  var matrix: Matrix {
    Matrix(
      rowCount: count, columnCount: dimension,
      values: Array(UnsafeBufferPointer(start: rows.start, count: count * dimension)))
  }

  /// An offset for each column, and a power of two that brings the farthest value to about 1.
  ///
  /// Centroids of rows far from the origin would lose digits, squares of tiny numbers all of them.
  /// Only columns whose values are within a factor of two of each other are shifted, by the one
  /// nearest to zero: then no difference is rounded, and rows that differ stay different.
  private static func frame(_ x: Matrix) -> (origin: [Double], scale: Double) {
    var least = [Double](repeating: .infinity, count: x.columnCount)
    var most = [Double](repeating: -.infinity, count: x.columnCount)
    x.values.withUnsafeBufferPointer { values in
      for row in 0..<x.rowCount {
        for j in 0..<x.columnCount {
          let value = values[row &* x.columnCount &+ j]
          least[j] = min(least[j], value)
          most[j] = max(most[j], value)
        }
      }
    }
    let origin = zip(least, most).map { low, high in
      if low > 0 && high / 2 <= low { return low }
      return high < 0 && low / 2 >= high ? high : 0
    }
    let reach =
      x.rowCount == 0
      ? 0
      : zip(zip(least, most), origin).reduce(0) {
        max($0, abs($1.0.0 - $1.1), abs($1.0.1 - $1.1))
      }
    guard reach > 0 else { return (origin, 1) }
    let exponent = min(max(-reach.exponent - 1, -1000), 1000)
    return (origin, Double(sign: .plus, exponent: exponent, significand: 1))
  }
}

/// Which rows are equal, by a hash table of first occurrences with linear probing.
private struct RowTable {
  var firstRows: [Int] = []
  /// For each row the place of its first occurrence in `firstRows`.
  var places: [Int32] = []

  init(_ x: Matrix) {
    var bits = 4
    while 1 << bits < 2 * x.rowCount { bits += 1 }
    let mask = 1 << bits - 1
    let table = ScratchBuffer<Int32>(count: 1 << bits, repeating: -1)
    places.reserveCapacity(x.rowCount)
    let width = x.columnCount
    x.values.withUnsafeBufferPointer { values in
      for row in 0..<x.rowCount {
        var slot = Self.hash(values, row &* width, width) & mask
        var place = table.start[slot]
        while place >= 0 && !Self.equal(values, row, firstRows[Int(place)], width) {
          slot = (slot &+ 1) & mask
          place = table.start[slot]
        }
        if place < 0 {
          place = Int32(truncatingIfNeeded: firstRows.count)
          table.start[slot] = place
          firstRows.append(row)
        }
        places.append(place)
      }
    }
  }

  private static func hash(
    _ values: UnsafeBufferPointer<Double>, _ start: Int, _ width: Int
  ) -> Int {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for j in 0..<width {
      // Adding zero makes −0 and 0, which are equal, the same bits.
      state = (state ^ (values[start &+ j] + 0).bitPattern) &* 0xff51_afd7_ed55_8ccd
      state ^= state &>> 32
    }
    return Int(truncatingIfNeeded: state &>> 1)
  }

  private static func equal(
    _ values: UnsafeBufferPointer<Double>, _ a: Int, _ b: Int, _ width: Int
  ) -> Bool {
    for j in 0..<width where values[a &* width &+ j] != values[b &* width &+ j] { return false }
    return true
  }
}
