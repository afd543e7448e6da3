import Numerical

/// What the rows of a fit are worth.
struct ForestTargets: Sendable {
  /// Per row its weight as a zero and as a one, one of which is 0; in units of a power of two that keeps
  /// them in the range of single precision.
  let weights: ScratchBuffer<SIMD2<Double>>
  let unit: Double
  private let factors: SIMD2<Double>

  init(_ input: Labeled<FeatureTable>, factors: (zeros: Double, ones: Double)) {
    self.factors = SIMD2(factors.zeros, factors.ones)
    let greatest = (input.weights?.max() ?? 1) * max(factors.zeros, factors.ones)
    unit = Double(sign: .plus, exponent: greatest.exponent, significand: 1)
    weights = ScratchBuffer(count: input.labels.count)
    for (row, label) in input.labels.enumerated() {
      let weight = input.weights?[row] ?? 1
      weights.start[row] =
        label == 1
        ? SIMD2(0, weight * factors.ones / unit) : SIMD2(weight * factors.zeros / unit, 0)
    }
  }

  /// The share of ones, without class factors.
  func share(_ sums: SIMD2<Double>) -> Double {
    let plain = sums / factors
    let total = plain[0] + plain[1]
    return total > 0 ? plain[1] / total : 0
  }

  /// The weight of rows, without class factors.
  func weight(_ sums: SIMD2<Double>) -> Double {
    let plain = sums / factors
    return (plain[0] + plain[1]) * unit
  }
}

/// Which rows a tree learns from.
enum RowDraw: Sendable {
  case all
  /// This many draws, each of any row: the bootstrap.
  case withReplacement(Int)
  /// This many distinct rows.
  case distinct(Int)

  /// Writes the records of the rows that were drawn, ascending: row number, and above it how often it was drawn.
  ///
  /// - Returns: how many; at least one.
  func write(
    to records: UnsafeMutablePointer<UInt64>, rowCount: Int, random: inout RandomSource
  ) -> Int {
    var times = [UInt32](repeating: 0, count: rowCount)
    switch self {
    case .all: times = [UInt32](repeating: 1, count: rowCount)
    case .withReplacement(let draws):
      for _ in 0..<draws { times[random.integer(below: rowCount)] += 1 }
    case .distinct(let size):
      // Each row by the chance that the rows left have of being among those still needed.
      var needed = size
      for row in 0..<rowCount where random.integer(below: rowCount - row) < needed {
        times[row] = 1
        needed -= 1
      }
    }
    var count = 0
    for row in 0..<rowCount where times[row] > 0 {
      records[count] = UInt64(row) | UInt64(times[row]) << 32
      count += 1
    }
    return count
  }
}
