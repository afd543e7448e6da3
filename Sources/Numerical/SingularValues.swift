import COpenBLAS

/// The thin singular value decomposition X = U · diag(values) · V, greatest value first.
///
/// With r = min(n, d): U is n × r with orthonormal columns, V is r × d with orthonormal rows. Signs are
/// the routine's.
public struct SingularValues: Hashable, Sendable {
  /// r singular values in descending order.
  public let values: [Double]
  /// U, n × r.
  public let left: Matrix
  /// V, r × d: row i is the right singular vector of `values[i]`.
  public let right: Matrix

  /// Decomposes `matrix` (LAPACK `dgesdd`, divide and conquer).
  ///
  /// - Throws: `NumericalError.nonFinite`, `.notConverged`, `.outOfMemory`.
  /// - Complexity: O(n · d · min(n, d)) time, O(n · d) memory.
  public init(_ matrix: Matrix) throws(NumericalError) {
    OpenBLAS.holdAtOneThread()
    try matrix.requireFinite()
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    let rank = min(rows, columns)
    guard rank > 0 else {
      values = []
      left = Matrix(rowCount: rows, columnCount: 0)
      right = Matrix(rowCount: 0, columnCount: columns)
      return
    }
    // Row-major X is column-major Xᵀ = Vᵀ · diag · Uᵀ, whose factors come out row-major as V and U.
    var working = matrix.values
    var values = [Double](repeating: 0, count: rank)
    var right = [Double](repeating: 0, count: columns * rank)
    var left = [Double](repeating: 0, count: rank * rows)
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "S")), OpenBLAS.size(columns), OpenBLAS.size(rows),
      &working, OpenBLAS.size(columns), &values, &right, OpenBLAS.size(columns), &left,
      OpenBLAS.size(rank))
    try LAPACKStatus("dgesdd", status).check()
    self.values = values
    self.left = Matrix(rowCount: rows, columnCount: rank, values: left)
    self.right = Matrix(rowCount: rank, columnCount: columns, values: right)
  }
}
