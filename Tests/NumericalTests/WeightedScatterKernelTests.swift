import Numerical
import TestSupport
import Testing

struct WeightedScatterKernelTests {
  /// Moments of the selected rows by the kernel: Σ w (x − point) and the upper products.
  static func moments(
    _ x: Matrix, _ selection: [Int32], _ weights: [Double], about point: [Double],
    usesBLAS: Bool
  ) -> (sums: [Double], products: Matrix) {
    let width = x.columnCount
    let kernel = WeightedScatterKernel(width: width, usesBLAS: usesBLAS)
    let sums = ScratchBuffer<Double>(count: kernel.stride, repeating: 0)
    let products = ScratchBuffer<Double>(count: kernel.stride * kernel.stride, repeating: 0)
    x.values.withUnsafeBufferPointer { rows in
      point.withUnsafeBufferPointer { point in
        kernel.accumulate(
          rows.baseAddress!, selection: selection, weights: weights, count: selection.count,
          about: point.baseAddress!, sums: sums.start, products: products.start,
          scratch: kernel.makeScratch())
      }
    }
    var upper = Matrix(rowCount: width, columnCount: width)
    for i in 0..<width {
      for j in i..<width { upper[i, j] = products[i * kernel.stride + j] }
    }
    return (Array(sums.elements.prefix(width)), upper)
  }

  @Test(arguments: [false, true])
  func `two rows by hand`(usesBLAS: Bool) {
    // Rows 0 and 2 less (1, 0): (1, 1) of weight 4 and (−1, 2) of weight 1.
    let x = Matrix(rows: [[2, 1], [9, 9], [0, 2]])
    let found = Self.moments(x, [0, 2], [4, 1], about: [1, 0], usesBLAS: usesBLAS)
    #expect(found.sums == [3, 6])
    #expect(found.products == Matrix(rows: [[5, 2], [0, 8]]))
  }

  @Test(arguments: Array(1...29) + [47, 63, 64, 65, 100], [false, true])
  func `products equal the plain sum at every width`(width: Int, usesBLAS: Bool) {
    let x = MahalanobisTileTests.table(700, width)
    let selection = (0..<700).filter { $0 % 3 != 1 }.map { Int32($0) }
    let weights = selection.map { Double($0 % 11) / 10 }
    let point = MahalanobisTileTests.table(1, width).values
    let found = Self.moments(x, selection, weights, about: point, usesBLAS: usesBLAS)
    for i in 0..<width {
      let sum = zip(selection, weights).reduce(0) { $0 + $1.1 * (x[Int($1.0), i] - point[i]) }
      // Sums of 467 terms of size 1 in other orders.
      #expect(abs(found.sums[i] - sum) < 1e-11)
      for j in i..<width {
        let product = zip(selection, weights).reduce(0) {
          $0 + $1.1 * (x[Int($1.0), i] - point[i]) * (x[Int($1.0), j] - point[j])
        }
        #expect(abs(found.products[i, j] - product) < 1e-10)
      }
    }
  }
}
