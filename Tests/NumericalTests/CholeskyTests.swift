import Foundation
import Numerical
import TestSupport
import Testing

struct CholeskyTests {
  // L = [[2, 0, 0], [6, 1, 0], [−8, 5, 3]]; det = (2 · 1 · 3)² = 36.
  let matrix = Matrix(rows: [[4, 12, -16], [12, 37, -43], [-16, -43, 98]])

  @Test func `the factor of a textbook matrix is found`() throws {
    #expect(try Cholesky(matrix).lower == Matrix(rows: [[2, 0, 0], [6, 1, 0], [-8, 5, 3]]))
  }

  @Test func `the log determinant is that of the matrix`() throws {
    // Three logarithms and their sum.
    #expect(isClose(try Cholesky(matrix).logDeterminant, log(36), within: 1e-15))
  }

  @Test func `the inverse of the factor is lower triangular and inverts it`() throws {
    let factor = try Cholesky(matrix)
    let inverse = try factor.inverseOfLower()
    #expect(inverse[0, 1] == 0 && inverse[0, 2] == 0 && inverse[1, 2] == 0)
    let product = inverse.multiplied(by: factor.lower)
    for i in 0..<3 {
      // Entries up to 19/3 times 8, a few roundings.
      for j in 0..<3 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-14) }
    }
  }

  @Test func `only the lower triangle is read`() throws {
    var changed = matrix
    changed[0, 2] = 1000
    #expect(try Cholesky(changed) == Cholesky(matrix))
  }

  @Test func `a matrix that is not positive definite is refused with the minor that fails`() {
    // Leading minors 1 and 1 · 1 − 2 · 2 < 0.
    #expect(throws: NumericalError.notPositiveDefinite(order: 2)) {
      try Cholesky(Matrix(rows: [[1, 2], [2, 1]]))
    }
  }

  // L₃₁ = 10³⁰⁸ / 0.1 is beyond all doubles, and with L₂₁ = 0 the rest of its row is NaN, which is not ≤ 0.
  @Test func `a factor beyond the range of a double is none`() {
    #expect(throws: NumericalError.notPositiveDefinite(order: 3)) {
      try Cholesky(Matrix(rows: [[0.01, 0, 1e308], [0, 1, 0], [1e308, 0, 1]]))
    }
  }

  @Test func `a NaN is refused`() {
    #expect(throws: NumericalError.nonFinite(row: 0, column: 0)) {
      try Cholesky(Matrix(rows: [[.nan]]))
    }
  }
}
