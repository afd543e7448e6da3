import Numerical
import TestSupport
import Testing

struct MahalanobisTileTests {
  static func table(_ rowCount: Int, _ width: Int) -> Matrix {
    var random = RandomSource(seed: Seed(UInt64(width)))
    return Matrix(
      rowCount: rowCount, columnCount: width,
      values: (0..<rowCount * width).map { _ in random.normal() })
  }

  /// Distances by the tile, with a triangle or with scales.
  static func distances(
    _ x: Matrix, to center: [Double], triangle: Matrix? = nil, scales: [Double] = []
  ) -> [Double] {
    let width = x.columnCount
    let padded = RowTiles.paddedCount(x.rowCount)
    let tiles = ScratchBuffer<Double>(count: padded * width)
    let scratch = ScratchBuffer<Double>(count: MahalanobisTile.scratchCount(width: width))
    let found = ScratchBuffer<Double>(count: padded)
    x.values.withUnsafeBufferPointer {
      RowTiles.pack($0.baseAddress!, count: x.rowCount, width: width, into: tiles.start)
    }
    center.withUnsafeBufferPointer { center in
      if let triangle {
        MahalanobisTile.packing(triangle).withUnsafeBufferPointer {
          MahalanobisTile.squaredDistances(
            of: tiles.start, tileCount: padded / RowTiles.rows, width: width,
            to: center.baseAddress!, triangle: $0.baseAddress!, scratch: scratch.start,
            into: found.start)
        }
      } else {
        scales.withUnsafeBufferPointer {
          MahalanobisTile.squaredDistances(
            of: tiles.start, tileCount: padded / RowTiles.rows, width: width,
            to: center.baseAddress!, scales: $0.baseAddress!, into: found.start)
        }
      }
    }
    return Array(found.elements.prefix(x.rowCount))
  }

  @Test func `a distance by hand`() {
    // Rows less (1, 1): (2, 3); times [[1, 0], [−1, 2]]: (2, 4); 4 + 16.
    let x = Matrix(rows: [[3, 4]])
    let triangle = Matrix(rows: [[1, 0], [-1, 2]])
    #expect(Self.distances(x, to: [1, 1], triangle: triangle) == [20])
    // 2² · 3 + 3² · 0.5.
    #expect(Self.distances(x, to: [1, 1], scales: [3, 0.5]) == [16.5])
  }

  @Test(arguments: Array(1...17) + [31, 32, 33, 64, 100])
  func `distances equal the plain sum at every width`(width: Int) {
    let x = Self.table(41, width)
    let center = Self.table(1, width).values.map { 3 * $0 }
    var triangle = Self.table(width, width)
    for i in 0..<width {
      for j in i + 1..<max(width, i + 1) { triangle[i, j] = .nan }
    }
    let found = Self.distances(x, to: center, triangle: triangle)
    for row in 0..<x.rowCount {
      let expected = (0..<width).reduce(0.0) { total, j in
        let entry = (0...j).reduce(0.0) { $0 + triangle[j, $1] * (x[row, $1] - center[$1]) }
        return total + entry * entry
      }
      // Sums of at most 100 × 100 terms in other orders.
      #expect(isClose(found[row], expected, within: 1e-12))
    }
  }

  @Test func `a row has the same distance alone and in company`() {
    let x = Self.table(30, 6)
    let triangle = Self.table(6, 6)
    let company = Self.distances(x, to: x.row(3), triangle: triangle)
    for row in [0, 11, 12, 29] {
      let alone = Self.distances(x.selectingRows([row]), to: x.row(3), triangle: triangle)
      #expect(alone == [company[row]])
    }
    #expect(company[3] == 0)
  }
}
