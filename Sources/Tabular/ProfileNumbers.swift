import Numerical

/// How the finite values of a numeric column are distributed.
public struct NumberSummary: Hashable, Sendable, Codable {
  public let minimum: Double
  /// Quartiles interpolate linearly between order statistics (type 7 of Hyndman and Fan).
  public let lowerQuartile: Double
  public let median: Double
  public let upperQuartile: Double
  public let maximum: Double
  public let mean: Double
  /// With divisor n − 1; 0 for one value.
  public let standardDeviation: Double
  /// Third central moment over the cubed standard deviation, divisors n; 0 for a constant.
  public let skewness: Double
  /// Share of values beyond 1.5 interquartile ranges from the quartiles (Tukey's fences).
  public let outlierShare: Double
  public let zeroShare: Double
  public let negativeShare: Double

  /// Nil if there is no value.
  init?(sorted values: [Double]) {
    guard let first = values.first, let last = values.last else { return nil }
    minimum = first
    maximum = last
    let quartiles = Quantiles.ofSorted(values, at: [0.25, 0.5, 0.75])
    (lowerQuartile, median, upperQuartile) = (quartiles[0], quartiles[1], quartiles[2])
    let moments = ScaledMoments(values, scale: max(abs(first), abs(last)))
    mean = min(max(moments.mean, first), last)
    standardDeviation = moments.standardDeviation
    skewness = moments.skewness
    let count = Double(values.count)
    let reach = 1.5 * (upperQuartile - lowerQuartile)
    let (low, high) = (lowerQuartile - reach, upperQuartile + reach)
    let below = values.partitioningPoint { $0 >= low }
    let above = values.count - values.partitioningPoint { $0 > high }
    outlierShare = Double(below + above) / count
    let negatives = values.partitioningPoint { $0 >= 0 }
    negativeShare = Double(negatives) / count
    zeroShare = Double(values.partitioningPoint { $0 > 0 } - negatives) / count
  }
}

/// Mean, spread and skew in two passes over values divided by their largest magnitude, so that no
/// finite input overflows.
private struct ScaledMoments {
  let mean: Double
  let standardDeviation: Double
  let skewness: Double

  init(_ values: [Double], scale: Double) {
    guard scale > 0 else {
      (mean, standardDeviation, skewness) = (0, 0, 0)
      return
    }
    let count = Double(values.count)
    let center = values.reduce(0) { $0 + $1 / scale } / count
    var second = 0.0
    var third = 0.0
    for value in values {
      let difference = value / scale - center
      second += difference * difference
      third += difference * difference * difference
    }
    mean = center * scale
    let isConstant = values.first == values.last
    let deviation = values.count > 1 && !isConstant ? (second / (count - 1)).squareRoot() : 0
    standardDeviation = min(deviation * scale, .greatestFiniteMagnitude)
    let variance = second / count
    skewness = isConstant || variance == 0 ? 0 : third / count / (variance * variance.squareRoot())
  }
}
