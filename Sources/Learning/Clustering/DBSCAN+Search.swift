import Numerical

/// Rows sorted so that those within a radius of each other are found together, for as long as the rows stand where
/// they stand.
enum NeighborSpace {
  case grid(CellGrid, RadiusPoints)
  /// Without tiles rows are compared one by one.
  case tree(TreeCells, CellTiles?)

  /// The clusters of the core rows, the same whatever the engine.
  ///
  /// - Parameter tree: over the rows; nil where there is none yet.
  /// - Throws: `.cancelled`.
  static func clusters(
    of x: Matrix, radius: Double, engine: DBSCANEngine, tree: NeighborTree?, rule: CoreRule,
    in context: FitContext
  ) throws(LearningError) -> CoreClusters {
    try searching(x, radius: radius, engine: engine, tree: tree, in: context) { space in
      switch space {
      case .grid(let grid, let points):
        GridDensity(grid, points, rule: rule, on: context.pool)
          .clusters(isCancelled: context.isCancelled)
      case .tree(let cells, let tiles):
        TreeDensity(cells, tiles, rule: rule, on: context.pool)
          .clusters(isCancelled: context.isCancelled)
      }
    }
  }

  /// The neighbours of every row.
  ///
  /// - Throws: `.cancelled`.
  static func counts(
    of x: Matrix, radius: Double, engine: DBSCANEngine, in context: FitContext
  ) throws(LearningError) -> NeighborCounts {
    let rule = CoreRule(minimum: NeighborCounts.limit, weights: nil)
    return try searching(x, radius: radius, engine: engine, tree: nil, in: context) { space in
      switch space {
      case .grid(let grid, let points):
        GridDensity(grid, points, rule: rule, on: context.pool).neighborCounts()
      case .tree(let cells, let tiles):
        TreeDensity(cells, tiles, rule: rule, on: context.pool).neighborCounts()
      }
    }
  }

  /// - Parameter body: nil if cancelled.
  private static func searching<Found>(
    _ x: Matrix, radius: Double, engine: DBSCANEngine, tree: NeighborTree?,
    in context: FitContext, _ body: (NeighborSpace) -> Found?
  ) throws(LearningError) -> Found {
    let found = x.values.withUnsafeBufferPointer { values -> Found? in
      guard let rows = values.baseAddress else { return nil }
      let test = RadiusTest(rows, columnCount: x.columnCount, radius: radius)
      let space = NeighborSpace(x, test, engine: engine, tree: tree, on: context.pool)
      return context.isCancelled() ? nil : body(space)
    }
    guard let found, !context.isCancelled() else { throw .cancelled }
    return found
  }

  private init(
    _ x: Matrix, _ test: RadiusTest, engine: DBSCANEngine, tree: NeighborTree?,
    on pool: WorkerPool
  ) {
    if engine == .automatic || engine == .grid,
      let (grid, points) = Self.cells(of: test, rowCount: x.rowCount, on: pool)
    {
      self = .grid(grid, points)
      return
    }
    let cells = TreeCells(
      tree ?? NeighborTree(x, on: pool), squaredRadius: test.squaredRadius)
    let usesTiles = engine == .automatic || engine == .tiles
    self = .tree(cells, usesTiles ? CellTiles(cells, radius: test.radius, on: pool) : nil)
  }

  /// Nil where there are too many columns, or the grid would have too many cells for its numbering.
  private static func cells(
    of test: RadiusTest, rowCount: Int, on pool: WorkerPool
  ) -> (CellGrid, RadiusPoints)? {
    let (columnCount, radius) = (test.columnCount, test.radius)
    guard columnCount <= CellGrid.mostColumns, test.squaredRadius > 1e-280 else { return nil }
    let ranges = ColumnRanges(test.rows, rowCount: rowCount, columnCount: columnCount, on: pool)
    let (lows, highs) = (ranges.lows, ranges.highs)
    let side = radius / Double(columnCount).squareRoot() * (1 - 0x1p-18)
    guard
      let grid = CellGrid(
        test.rows, rowCount: rowCount, columnCount: columnCount, side: side, lows: lows,
        highs: highs, on: pool)
    else { return nil }
    let units = RadiusUnits(radius: radius, lows: lows, highs: highs, wrapping: true)
    return (grid, RadiusPoints(test, rows: grid.rows, units: units, on: pool))
  }
}

extension DBSCAN {
  /// Refuses rows that cannot be compared.
  func checkRows(_ x: Matrix) throws(LearningError) {
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    guard x.rowCount < DBSCANModel.mostRows else {
      throw .rowLimit(most: DBSCANModel.mostRows - 1, found: x.rowCount)
    }
    try x.requireFinite()
    try x.requireSquarable()
  }

  /// Refuses what does not count rows, and rows that are too few where each counts once.
  func checkWeights(_ weights: [Double]?, of x: Matrix) throws(LearningError) {
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
