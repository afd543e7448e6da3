import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// `dbscan.json`, written by scikit-learn 1.9.1.
struct DBSCANFixture: Decodable {
  struct Run: Decodable, Sendable {
    let eps: Double
    let minSamples: Int
    let weights: [Double]?
    let labels: [Int]
    let coreRows: [Int]
  }
  struct Case: Decodable, Sendable {
    let name: String
    let rows: [[Double]]
    let fits: [Run]
  }
  let cases: [Case]
}

/// DBSCAN as the paper has it: every pair of rows compared, clusters grown from the first core row on.
func plainDBSCAN(_ x: Matrix, eps: Double, minSamples: Int, weights: [Double]? = nil)
  -> (labels: [Int], cores: [Int])
{
  let rows = (0..<x.rowCount).map(x.row)
  let neighbors = rows.map { row in
    rows.indices.filter { other in
      zip(row, rows[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } <= eps * eps
    }
  }
  let isCore = neighbors.map { near in
    (weights.map { weights in near.reduce(0) { $0 + weights[$1] } } ?? Double(near.count))
      >= Double(minSamples)
  }
  var labels = [Int](repeating: -1, count: rows.count)
  var cluster = 0
  for start in rows.indices where isCore[start] && labels[start] < 0 {
    var pending = [start]
    labels[start] = cluster
    while let row = pending.popLast() {
      for other in neighbors[row] where isCore[row] && labels[other] < 0 {
        labels[other] = cluster
        pending.append(other)
      }
    }
    cluster += 1
  }
  return (labels, rows.indices.filter { isCore[$0] })
}

func dbscan(_ eps: Double, _ minSamples: Int, engine: DBSCANEngine = .automatic) -> DBSCAN {
  var estimator = DBSCAN()
  estimator.eps = .distance(eps)
  estimator.minSamples = minSamples
  estimator.engine = engine
  return estimator
}

/// Matrices on which neighbourhoods are easy to get wrong.
enum DBSCANExamples {
  static func matrix(_ name: String, columns: Int) -> Matrix {
    var random = RandomSource(seed: Seed(UInt64(columns)).derived(name))
    let count = 240
    func fill(_ value: (Int, Int) -> Double) -> Matrix {
      Matrix(
        rowCount: count, columnCount: columns,
        values: (0..<count * columns).map { value($0 / columns, $0 % columns) })
    }
    switch name {
    case "uniform": return fill { _, _ in random.uniform() * 4 }
    case "groups": return fill { row, _ in Double(row % 5) * 3 + random.normal() * 0.4 }
    case "lattice": return fill { _, _ in Double(random.integer(below: 5)) * 0.5 }
    case "copies": return fill { row, column in Double((row % 3) * (column + 1)) }
    case "constant": return fill { _, _ in 2.5 }
    case "line": return fill { row, _ in Double(row * 7 % 240) * 0.05 }
    case "heavy tails":
      return fill { _, _ in
        let sign = random.uniform() < 0.5 ? -1.0 : 1
        return sign / max(random.uniform(), 1e-12) / max(random.uniform(), 1e-12)
      }
    default: return fill { _, _ in 1e9 + random.uniform() * 4 }
    }
  }

  static let names = [
    "uniform", "groups", "lattice", "copies", "constant", "line", "heavy tails", "offset",
  ]
}

@Suite struct DBSCANTests {
  static let context = FitContext(seed: Seed(3))

  @Test func `labels and core rows equal those of scikit-learn`() throws {
    for sample in try Fixture.load("dbscan", as: DBSCANFixture.self).cases {
      let x = Matrix(rows: sample.rows)
      for run in sample.fits {
        for engine in DBSCANEngine.allCases {
          let estimator = dbscan(run.eps, run.minSamples, engine: engine)
          let fit = try estimator.fit(x, weights: run.weights, in: Self.context)
          let place = "\(sample.name) eps \(run.eps) min_samples \(run.minSamples) \(engine)"
          #expect(fit.assignments?.labels == run.labels, "\(place)")
          #expect(fit.model.coreRows == x.selectingRows(run.coreRows), "\(place)")
          #expect(fit.model.coreLabels == run.coreRows.map { run.labels[$0] }, "\(place)")
        }
      }
    }
  }

  @Test(arguments: DBSCANExamples.names, [1, 2, 3, 5, 14])
  func `every engine agrees with comparing all pairs`(name: String, columns: Int) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    for eps in [1e-3, 0.25, 0.5, 1, 2.5, 50, 1e9] {
      for minSamples in [1, 2, 5, 30, 240] {
        let expected = plainDBSCAN(x, eps: eps, minSamples: minSamples)
        for engine in DBSCANEngine.allCases {
          let fit = try dbscan(eps, minSamples, engine: engine).fit(x, in: Self.context)
          let place = "eps \(eps) min_samples \(minSamples) \(engine)"
          #expect(fit.assignments?.labels == expected.labels, "\(place)")
          #expect(fit.model.coreRows == x.selectingRows(expected.cores), "\(place)")
        }
      }
    }
  }

  @Test(arguments: ["uniform", "lattice", "copies"], [2, 5, 14])
  func `weights add up to min_samples`(name: String, columns: Int) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    // Multiples of 1/4 add without rounding, in any order.
    let weights = (0..<x.rowCount).map { Double($0 * 11 % 9) / 4 }
    for (eps, minSamples) in [(0.25, 2), (0.5, 5), (1, 12)] {
      let expected = plainDBSCAN(x, eps: eps, minSamples: minSamples, weights: weights)
      for engine in DBSCANEngine.allCases {
        let fit = try dbscan(eps, minSamples, engine: engine)
          .fit(x, weights: weights, in: Self.context)
        #expect(fit.assignments?.labels == expected.labels, "eps \(eps) \(engine)")
      }
    }
  }

  @Test(arguments: DBSCANEngine.allCases)
  func `the number of threads does not show`(engine: DBSCANEngine) throws {
    let x = DBSCANExamples.matrix("groups", columns: 3)
    let reference = try dbscan(0.5, 6, engine: engine).fit(x, in: Self.context)
    for threads in [2, 3, 5, 8] {
      let context = FitContext(seed: Seed(3), pool: WorkerPool(threadCount: threads))
      let fit = try dbscan(0.5, 6, engine: engine).fit(x, in: context)
      #expect(fit.assignments == reference.assignments)
      #expect(fit.trace == reference.trace)
    }
  }
}
