import COpenBLAS

/// R of X − 1 · shift = Q · R for a tall matrix, found without keeping Q (tall-skinny QR).
///
/// Runs of rows are reduced to triangles by Householder reflections, block by block on top of the
/// triangle so far; the triangles of all runs are stacked in order and reduced once more. RᵀR is the
/// scatter matrix, but R has its condition number, not the square of it.
///
/// - Shape: n × d with n ≥ d gives d × d, upper triangular.
/// - Reproducibility: runs depend on n and d alone.
/// - Complexity: O(n · d²) time, at most 16 · d² doubles besides the rows and a buffer per thread.
/// - Source: Demmel, Grigori, Hoemmen and Langou (2012).
package enum TriangularFactor {
  /// - Throws: `NumericalError.outOfMemory`.
  package static func of(_ x: Matrix, shift: [Double], on pool: WorkerPool) throws(NumericalError)
    -> Matrix
  {
    precondition(x.rowCount >= x.columnCount, "a triangular factor needs a tall matrix")
    OpenBLAS.holdAtOneThread()
    let width = x.columnCount
    let runs = RowChunks(count: x.rowCount, parts: min(16, x.rowCount / max(4 * width, 256)))
    let triangles = pool.map(count: runs.count) { run in
      Result { () throws(NumericalError) in try reduce(x, rows: runs[run], shift: shift) }
    }
    var stacked: [Double] = []
    for triangle in triangles { stacked += try triangle.get() }
    let rows = width == 0 ? 0 : stacked.count / width
    try factor(&stacked, rows: rows, width: width)
    return Matrix(rowCount: width, columnCount: width) { target in
      for i in 0..<width {
        for j in 0..<width {
          target[i * width + j] = j >= i && i < rows ? stacked[i * width + j] : 0
        }
      }
    }
  }

  /// The triangle of a run of rows: min(rows, width) rows of `width`.
  private static func reduce(_ x: Matrix, rows: Range<Int>, shift: [Double]) throws(NumericalError)
    -> [Double]
  {
    let width = x.columnCount
    let block = max(2 * width, 512)
    var triangle: [Double] = []
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
      let end = min(start + block, rows.upperBound)
      var stacked = triangle
      stacked.reserveCapacity(triangle.count + (end - start) * width)
      for row in start..<end {
        for j in 0..<width { stacked.append(x.values[row * width + j] - shift[j]) }
      }
      let height = width == 0 ? 0 : stacked.count / width
      try factor(&stacked, rows: height, width: width)
      triangle = upperTriangle(of: stacked, rows: min(height, width), width: width)
    }
    return triangle
  }

  /// Replaces rows by their triangular factor in the upper triangle; below lie reflections.
  private static func factor(_ values: inout [Double], rows: Int, width: Int) throws(NumericalError)
  {
    guard rows > 0, width > 0 else { return }
    var scales = [Double](repeating: 0, count: min(rows, width))
    // Row-major A is column-major Aᵀ, whose LQ factorisation has L = Rᵀ.
    let status = LAPACKE_dgelqf(
      LAPACK_COL_MAJOR, OpenBLAS.size(width), OpenBLAS.size(rows), &values, OpenBLAS.size(width),
      &scales)
    try LAPACKStatus("dgelqf", status).check()
  }

  private static func upperTriangle(of values: [Double], rows: Int, width: Int) -> [Double] {
    var triangle = Array(values[0..<rows * width])
    for i in 0..<rows {
      for j in 0..<min(i, width) { triangle[i * width + j] = 0 }
    }
    return triangle
  }
}
