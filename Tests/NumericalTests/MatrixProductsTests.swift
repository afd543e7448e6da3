import Numerical
import Testing

struct MatrixProductsTests {
  /// Small whole numbers, so that every product is exact whatever the order of additions.
  static func whole(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = RandomSource(seed: Seed(seed))
    return Matrix(
      rowCount: rows, columnCount: columns,
      values: (0..<rows * columns).map { _ in Double(random.integer(below: 19) - 9) })
  }

  static func plainProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var product = Matrix(rowCount: a.rowCount, columnCount: b.columnCount)
    for i in 0..<a.rowCount {
      for j in 0..<b.columnCount {
        for l in 0..<a.columnCount { product[i, j] += a[i, l] * b[l, j] }
      }
    }
    return product
  }

  @Test(arguments: [(1, 1, 1), (3, 4, 2), (1_025, 7, 5), (2_100, 3, 1)])
  func `products equal sums over the inner side`(shape: (Int, Int, Int)) {
    let (n, d, m) = shape
    let a = Self.whole(n, d, seed: 1)
    let b = Self.whole(d, m, seed: 2)
    let expected = Self.plainProduct(a, b)
    #expect(a.multiplied(by: b) == expected)
    #expect(a.multiplied(byTransposeOf: b.transposed) == expected)
    #expect(a.multiplied(by: b, on: WorkerPool(threadCount: 3)) == expected)
  }

  @Test func `a shifted product equals the product of shifted rows`() {
    let a = Self.whole(700, 5, seed: 3)
    let b = Self.whole(4, 5, seed: 4)
    let shift = [1.0, -2, 3, 0, 5]
    var shifted = a
    for i in 0..<700 { for j in 0..<5 { shifted[i, j] -= shift[j] } }
    let product = a.multiplied(
      byTransposeOf: b, afterSubtracting: shift, on: WorkerPool(threadCount: 2))
    #expect(product == Self.plainProduct(shifted, b.transposed))
  }

  @Test func `empty sides give empty or zero products`() {
    let none = Matrix(rowCount: 0, columnCount: 3)
    #expect(none.multiplied(by: Self.whole(3, 2, seed: 1)).rowCount == 0)
    let hollow = Matrix(rowCount: 2, columnCount: 0)
    let zero = hollow.multiplied(by: Matrix(rowCount: 0, columnCount: 2))
    #expect(zero == Matrix(rowCount: 2, columnCount: 2))
  }

  @Test func `transposing swaps rows and columns`() {
    #expect(
      Matrix(rows: [[1, 2, 3], [4, 5, 6]]).transposed == Matrix(rows: [[1, 4], [2, 5], [3, 6]]))
  }
}
