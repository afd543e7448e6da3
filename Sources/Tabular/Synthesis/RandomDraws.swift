import Foundation
import Numerical

/// Draws from the distributions of the customer model.
struct RandomDraws {
  private var source: RandomSource

  init(seed: Seed) { source = RandomSource(seed: seed) }

  mutating func uniform() -> Double { source.uniform() }

  mutating func chance(_ probability: Double) -> Bool { source.uniform() < probability }

  /// Uniform on `low ... high`.
  mutating func integer(_ low: Int, _ high: Int) -> Int {
    low + min(Int(source.uniform() * Double(high - low + 1)), high - low)
  }

  mutating func normal() -> Double { source.normal() }

  /// Poisson with a mean of at most 200, by adding up probabilities until they pass a uniform number.
  mutating func poisson(_ mean: Double) -> Int {
    let mean = min(mean, 200)
    guard mean > 0 else { return 0 }
    let target = source.uniform()
    var count = 0
    var term = exp(-mean)
    var sum = term
    while sum <= target, count < 1000 {
      count += 1
      term *= mean / Double(count)
      sum += term
    }
    return count
  }

  /// The place of the first cumulative share above a uniform number.
  mutating func place(in shares: CumulativeShares) -> Int { shares.place(of: source.uniform()) }
}

/// Shares of alternatives, added up.
struct CumulativeShares: Sendable {
  private let sums: [Double]

  /// Weights need not add up to 1.
  init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    var sum = 0.0
    sums = weights.map {
      sum += $0
      return sum / total
    }
  }

  /// Weights 1, 1/2, 1/3, … of `count` alternatives (Zipf).
  static func zipf(_ count: Int) -> CumulativeShares {
    CumulativeShares((1...count).map { 1 / Double($0) })
  }

  func place(of target: Double) -> Int {
    min(sums.partitioningPoint { $0 > target }, sums.count - 1)
  }
}
