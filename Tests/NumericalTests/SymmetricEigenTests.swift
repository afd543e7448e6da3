import Numerical
import TestSupport
import Testing

struct SymmetricEigenTests {
  // Eigenvalues 3 and 1 with vectors (1, 1)/√2 and (1, −1)/√2.
  let small = Matrix(rows: [[2, 1], [1, 2]])

  @Test func `a matrix of two has the eigenvalues of its trace and determinant`() throws {
    let eigen = try SymmetricEigen(small)
    // A few roundings of numbers near 1.
    #expect(isClose(eigen.values[0], 3, within: 1e-15))
    #expect(isClose(eigen.values[1], 1, within: 1e-15))
    let half = 0.5.squareRoot()
    #expect(isClose(abs(eigen.vectors[0, 0]), half, within: 1e-15))
    #expect(eigen.vectors[0, 0] * eigen.vectors[0, 1] > 0)
    #expect(eigen.vectors[1, 0] * eigen.vectors[1, 1] < 0)
  }

  @Test func `only the upper triangle is read`() throws {
    let upper = Matrix(rows: [[2, 1], [99, 2]])
    #expect(try SymmetricEigen(upper).values == SymmetricEigen(small).values)
    #expect(
      try SymmetricEigen(upper, leading: 1).values == SymmetricEigen(small, leading: 1).values)
  }

  @Test(arguments: [1, 5, 40])
  func `vectors and values rebuild the matrix`(order: Int) throws {
    let matrix = Self.symmetric(order)
    let eigen = try SymmetricEigen(matrix)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy(>=))
    let scaled = Matrix(
      rowCount: order, columnCount: order,
      values: eigen.vectors.values.enumerated().map { $0.element * eigen.values[$0.offset / order] }
    )
    let rebuilt = eigen.vectors.transposed.multiplied(by: scaled)
    // Backward error of the routine: a small multiple of order · ε · norm, norm about 40.
    for (a, b) in zip(rebuilt.values, matrix.values) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func `leading pairs equal the first of all pairs up to sign`() throws {
    let matrix = Self.symmetric(30)
    let all = try SymmetricEigen(matrix)
    let leading = try SymmetricEigen(matrix, leading: 4)
    #expect(leading.vectors.rowCount == 4)
    for i in 0..<4 {
      // Two backward stable methods; gaps between these eigenvalues are above 0.1 of the norm's ε · 10¹².
      #expect(isClose(leading.values[i], all.values[i], within: 1e-13))
      let cosine = zip(leading.vectors.row(i), all.vectors.row(i)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(isClose(abs(cosine), 1, within: 1e-12))
    }
  }

  @Test func `no leading pairs and no matrix are answered with nothing`() throws {
    #expect(try SymmetricEigen(small, leading: 0).values.isEmpty)
    #expect(try SymmetricEigen(Matrix(rowCount: 0, columnCount: 0)).values.isEmpty)
  }

  @Test(arguments: [Double.nan, .infinity])
  func `a value that is not finite is refused with its place`(bad: Double) {
    var matrix = small
    matrix[1, 0] = bad
    #expect(throws: NumericalError.nonFinite(row: 1, column: 0)) { try SymmetricEigen(matrix) }
  }

  static func symmetric(_ order: Int) -> Matrix {
    var random = RandomSource(seed: Seed(5))
    var matrix = Matrix(rowCount: order, columnCount: order)
    for i in 0..<order {
      for j in i..<order {
        matrix[i, j] = random.uniform() * 2 - 1
        matrix[j, i] = matrix[i, j]
      }
    }
    return matrix
  }
}
