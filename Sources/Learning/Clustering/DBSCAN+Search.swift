import Numerical

extension DBSCAN {
  /// The clusters of the core rows; the same whatever the engine.
  func coreClusters(of x: Matrix, radius: Double, rule: CoreRule, in context: FitContext)
    throws(LearningError) -> CoreClusters
  {
    let found = x.values.withUnsafeBufferPointer { values -> CoreClusters? in
      guard let rows = values.baseAddress else { return nil }
      let test = RadiusTest(rows, columnCount: x.columnCount, radius: radius)
      let ranges = ColumnRanges(
        rows, rowCount: x.rowCount, columnCount: x.columnCount, on: context.pool)
      if engine == .automatic || engine == .grid,
        let grid = GridDensity(
          test, rowCount: x.rowCount, lows: ranges.lows, highs: ranges.highs, rule: rule,
          on: context.pool)
      {
        return grid.clusters(isCancelled: context.isCancelled)
      }
      return TreeDensity(
        x, test, rule: rule, usesTiles: engine == .automatic || engine == .tiles, on: context.pool
      )
      .clusters(isCancelled: context.isCancelled)
    }
    guard let found else { throw .cancelled }
    return found
  }

  /// Refuses what cannot be clustered.
  func check(_ x: Matrix, weights: [Double]?) throws(LearningError) {
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    guard x.rowCount < DBSCANModel.mostRows else {
      throw .rowLimit(most: DBSCANModel.mostRows - 1, found: x.rowCount)
    }
    try x.requireFinite()
    try x.requireSquarable()
    guard let weights else { return try x.requireRows(minSamples) }
    guard weights.count == x.rowCount else {
      throw .rows(needed: x.rowCount, found: weights.count)
    }
    if let bad = weights.first(where: { !($0 >= 0 && $0 <= 1e90) }) {
      throw .parameter(
        .outsideDomain(parameter: "weights", domain: "from 0 to 1e90", found: .real(bad)))
    }
  }
}

/// The least and the greatest value of each column.
private struct ColumnRanges: Sendable {
  private(set) var lows: [Double]
  private(set) var highs: [Double]

  init(_ rows: UnsafePointer<Double>, rowCount: Int, columnCount: Int, on pool: WorkerPool) {
    let chunks = RowChunks(count: rowCount, size: 1 << 14)
    lows = [Double](repeating: .infinity, count: columnCount)
    highs = [Double](repeating: -.infinity, count: columnCount)
    let empty = self
    let parts = pool.map(count: chunks.count) { chunk in
      var part = empty
      part.include(rows, chunks[chunk])
      return part
    }
    for part in parts {
      for j in 0..<columnCount {
        lows[j] = min(lows[j], part.lows[j])
        highs[j] = max(highs[j], part.highs[j])
      }
    }
  }

  private mutating func include(_ rows: UnsafePointer<Double>, _ range: Range<Int>) {
    let width = lows.count
    lows.withUnsafeMutableBufferPointer { lows in
      highs.withUnsafeMutableBufferPointer { highs in
        for row in range {
          for j in 0..<width {
            let value = rows[row &* width &+ j]
            lows[j] = value < lows[j] ? value : lows[j]
            highs[j] = value > highs[j] ? value : highs[j]
          }
        }
      }
    }
  }
}
