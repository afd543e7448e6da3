import Numerical

/// Matrices that every algorithm must cope with.
enum ContractData {
  /// Twelve loose groups of uniform noise, the same at every call.
  static func groups(rows: Int, columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(1).derived("contract data"))
    let centers = (0..<12).map { _ in (0..<columns).map { _ in 10 * random.uniform() } }
    return Matrix(
      rows: (0..<rows).map { row in
        centers[row % 12].map { $0 + random.uniform() - 0.5 }
      })
  }

  static let awkward: [(name: String, matrix: Matrix)] = [
    ("one row", Matrix(rows: [[1, 2, 3]])),
    ("two rows", Matrix(rows: [[1, 2, 3], [3, 2, 1]])),
    ("one column", Matrix(rowCount: 40, columnCount: 1, values: (0..<40).map(Double.init))),
    ("no columns", Matrix(rowCount: 40, columnCount: 0)),
    ("one constant column", Matrix(rows: groups(rows: 40, columns: 2).rows.map { $0 + [5] })),
    ("all constant", Matrix(rowCount: 40, columnCount: 3, repeating: 2.5)),
    ("copies of one row", Matrix(rows: Array(repeating: [1, -2, 1e6], count: 40))),
    ("more columns than rows", groups(rows: 9, columns: 30)),
    (
      "a large offset",
      Matrix(rows: groups(rows: 40, columns: 3).rows.map { $0.map { $0 + 1e12 } })
    ),
    ("tiny values", Matrix(rows: groups(rows: 40, columns: 3).rows.map { $0.map { $0 * 1e-300 } })),
    ("huge values", Matrix(rows: groups(rows: 40, columns: 3).rows.map { $0.map { $0 * 1e150 } })),
    (
      "overflowing values",
      Matrix(rows: groups(rows: 40, columns: 3).rows.map { $0.map { $0 * 1e307 } })
    ),
  ]
}

extension Matrix {
  fileprivate var rows: [[Double]] { (0..<rowCount).map(row) }
}
