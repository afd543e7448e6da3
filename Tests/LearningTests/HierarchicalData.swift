import Numerical

/// Rows that try hierarchical clustering.
enum HierarchicalData {
  static func blobs(rows: Int, columns: Int, seed: Int = 1) -> Matrix {
    var random = RandomSource(seed: Seed(11).derived("hierarchical data", seed))
    let centers = (0..<6 * columns).map { _ in 4 * random.normal() }
    return Matrix(
      rowCount: rows, columnCount: columns,
      values: (0..<rows * columns).map {
        centers[$0 / columns % 6 * columns + $0 % columns] + random.normal()
      })
  }

  static func heavyTails(rows: Int, columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(12))
    return Matrix(
      rowCount: rows, columnCount: columns,
      values: (0..<rows * columns).map { _ in random.normal() / abs(random.normal()) })
  }

  /// Gaps that grow by a factor: one pair at a time is each other's nearest.
  static func growingGaps(rows: Int, factor: Double) -> Matrix {
    var value = 1.0
    return Matrix(
      rows: (0..<rows).map { _ in
        value *= factor
        return [value]
      })
  }

  /// Points on axes of their own, each farther out than the one before, around one in the middle.
  static func star(rows: Int) -> Matrix {
    Matrix(
      rows: (0..<rows).map { row in
        (1..<rows).map { $0 == row ? 1 + 0.001 * Double(row) : 0 }
      })
  }

  static func grid(side: Int) -> Matrix {
    Matrix(rows: (0..<side * side).map { [Double($0 / side), Double($0 % side)] })
  }

  /// Every row of `x` once more, in another order.
  static func doubled(_ x: Matrix) -> Matrix {
    x.selectingRows(Array(0..<x.rowCount) + (0..<x.rowCount).reversed())
  }
}
