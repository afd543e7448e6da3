import TestSupport
import Testing

import Numerical

struct PairwiseDistancesTests {
  static let shapes = [(1, 1), (2, 4), (3, 5), (7, 9), (16, 31), (67, 18)]

  static func points(dimension: Int, count: Int) -> Matrix {
    var source = RandomSource(seed: Seed(UInt64(1000 * dimension + count)))
    return Matrix(
      rowCount: count, columnCount: dimension,
      values: (0..<count * dimension).map { _ in 20 * source.uniform() - 10 })
  }

  /// One term at a time in dimension order with one rounding each: what the kernels promise.
  static func distance(_ x: Matrix, _ i: Int, _ j: Int) -> Double {
    var sum = 0.0
    for column in 0..<x.columnCount {
      let difference = x[i, column] - x[j, column]
      sum = sum.addingProduct(difference, difference)
    }
    return sum.squareRoot()
  }

  @Test(arguments: shapes)
  func `four rows at once give the bits of the plain formula`(dimension: Int, count: Int) throws {
    let x = Self.points(dimension: dimension, count: count)
    let packed = PackedPoints(x)
    let stride = packed.panelCount * PackedPoints.lanes + 3
    let chosen = [0, count / 2, count - 1, 0]
    var output = [Double](repeating: -1, count: 4 * stride)
    try packed.values.withUnsafeBufferPointer { values in
      let base = try #require(values.baseAddress)
      func row(_ ordinal: Int) -> UnsafePointer<Double> {
        base + PairwiseDistances.offset(ofPoint: chosen[ordinal], dimension: dimension)
      }
      PairwiseDistances.write(
        fromRows: (row(0), row(1), row(2), row(3)), toPanels: base, panelCount: packed.panelCount,
        dimension: dimension, into: &output, stride: stride)
    }
    for (ordinal, i) in chosen.enumerated() {
      for j in 0..<count { #expect(output[ordinal * stride + j] == Self.distance(x, i, j)) }
    }
  }

  @Test(arguments: shapes)
  func `one row gives the bits of the plain formula`(dimension: Int, count: Int) throws {
    let x = Self.points(dimension: dimension, count: count)
    let packed = PackedPoints(x)
    var output = [Double](repeating: -1, count: packed.panelCount * PackedPoints.lanes)
    try packed.values.withUnsafeBufferPointer { values in
      let base = try #require(values.baseAddress)
      PairwiseDistances.write(
        fromRow: base + PairwiseDistances.offset(ofPoint: count - 1, dimension: dimension),
        toPanels: base, panelCount: packed.panelCount, dimension: dimension, into: &output)
    }
    for j in 0..<count { #expect(output[j] == Self.distance(x, count - 1, j)) }
  }
}
