internal import CLibrary
import COpenBLAS

/// The factor L of a symmetric positive definite matrix: A = L · Lᵀ, L lower triangular.
public struct Cholesky: Hashable, Sendable {
  /// L, with zeros above its diagonal.
  public let lower: Matrix

  /// Factorises `matrix` (LAPACK `dpotrf`).
  ///
  /// Only the lower triangle is read.
  ///
  /// A factor that leaves the range of a double, as that of a tiny variance beside a huge covariance, is
  /// none: OpenBLAS hands it out without a word, and everything computed from it would be refused.
  ///
  /// - Throws: `NumericalError.notPositiveDefinite` with the order of the first leading minor that is
  ///   not positive or whose factor is not finite, `.nonFinite`.
  /// - Complexity: O(d³) time.
  public init(_ matrix: Matrix) throws(NumericalError) {
    precondition(matrix.rowCount == matrix.columnCount, "a symmetric matrix is square")
    OpenBLAS.holdAtOneThread()
    try matrix.requireFinite()
    let order = matrix.rowCount
    var factor = Self.clearingUpperTriangle(matrix)
    // Row-major lower is column-major upper: UᵀU with U = Lᵀ.
    let size = OpenBLAS.size(order)
    let status = LAPACKStatus(
      "dpotrf",
      LAPACKE_dpotrf(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), size, &factor.values, max(size, 1)))
    try status.checkMemory()
    guard status.value == 0 else { throw .notPositiveDefinite(order: status.value) }
    if let (row, _) = factor.firstNonFinite { throw .notPositiveDefinite(order: row + 1) }
    lower = factor
  }

  /// ln det A, the sum of the logarithms of the squared diagonal of L.
  public var logDeterminant: Double {
    (0..<lower.rowCount).reduce(0) { $0 + 2 * log(lower[$1, $1]) }
  }

  /// L⁻¹, lower triangular (LAPACK `dtrtri`): |L⁻¹(x − m)|² is a Mahalanobis distance.
  public func inverseOfLower() throws(NumericalError) -> Matrix {
    var inverse = lower
    let size = OpenBLAS.size(lower.rowCount)
    let status = LAPACKStatus(
      "dtrtri",
      LAPACKE_dtrtri(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), CChar(UInt8(ascii: "N")), size,
        &inverse.values, max(size, 1)))
    try status.checkMemory()
    guard status.value == 0 else { throw .notPositiveDefinite(order: status.value) }
    return inverse
  }

  private static func clearingUpperTriangle(_ matrix: Matrix) -> Matrix {
    var cleared = matrix
    for i in 0..<matrix.rowCount {
      for j in i + 1..<max(matrix.columnCount, i + 1) { cleared[i, j] = 0 }
    }
    return cleared
  }
}
