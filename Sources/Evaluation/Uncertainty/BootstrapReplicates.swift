public import Numerical

/// The metrics of resampled rows: what intervals and paired comparisons are read from.
public struct BootstrapReplicates: Hashable, Sendable {
  /// Per metric, its value on the rows themselves.
  public let estimates: [Double]
  /// Replicates × metrics.
  public let replicates: Matrix
  /// Parts left out × metrics.
  let reduced: Matrix
  let bootstrap: Bootstrap
  let positiveCount: Int
  let negativeCount: Int

  init(
    estimates: [Double], replicates: Matrix, reduced: Matrix, bootstrap: Bootstrap,
    positiveCount: Int, negativeCount: Int
  ) {
    self.estimates = estimates
    self.replicates = replicates
    self.reduced = reduced
    self.bootstrap = bootstrap
    self.positiveCount = positiveCount
    self.negativeCount = negativeCount
  }

  public enum Method: String, CaseIterable, Hashable, Sendable, Codable {
    /// The quantiles of the replicates.
    case percentile
    /// Quantiles moved for the bias and the skewness of the metric (Efron, 1987); the skewness comes from
    /// leaving out up to 100 parts of the rows in turn.
    case corrected = "bca"
  }

  /// - Throws: `.fraction` for a level outside 0…1.
  public func interval(of metric: Int, level: Double = 0.95, method: Method = .percentile)
    throws(EvaluationError) -> Interval
  {
    let values = replicates.column(metric).sorted()
    let tails = try tails(level)
    let moved = method == .percentile ? tails : correctedTails(tails, values, metric)
    let bounds = Quantiles.ofSorted(values, at: moved)
    return Interval(lower: bounds[0], upper: bounds[1], level: level)
  }

  /// The standard deviation of a metric over replicates.
  public func standardError(of metric: Int) -> Double {
    (Moments(replicates.column(metric)).sampleVariance ?? 0).squareRoot()
  }

  private func tails(_ level: Double) throws(EvaluationError) -> [Double] {
    guard level > 0, level < 1 else { throw .fraction(.level, found: level) }
    return [(1 - level) / 2, (1 + level) / 2]
  }

  private func correctedTails(_ tails: [Double], _ sorted: [Double], _ metric: Int) -> [Double] {
    guard let first = sorted.first, let last = sorted.last, first < last else { return tails }
    let count = Double(sorted.count)
    let estimate = estimates[metric]
    var below = 0.0
    for value in sorted { below += value < estimate ? 1 : value == estimate ? 0.5 : 0 }
    // An estimate beyond all replicates would have an infinite bias.
    let bias = StandardNormal.quantile(min(max(below, 0.5), count - 0.5) / count)
    let acceleration = acceleration(of: metric)
    return tails.map { tail in
      let z = bias + StandardNormal.quantile(tail)
      let stretch = 1 - acceleration * z
      guard stretch > 0 else { return z < 0 ? 0 : 1 }
      return StandardNormal.cumulative(bias + z / stretch)
    }
  }

  /// A sixth of the skewness of the parts' influence: Σ d³ / 6 (Σ d²)^(3/2).
  private func acceleration(of metric: Int) -> Double {
    let values = reduced.column(metric)
    let mean = values.reduce(0, +) / Double(values.count)
    var (squares, cubes) = (0.0, 0.0)
    for value in values {
      let influence = mean - value
      squares += influence * influence
      cubes += influence * influence * influence
    }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }
}

/// How two models differ in a metric on the same rows.
public struct PairedDifference: Hashable, Sendable, Codable {
  /// The first model's value less the second's.
  public let value: Double
  public let standardError: Double
  public let interval: Interval
  /// Twice the smaller share of replicates on either side of zero, at most 1; never below
  /// 2 / (replicates + 1).
  public let pValue: Double
}

extension BootstrapReplicates {
  /// Compares two models replicate by replicate.
  ///
  /// Both must come from the same bootstrap on the same rows in the same order; the numbers of rows of each
  /// class are checked.
  ///
  /// - Throws: `.differentRows`, `.fraction` for a level outside 0…1.
  public func difference(
    from other: BootstrapReplicates, metric: Int, level: Double = 0.95
  ) throws(EvaluationError) -> PairedDifference {
    guard bootstrap == other.bootstrap, positiveCount == other.positiveCount,
      negativeCount == other.negativeCount
    else { throw .differentRows(candidate: 1) }
    let tails = try tails(level)
    let values = zip(replicates.column(metric), other.replicates.column(metric)).map { $0 - $1 }
    let bounds = Quantiles.of(values, at: tails)
    let count = Double(values.count)
    let notAbove = Double(values.count { $0 <= 0 })
    let notBelow = Double(values.count { $0 >= 0 })
    return PairedDifference(
      value: estimates[metric] - other.estimates[metric],
      standardError: (Moments(values).sampleVariance ?? 0).squareRoot(),
      interval: Interval(lower: bounds[0], upper: bounds[1], level: level),
      pValue: min(1, 2 * (min(notAbove, notBelow) + 1) / (count + 1)))
  }
}

extension BootstrapReplicates: Codable {
  private enum CodingKeys: String, CodingKey {
    case estimates, replicates, reduced, bootstrap, positiveCount, negativeCount
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    estimates = try container.decode([Double].self, forKey: .estimates)
    replicates = try container.decode(Matrix.self, forKey: .replicates)
    reduced = try container.decode(Matrix.self, forKey: .reduced)
    bootstrap = try container.decode(Bootstrap.self, forKey: .bootstrap)
    positiveCount = try container.decode(Int.self, forKey: .positiveCount)
    negativeCount = try container.decode(Int.self, forKey: .negativeCount)
    guard replicates.rowCount >= 2, reduced.rowCount >= 1,
      [replicates, reduced].allSatisfy({
        $0.columnCount == estimates.count && $0.firstNonFinite == nil
      })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .replicates, in: container,
        debugDescription: "every replicate needs a finite value of each metric")
    }
  }
}
