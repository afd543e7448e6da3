import Numerical
import TestSupport
import Testing

struct SingularValuesTests {
  @Test func `a diagonal matrix has its magnitudes as singular values in descending order`() throws
  {
    let decomposition = try SingularValues(Matrix(rows: [[0, 2], [-3, 0], [0, 0]]))
    #expect(decomposition.values == [3, 2])
    #expect(decomposition.left.rowCount == 3 && decomposition.left.columnCount == 2)
    #expect(abs(decomposition.right[0, 0]) == 1 && abs(decomposition.right[1, 1]) == 1)
  }

  @Test(arguments: [(7, 3), (3, 7), (5, 5), (1, 4), (4, 1)])
  func `factors multiply to the matrix and are orthonormal`(shape: (Int, Int)) throws {
    let matrix = MatrixProductsTests.whole(shape.0, shape.1, seed: 8)
    let decomposition = try SingularValues(matrix)
    let rank = min(shape.0, shape.1)
    var scaled = decomposition.right
    for i in 0..<rank { for j in 0..<shape.1 { scaled[i, j] *= decomposition.values[i] } }
    // Backward error of the routine, a small multiple of ε times the norm, here below 60.
    for (a, b) in zip(decomposition.left.multiplied(by: scaled).values, matrix.values) {
      #expect(abs(a - b) < 1e-13)
    }
    let right = decomposition.right.multiplied(byTransposeOf: decomposition.right)
    for i in 0..<rank {
      for j in 0..<rank { #expect(abs(right[i, j] - (i == j ? 1 : 0)) < 1e-14) }
    }
  }

  @Test func `a matrix without rows has no singular values`() throws {
    let decomposition = try SingularValues(Matrix(rowCount: 0, columnCount: 3))
    #expect(decomposition.values.isEmpty && decomposition.right.columnCount == 3)
  }

  @Test func `an infinity is refused`() {
    #expect(throws: NumericalError.nonFinite(row: 0, column: 1)) {
      try SingularValues(Matrix(rows: [[1, .infinity]]))
    }
  }
}
