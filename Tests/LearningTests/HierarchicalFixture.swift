import Learning
import Numerical
import TestSupport

/// `hierarchical.json`, written by scipy 1.17.1 and scikit-learn 1.9.1.
struct HierarchicalFixture: Decodable {
  struct Cut: Decodable {
    let k: Int
    let labels: [Int]
  }
  struct Tree: Decodable {
    let heights: [Double]
    let sizes: [Int]
    let cophenetic_correlation: Double
    let cuts: [Cut]
    let threshold: Double?
    let threshold_labels: [Int]?
  }
  struct Case: Decodable {
    let rows: [[Double]]
    let linkages: [String: Tree]
  }
  struct Sum: Decodable {
    let sum: Double
    let last: [Double]
  }
  struct Iris: Decodable {
    let rows: [[Double]]
    let linkages: [String: Sum]
  }
  let data: [String: Case]
  let iris: Iris

  static func load() throws -> HierarchicalFixture { try Fixture.load("hierarchical") }
  static let names = ["blobs", "wide", "line", "heavy_tails", "growing_gaps", "far_from_zero"]
}

let hierarchicalContext = FitContext(seed: Seed(1))

func hierarchical(
  _ linkage: Linkage, _ change: (inout Hierarchical) -> Void = { _ in }
) -> Hierarchical {
  var estimator = Hierarchical()
  estimator.linkage = linkage
  change(&estimator)
  return estimator
}

func mergeTree(_ x: Matrix, _ linkage: Linkage, threads: Int = 1) throws -> MergeTree {
  let context = FitContext(seed: Seed(1), pool: WorkerPool(threadCount: threads))
  return try hierarchical(linkage).stage(x, in: context).tree
}

/// Labels renumbered by first appearance: equal exactly for equal partitions.
func partition(_ labels: [Int]) -> [Int] {
  var numbers: [Int: Int] = [:]
  return labels.map { label in
    let number = numbers[label] ?? numbers.count
    numbers[label] = number
    return number
  }
}

/// Ascending heights by hierarchical clustering as the books have it.
///
/// Look at all pairs, merge the closest, update by Lance and Williams' formula, all over again.
func plainHeights(_ x: Matrix, _ linkage: Linkage) -> [Double] {
  let n = x.rowCount
  var d = (0..<n).map { i in (0..<n).map { j in distance(x, i, j) } }
  var sizes = [Double](repeating: 1, count: n)
  var live = Array(0..<n)
  var heights: [Double] = []
  while live.count > 1 {
    var best = (Double.infinity, 0, 0)
    for (place, i) in live.enumerated() {
      for j in live[(place + 1)...] where d[i][j] < best.0 { best = (d[i][j], i, j) }
    }
    let (height, i, j) = best
    heights.append(height)
    live.removeAll { $0 == j }
    for k in live where k != i {
      let value = combined(
        linkage, d[k][i], d[k][j], height, sizes: (sizes[i], sizes[j], sizes[k]))
      d[k][i] = value
      d[i][k] = value
    }
    sizes[i] += sizes[j]
  }
  return heights.sorted()
}

func combined(
  _ linkage: Linkage, _ a: Double, _ b: Double, _ between: Double,
  sizes: (Double, Double, Double)
) -> Double {
  let (i, j, k) = sizes
  switch linkage {
  case .single: return min(a, b)
  case .complete: return max(a, b)
  case .weighted: return (a + b) / 2
  case .average: return (i * a + j * b) / (i + j)
  case .ward:
    let square = ((i + k) * a * a + (j + k) * b * b - k * between * between) / (i + j + k)
    return max(square, 0).squareRoot()
  }
}

func distance(_ x: Matrix, _ i: Int, _ j: Int) -> Double {
  (0..<x.columnCount).reduce(0) {
    $0 + (x[i, $1] - x[j, $1]) * (x[i, $1] - x[j, $1])
  }.squareRoot()
}
