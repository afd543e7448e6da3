import Numerical

/// Rows sorted so that those within a radius of each other are found together.
///
/// It may outlive the address of the rows: they are given again wherever exact distances are asked for.
enum NeighborSpace: Sendable {
  case grid(CellGrid, RadiusPoints)
  /// Without tiles rows are compared one by one.
  case tree(TreeCells, CellTiles?)

  /// - Parameter tree: over the rows; nil where there is none yet.
  init(
    _ x: Matrix, radius: Double, engine: DBSCANEngine, tree: NeighborTree? = nil,
    on pool: WorkerPool
  ) {
    if engine == .automatic || engine == .grid,
      let (grid, points) = Self.cells(of: x, radius: radius, on: pool)
    {
      self = .grid(grid, points)
      return
    }
    let cells = TreeCells(
      tree ?? NeighborTree(x, on: pool), squaredRadius: radius * radius)
    let usesTiles = engine == .automatic || engine == .tiles
    self = .tree(cells, usesTiles ? CellTiles(cells, radius: radius, on: pool) : nil)
  }

  /// Nil where there are too many columns, or the grid would have too many cells for its numbering.
  private static func cells(
    of x: Matrix, radius: Double, on pool: WorkerPool
  ) -> (CellGrid, RadiusPoints)? {
    guard x.columnCount <= CellGrid.mostColumns, radius * radius > 1e-280 else { return nil }
    return x.values.withUnsafeBufferPointer { values -> (CellGrid, RadiusPoints)? in
      guard let rows = values.baseAddress else { return nil }
      let ranges = ColumnRanges(
        rows, rowCount: x.rowCount, columnCount: x.columnCount, on: pool)
      let (lows, highs) = (ranges.lows, ranges.highs)
      let side = radius / Double(lows.count).squareRoot() * (1 - 0x1p-18)
      guard
        let grid = CellGrid(
          rows, rowCount: x.rowCount, columnCount: lows.count, side: side, lows: lows,
          highs: highs, on: pool)
      else { return nil }
      let units = RadiusUnits(radius: radius, lows: lows, highs: highs, wrapping: true)
      let test = RadiusTest(rows, columnCount: x.columnCount, radius: radius)
      return (grid, RadiusPoints(test, rows: grid.rows, units: units, on: pool))
    }
  }

  /// The clusters of the core rows, the same whatever the engine.
  ///
  /// - Parameter x: the rows that were sorted.
  /// - Throws: `.cancelled`.
  func clusters(
    of x: Matrix, rule: CoreRule, in context: FitContext
  ) throws(LearningError) -> CoreClusters {
    let clusters: CoreClusters?
    switch self {
    case .grid(let grid, let points):
      clusters = Self.withPoints(points, of: x) { points in
        GridDensity(grid, points, rule: rule, on: context.pool)
          .clusters(isCancelled: context.isCancelled)
      }
    case .tree(let cells, let tiles):
      clusters = TreeDensity(cells, tiles, rule: rule, on: context.pool)
        .clusters(isCancelled: context.isCancelled)
    }
    guard let found = clusters else { throw .cancelled }
    return found
  }

  /// The neighbours of every row; nil where there is no row.
  func neighborCounts(of x: Matrix, on pool: WorkerPool) -> NeighborCounts? {
    let rule = CoreRule(minimum: NeighborCounts.limit, weights: nil)
    switch self {
    case .grid(let grid, let points):
      return Self.withPoints(points, of: x) { points in
        GridDensity(grid, points, rule: rule, on: pool).neighborCounts()
      }
    case .tree(let cells, let tiles):
      return TreeDensity(cells, tiles, rule: rule, on: pool).neighborCounts()
    }
  }

  /// Lets `body` ask for exact distances of rows where these stand now, which may be elsewhere than when they were
  /// sorted.
  private static func withPoints<Found>(
    _ points: RadiusPoints, of x: Matrix, _ body: (RadiusPoints) -> Found?
  ) -> Found? {
    x.values.withUnsafeBufferPointer { values -> Found? in
      guard let rows = values.baseAddress else { return nil }
      let test = RadiusTest(rows, columnCount: x.columnCount, radius: points.test.radius)
      return body(RadiusPoints(points, over: test))
    }
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
