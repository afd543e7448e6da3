import COpenBLAS

/// Eigenvalues and eigenvectors of a symmetric matrix, greatest first.
///
/// A = Σ values[i] · vᵢ vᵢᵀ with orthonormal vᵢ, the rows of `vectors`. Signs are the routine's; vectors
/// of equal eigenvalues are one orthonormal basis of their space among many.
public struct SymmetricEigen: Hashable, Sendable {
  /// Eigenvalues in descending order.
  public let values: [Double]
  /// Row i is the unit eigenvector of `values[i]`.
  public let vectors: Matrix

  /// The whole decomposition (LAPACK `dsyevd`, divide and conquer).
  ///
  /// Only the upper triangle is read.
  ///
  /// - Throws: `NumericalError.nonFinite`, `.notConverged`, `.outOfMemory`.
  /// - Complexity: O(d³) time, 3 · d² doubles of memory.
  public init(_ matrix: Matrix) throws(NumericalError) {
    let order = try Self.order(of: matrix)
    var vectors = matrix.values
    var ascending = [Double](repeating: 0, count: order)
    // Row-major upper is column-major lower; the column-major result has an eigenvector per row for us.
    let size = OpenBLAS.size(order)
    let status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), size, &vectors,
      max(size, 1), &ascending)
    try LAPACKStatus("dsyevd", status).check()
    values = ascending.reversed()
    self.vectors = Self.reversingRows(vectors, count: order, width: order)
  }

  /// The `count` greatest eigenvalues with their vectors (LAPACK `dsyevr`, relatively robust
  /// representations), faster than the whole decomposition for a small share of a large matrix.
  public init(_ matrix: Matrix, leading count: Int) throws(NumericalError) {
    let order = try Self.order(of: matrix)
    precondition(count >= 0 && count <= order, "a matrix has as many eigenvalues as rows")
    guard count > 0 else {
      values = []
      vectors = Matrix(rowCount: 0, columnCount: order)
      return
    }
    var working = matrix.values
    var found: Int32 = 0
    var ascending = [Double](repeating: 0, count: order)
    var vectors = [Double](repeating: 0, count: order * count)
    var support = [Int32](repeating: 0, count: 2 * count)
    let size = OpenBLAS.size(order)
    let status = LAPACKE_dsyevr(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "I")),
      CChar(UInt8(ascii: "L")), size, &working, size, 0, 0, OpenBLAS.size(order - count + 1), size,
      0, &found, &ascending, &vectors, size, &support)
    try LAPACKStatus("dsyevr", status).check()
    guard Int(found) == count else {
      throw .notConverged(routine: "dsyevr", status: Int(found))
    }
    values = ascending[0..<count].reversed()
    self.vectors = Self.reversingRows(vectors, count: count, width: order)
  }

  private static func order(of matrix: Matrix) throws(NumericalError) -> Int {
    precondition(matrix.rowCount == matrix.columnCount, "a symmetric matrix is square")
    OpenBLAS.holdAtOneThread()
    try matrix.requireFinite()
    return matrix.rowCount
  }

  private static func reversingRows(_ values: [Double], count: Int, width: Int) -> Matrix {
    Matrix(rowCount: count, columnCount: width) { target in
      for row in 0..<count {
        for j in 0..<width { target[(count - 1 - row) * width + j] = values[row * width + j] }
      }
    }
  }
}
