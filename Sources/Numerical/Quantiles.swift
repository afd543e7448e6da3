/// Order statistics with linear interpolation.
///
/// The quantile at p of n sorted values is the value at position p · (n − 1), interpolated linearly
/// between neighbours (Hyndman and Fan's type 7, the default of NumPy, R and pandas). Values must not be
/// NaN; callers check.
public enum Quantiles {
  /// The quantiles of `values` at `probabilities` (0…1, in any order); NaN of no values.
  ///
  /// - Complexity: O(n) expected for each probability (selection, no full sort), O(n) memory.
  public static func of(_ values: [Double], at probabilities: [Double]) -> [Double] {
    var working = values
    return working.withUnsafeMutableBufferPointer { inPlace($0, at: probabilities) }
  }

  public static func median(_ values: [Double]) -> Double { of(values, at: [0.5])[0] }

  /// The quantiles of ascending values.
  public static func ofSorted(_ values: [Double], at probabilities: [Double]) -> [Double] {
    probabilities.map { probability in
      guard !values.isEmpty else { return .nan }
      let position = Position(probability, count: values.count)
      return position.interpolate(
        values[position.lower], values[min(position.lower + 1, values.count - 1)])
    }
  }

  /// As `of`, reordering `values`.
  package static func inPlace(
    _ values: UnsafeMutableBufferPointer<Double>, at probabilities: [Double]
  ) -> [Double] {
    probabilities.map { probability in
      guard !values.isEmpty else { return .nan }
      let position = Position(probability, count: values.count)
      let lower = select(position.lower, in: values)
      guard position.fraction > 0, position.lower + 1 < values.count else { return lower }
      // Selection left nothing smaller behind the position.
      let upper = values[(position.lower + 1)...].min() ?? lower
      return position.interpolate(lower, upper)
    }
  }

  private struct Position {
    let lower: Int
    let fraction: Double

    init(_ probability: Double, count: Int) {
      precondition(probability >= 0 && probability <= 1, "a probability lies in 0…1")
      let position = probability * Double(count - 1)
      lower = min(Int(position), count - 1)
      fraction = position - Double(lower)
    }

    /// From the nearer end, so that both ends are met exactly; neighbours too far apart for a
    /// difference are weighted.
    func interpolate(_ a: Double, _ b: Double) -> Double {
      let gap = b - a
      guard gap.isFinite else { return a * (1 - fraction) + b * fraction }
      return fraction < 0.5 ? a + gap * fraction : b - gap * (1 - fraction)
    }
  }

  /// Moves the value of rank `rank` to its place, smaller ones before it, greater ones behind.
  ///
  /// Quickselect with the median of three as pivot; a range that refuses to shrink is sorted.
  private static func select(_ rank: Int, in values: UnsafeMutableBufferPointer<Double>) -> Double {
    var (low, high) = (0, values.count - 1)
    var roundsLeft = 2 * (Int.bitWidth - values.count.leadingZeroBitCount)
    while high - low > 16, roundsLeft > 0 {
      roundsLeft -= 1
      let pivot = medianOfThree(values[low], values[low + (high - low) / 2], values[high])
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while values[j] > pivot { j -= 1 }
        if i <= j {
          values.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if rank <= j {
        high = j
      } else if rank >= i {
        low = i
      } else {
        return values[rank]
      }
    }
    var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
    rest.sort()
    return values[rank]
  }

  private static func medianOfThree(_ a: Double, _ b: Double, _ c: Double) -> Double {
    max(min(a, b), min(max(a, b), c))
  }
}
