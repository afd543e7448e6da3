import Evaluation
import Numerical
import TestSupport

/// The cases of `silhouette.json`.
struct ClusteringFixture: Decodable {
  struct Cluster: Decodable {
    let label: Int
    let row_count: Int
    let silhouette: Double
    let diameter: Double
    let mean_distance: Double
    let inertia: Double
  }

  struct Case: Decodable {
    let name: String
    let table: String
    let labels: [Int]
    let mean: Double
    let samples: [Double]?
    let clusters: [Cluster]
    let calinski_harabasz: Double
    let davies_bouldin: Double
    let inertia: Double
    let dunn: Double
  }

  let tables: [String: [[Double]]]
  /// Pixels of the digits, 64 a row, in base 17.
  let digits: String
  let cases: [Case]

  static func load() throws -> ClusteringFixture { try Fixture.load("silhouette") }

  func matrix(_ table: String) -> Matrix {
    if let rows = tables[table] { return Matrix(rows: rows) }
    let values = digits.utf8.map { Double($0 < 97 ? $0 - 48 : $0 - 87) }
    return Matrix(rowCount: values.count / 64, columnCount: 64, values: values)
  }
}

/// Random tables and the definitions written out, one pair of rows at a time.
enum ClusteringExample {
  /// Uniform coordinates with a shift for each label, so that clusters overlap but differ.
  static func table(rows: Int, columns: Int, labels: [Int], seed: UInt64) -> Matrix {
    var source = RandomSource(seed: Seed(seed))
    var values: [Double] = []
    for row in 0..<rows {
      for _ in 0..<columns { values.append(source.uniform() + 0.3 * Double(labels[row] % 5)) }
    }
    return Matrix(rowCount: rows, columnCount: columns, values: values)
  }

  static func labels(rows: Int, clusters: Int, seed: UInt64) -> [Int] {
    var source = RandomSource(seed: Seed(seed))
    return (0..<rows).map { $0 < clusters ? $0 : source.integer(below: clusters) }
  }

  static func distance(_ x: Matrix, _ i: Int, _ j: Int) -> Double {
    (0..<x.columnCount).reduce(0) {
      $0 + (x[i, $1] - x[j, $1]) * (x[i, $1] - x[j, $1])
    }.squareRoot()
  }

  static func silhouettes(_ x: Matrix, labels: [Int]) -> [Double] {
    let names = Set(labels).sorted()
    let sizes = names.map { name in labels.count { $0 == name } }
    return labels.indices.map { i in
      var own = 0.0
      var nearest = Double.infinity
      for (name, size) in zip(names, sizes) {
        let sum = labels.indices.reduce(0) {
          labels[$1] == name ? $0 + distance(x, i, $1) : $0
        }
        if name != labels[i] {
          nearest = min(nearest, sum / Double(size))
        } else if size == 1 {
          return 0
        } else {
          own = sum / Double(size - 1)
        }
      }
      return max(own, nearest) == 0 ? 0 : (nearest - own) / max(own, nearest)
    }
  }
}
