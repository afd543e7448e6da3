public import Numerical

/// Rows made ready once for fits of k-means to many samples of them.
///
/// What a fit has to know of its rows before it starts, and what does not depend on which of them it takes:
/// that they can be clustered, their mean and reach, and their coordinates in single precision. A sample
/// then costs no copy of its rows (100 bootstrap refits of 100,000 × 16 spent more than a quarter of their
/// time on copies, conversions and checks).
public struct KMeansTable: Sendable {
  public let x: Matrix
  /// The mean row, by which rows are shifted wherever large offsets would cost digits.
  let origin: [Double]
  /// The largest distance of a value from the mean, per column.
  let reach: [Double]
  /// |x − origin|² of each row.
  let squares: ScratchBuffer<Double>
  let screened: ScreenedRows

  init(_ x: Matrix, starts: Matrix?, on pool: WorkerPool) throws(LearningError) {
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    try x.requireFinite()
    try x.requireSquarable()
    try starts?.requireWidth(x.columnCount)
    try starts?.requireFinite()
    try starts?.requireSquarable()
    self.x = x
    (origin, reach, squares, screened) = x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else {
        preconditionFailure("a matrix of rows has values")
      }
      let spans = ColumnSpans(rows, x.rowCount, x.columnCount, on: pool)
      let origin = spans.mean
      let reach = origin.indices.map {
        max(spans.most[$0] - origin[$0], origin[$0] - spans.least[$0])
      }
      var farthest = reach.max() ?? 0
      for (index, value) in (starts?.values ?? []).enumerated() {
        farthest = max(farthest, abs(value - origin[index % x.columnCount]))
      }
      return (
        origin, reach, Self.squares(rows, count: x.rowCount, origin: origin, on: pool),
        ScreenedRows(rows, count: x.rowCount, origin: origin, reach: farthest, on: pool)
      )
    }
  }

  private static func squares(
    _ rows: UnsafePointer<Double>, count: Int, origin: [Double], on pool: WorkerPool
  ) -> ScratchBuffer<Double> {
    let squares = ScratchBuffer<Double>(count: count)
    let chunkRows = KMeansData.chunkRows
    origin.withUnsafeBufferPointer { origin in
      guard let middle = origin.baseAddress else { return }
      let width = origin.count
      pool.forEachChunk(count: KMeansData.chunkCount(count)) { chunk in
        for row in chunk * chunkRows..<min(count, (chunk + 1) * chunkRows) {
          squares.start[row] = DistanceTile.squaredDistance(
            rows + row * width, middle, dimension: width)
        }
      }
    }
    return squares
  }
}

extension KMeans {
  /// Makes rows ready for fits of this estimator.
  ///
  /// - Throws: as `fit` does for rows and given starts that no fit could use.
  /// - Complexity: O(n · d); n · (d + 3) · 4 bytes.
  public func prepare(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> KMeansTable {
    if let starts = givenStarts, starts.rowCount != k {
      throw .parameter(
        .outsideDomain(
          parameter: "initialization", domain: "a list of \(k) rows, one per cluster",
          found: .text("\(starts.rowCount) rows")))
    }
    return try KMeansTable(x, starts: givenStarts, on: pool)
  }

  /// Fits some rows of a table that count `weights` times each.
  ///
  /// - Parameters:
  ///   - table: made by `prepare` of an estimator of the same starts.
  ///   - rows: numbers of rows of the table, each once; nil for all.
  ///   - weights: one per fitted row, finite and not negative; nil counts every row once.
  /// - Precondition: `rows` are rows of the table.
  /// - Throws: as `fit` of a matrix.
  /// - Complexity: beside that of the fit, O(rows · d) time and rows · (d + 2) · 4 bytes for the sample.
  public func fit(
    _ table: KMeansTable, rows: [Int]?, weights: [Double]?, in context: FitContext
  ) throws(LearningError) -> Fit<KMeansModel> {
    if isSizeBound {
      return try fitSized(table, rows: rows, weights: weights, in: context)
    }
    return try withData(table, rows: rows, weights: weights, on: context.pool) {
      (data) throws(LearningError) in
      try best(of: data, in: context).fit
    }
  }

  private func fitSized(
    _ table: KMeansTable, rows: [Int]?, weights: [Double]?, in context: FitContext
  ) throws(LearningError) -> Fit<KMeansModel> {
    if let rows {
      return try fit(table.x.selectingRows(rows), weights: weights, in: context)
    }
    return try withData(table, rows: nil, weights: weights, on: context.pool) {
      (data) throws(LearningError) in
      try fitSized(data, in: context)
    }
  }

  /// Calls `body` with checked rows, valid during the call.
  private func withData<Result>(
    _ table: KMeansTable, rows: [Int]?, weights: [Double]?, on pool: WorkerPool,
    _ body: (KMeansData) throws(LearningError) -> Result
  ) throws(LearningError) -> Result {
    try requireValid()
    try check(table, rows: rows, weights: weights)
    return try table.x.values.withUnsafeBufferPointer { (values) throws(LearningError) in
      guard let start = values.baseAddress else { throw .width(expected: 1, found: 0) }
      return try body(
        KMeansData(start, table, places: rows, weights: weights, k: k, on: pool))
    }
  }

  /// The best of several starts.
  private func best(
    of data: KMeansData, in context: FitContext
  ) throws(LearningError) -> LloydRun {
    var best = try run(data, restart: 0, in: context)
    for restart in 1..<restarts.count(for: initialization) {
      let next = try run(data, restart: restart, in: context)
      if next.isBetter(than: best) { best = next }
    }
    return best
  }
}

extension KMeans: SamplingEstimator {
  public func fit(
    _ table: KMeansTable, rows: [Int], in context: FitContext
  ) throws(LearningError) -> SampleFit<KMeansModel> {
    guard isSizeBound else {
      return try withData(table, rows: rows, weights: nil, on: context.pool) {
        (data) throws(LearningError) in
        let best = try best(of: data, in: context)
        return SampleFit(model: best.fit.model, labels: best.labels)
      }
    }
    let x = table.x.selectingRows(rows)
    let fit = try fit(x, in: context)
    let labels =
      if let assignments = fit.assignments {
        assignments.labels
      } else {
        try fit.model.assign(x, on: context.pool).labels
      }
    return SampleFit(model: fit.model, labels: labels)
  }
}

extension KMeansModel {
  /// The nearest centre of every row of a table: the labels of `assign`.
  ///
  /// - Throws: `LearningError.width` if the columns differ from the fitted ones.
  public func labels(of table: KMeansTable, on pool: WorkerPool) throws(LearningError) -> [Int] {
    try table.x.requireWidth(centers.columnCount)
    let search = NearestSearch(rows: table.screened, points: centers)
    table.x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else { return }
      pool.forEachChunk(count: table.screened.blockCount) { block in
        search.screenAll(
          block: block, exact: rows, keepingBounds: false, scratch: SearchScratch())
      }
    }
    return (0..<table.x.rowCount).map { Int(search.labels.start[$0]) }
  }
}
