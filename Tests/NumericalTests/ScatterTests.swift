import Foundation
import Numerical
import TestSupport
import Testing

struct ScatterTests {
  @Test func `four points by hand`() throws {
    // Columns (0, 2, 4, 6) and (1, 1, 0, 2): means 3 and 1; Σ = 9+1+1+9, 0+0+1+1, (−3·0)+(−1·0)+(1·−1)+(3·1).
    let scatter = try Scatter(Matrix(rows: [[0, 1], [2, 1], [4, 0], [6, 2]]))
    #expect(scatter.count == 4)
    #expect(scatter.mean == [3, 1])
    #expect(scatter.products == Matrix(rows: [[20, 2], [2, 2]]))
    #expect(scatter.covariance[0, 0] == 20.0 / 3)
  }

  /// Widths around every edge of the kernels: vectors of 4, tiles of 12, 64 and 256 columns.
  @Test(arguments: Array(1...29) + [32, 47, 63, 64, 65, 100, 255, 256, 257, 300, 513])
  func `products equal the plain sum at every width`(width: Int) throws {
    let x = Self.table(width > 100 ? 531 : 2_003, width)
    let scatter = try Scatter(x)
    let mean = (0..<width).map { j in x.column(j).reduce(0, +) / Double(x.rowCount) }
    let expected = Self.plainProducts(x, about: mean)
    for (a, b) in zip(scatter.mean, mean) { #expect(isClose(a, b, within: 1e-13)) }
    for (a, b) in zip(scatter.products.values, expected.values) {
      // Sums of at most 2003 terms of size 1 in different orders: n · ε of their magnitude of about 700.
      #expect(abs(a - b) < 1e-10)
    }
  }

  @Test(arguments: [3, 40, 70, 300])
  func `bits do not depend on the number of threads`(width: Int) throws {
    let x = Self.table(9_001, width)
    let serial = try Scatter(x)
    for threads in [2, 3, 8] {
      #expect(try Scatter(x, on: WorkerPool(threadCount: threads)) == serial)
    }
  }

  @Test func `a mean of a million deviations costs no digits`() throws {
    // Adding 2³⁰ to multiples of 2⁻²⁰ below 1 is exact: both tables have the same deviations.
    let x = Self.dyadic(5_000, 6)
    var shifted = x
    for i in 0..<5_000 { for j in 0..<6 { shifted[i, j] += 0x1p30 } }
    let near = try Scatter(x)
    let far = try Scatter(shifted)
    for (a, b) in zip(near.products.values, far.products.values) {
      // 5000 additions in either.
      #expect(isClose(a, b, within: 1e-12))
    }
  }

  @Test func `rows far from a misleading beginning are read again about their mean`() throws {
    // Every row of the pilot sample (each tenth) is zero, the others lie near 10⁹.
    let x = Self.dyadic(2_560, 2)
    var far = x
    for i in 0..<2_560 { for j in 0..<2 { far[i, j] = i % 10 == 0 ? 0 : x[i, j] + 0x1p30 } }
    let scatter = try Scatter(far)
    let expected = Self.plainProducts(far, about: scatter.mean.values)
    for (a, b) in zip(scatter.products.values, expected.values) {
      #expect(abs(a - b) <= 1e-11 * abs(b))
    }
  }

  @Test func `a constant column varies by exactly nothing`() throws {
    var x = Self.table(1_000, 3)
    for i in 0..<1_000 { x[i, 1] = 0.1 }
    let scatter = try Scatter(x)
    #expect(scatter.mean[1] == 0.1)
    for j in 0..<3 { #expect(scatter.products[1, j] == 0) }
  }

  @Test func `parts merge to the whole`() throws {
    let x = Self.table(1_000, 5)
    let parts = try [0..<1, 1..<400, 400..<1_000].map { try Scatter(x.selectingRows(Array($0))) }
    let merged = parts.dropFirst().reduce(parts[0]) { $0.merging($1) }
    let whole = try Scatter(x)
    #expect(merged.count == 1_000)
    for (a, b) in zip(merged.products.values, whole.products.values) {
      #expect(isClose(a, b, within: 1e-12))
    }
    let empty = try Scatter(Matrix(rowCount: 0, columnCount: 5))
    #expect(empty.merging(whole) == whole && whole.merging(empty) == whole)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a value that is not finite is refused with its place`(bad: Double) {
    for width in [3, 70, 300] {
      var x = Self.table(600, width)
      x[599, width - 1] = bad
      #expect(throws: NumericalError.nonFinite(row: 599, column: width - 1)) { try Scatter(x) }
    }
  }

  @Test func `values too large to square are refused with their column`() {
    #expect(throws: NumericalError.overflow(column: 1)) {
      try Scatter(Matrix(rows: [[1, 1e200], [2, -1e200]]))
    }
  }

  static func table(_ rows: Int, _ columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(UInt64(rows * 1_000 + columns)))
    return Matrix(
      rowCount: rows, columnCount: columns,
      values: (0..<rows * columns).map { _ in random.uniform() * 2 + 1 })
  }

  static func dyadic(_ rows: Int, _ columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(9))
    return Matrix(
      rowCount: rows, columnCount: columns,
      values: (0..<rows * columns).map { _ in Double(random.integer(below: 1 << 20)) * 0x1p-20 })
  }

  static func plainProducts(_ x: Matrix, about center: [Double]) -> Matrix {
    let width = x.columnCount
    var products = [Double](repeating: 0, count: width * width)
    for row in 0..<x.rowCount {
      let deviations = (0..<width).map { x.values[row * width + $0] - center[$0] }
      for i in 0..<width {
        for j in 0..<width { products[i * width + j] += deviations[i] * deviations[j] }
      }
    }
    return Matrix(rowCount: width, columnCount: width, values: products)
  }
}
