internal import Numerical

/// Where values lie: their mean and a few quantiles.
public struct Distribution: Hashable, Sendable, Codable {
  public let mean: Double
  public let least: Double
  public let lowerQuartile: Double
  public let median: Double
  public let upperQuartile: Double
  public let greatest: Double

  /// - Parameter values: at least one, none of them NaN.
  init(_ values: [Double]) {
    let quantiles = Quantiles.ofSorted(values.sorted(), at: [0, 0.25, 0.5, 0.75, 1])
    mean = values.reduce(0, +) / Double(values.count)
    least = quantiles[0]
    lowerQuartile = quantiles[1]
    median = quantiles[2]
    upperQuartile = quantiles[3]
    greatest = quantiles[4]
  }
}
