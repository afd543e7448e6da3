import Numerical
import TestSupport
import Testing

struct TriangularFactorTests {
  @Test(arguments: [(5, 5), (600, 4), (5_000, 30)])
  func `the triangle has the scatter matrix as its square`(shape: (Int, Int)) throws {
    let x = ScatterTests.table(shape.0, shape.1)
    let shift = (0..<shape.1).map { Double($0) }
    let factor = try TriangularFactor.of(x, shift: shift, on: .serial)
    for i in 0..<shape.1 { for j in 0..<i { #expect(factor[i, j] == 0) } }
    let square = factor.transposed.multiplied(by: factor)
    let expected = ScatterTests.plainProducts(x, about: shift)
    for (a, b) in zip(square.values, expected.values) {
      // Orthogonal reduction: relative to the norm, a modest multiple of the row count's root times ε.
      #expect(isClose(a, b, within: 1e-11))
    }
  }

  @Test func `bits do not depend on the number of threads`() throws {
    let x = ScatterTests.table(9_000, 7)
    let shift = [Double](repeating: 0.5, count: 7)
    let serial = try TriangularFactor.of(x, shift: shift, on: .serial)
    for threads in [2, 3, 8] {
      let pool = WorkerPool(threadCount: threads)
      #expect(try TriangularFactor.of(x, shift: shift, on: pool) == serial)
    }
  }
}
