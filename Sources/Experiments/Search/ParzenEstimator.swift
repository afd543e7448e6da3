internal import Foundation
package import Numerical

/// A density on 0…1 learnt from points: an equal mixture of the uniform density and a normal density at each
/// point, cut off at the ends.
///
/// The standard deviation at a point is the greater of its distances to its neighbours, 0 and 1 among them, and
/// at least 1 / min(100, n + 1) of n points.
///
/// - Source: Bergstra, Bardenet, Bengio and Kégl (2011), section 4.2.
package struct ParzenScale {
  /// Ascending.
  private let points: [Double]
  private let deviations: [Double]
  /// What brings each normal density to an integral of 1 within the ends.
  private let scales: [Double]

  package init(_ points: [Double]) {
    let sorted = points.sorted()
    let least = 1 / Double(min(100, sorted.count + 1))
    self.points = sorted
    let deviations = sorted.indices.map { place in
      let before = place > 0 ? sorted[place - 1] : 0
      let after = place + 1 < sorted.count ? sorted[place + 1] : 1
      return min(max(sorted[place] - before, after - sorted[place], least), 1)
    }
    self.deviations = deviations
    scales = zip(sorted, deviations).map { point, deviation in
      let inside =
        StandardNormal.cumulative((1 - point) / deviation)
        - StandardNormal.cumulative(-point / deviation)
      return 1 / ((2 * Double.pi).squareRoot() * deviation * inside)
    }
  }

  /// - Complexity: O(n).
  package func density(at x: Double) -> Double {
    var sum = 1.0
    for place in points.indices {
      let z = (x - points[place]) / deviations[place]
      sum += scales[place] * exp(-z * z / 2)
    }
    return sum / Double(points.count + 1)
  }

  package func draw(_ random: inout RandomSource) -> Double {
    let part = random.integer(below: points.count + 1)
    guard part < points.count else { return random.uniform() }
    // At least a third of the draws from any part lie inside.
    for _ in 0..<64 {
      let x = points[part] + deviations[part] * random.normal()
      if x >= 0, x < 1 { return x }
    }
    return random.uniform()
  }
}

/// Probabilities of choices learnt from how often each was taken: in proportion to 1 + the count, which is the
/// uniform prior at the weight of one count for each choice.
///
/// - Source: as `ParzenScale`.
package struct ParzenChoice {
  package let probabilities: [Double]

  /// - Parameter taken: numbers of choices, from 0.
  package init(count: Int, taken: [Int]) {
    var weights = [Double](repeating: 1, count: count)
    for choice in taken { weights[choice] += 1 }
    let total = Double(count + taken.count)
    probabilities = weights.map { $0 / total }
  }

  package func draw(_ random: inout RandomSource) -> Int {
    var rest = random.uniform()
    for (choice, probability) in probabilities.enumerated() {
      rest -= probability
      if rest < 0 { return choice }
    }
    return probabilities.count - 1
  }
}
