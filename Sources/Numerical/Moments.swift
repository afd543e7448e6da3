/// Count, mean, variance and range of weighted numbers; parts merge.
///
/// Keeps the mean and the sum of squared deviations from it, never raw sums of squares, so that a mean
/// of a million standard deviations costs no digits. A weight is a frequency: a value of weight 2 counts
/// as two values. Values must be finite and weights finite and not negative; callers check.
///
/// - Units: `mean`, `minimum`, `maximum` and deviations in the unit of the values.
/// - Source: Chan, Golub and LeVeque (1983).
public struct Moments: Hashable, Sendable, Codable {
  /// Values seen with a positive weight.
  public private(set) var count = 0
  /// The sum of weights; equals `count` without weights.
  public private(set) var weight = 0.0
  public private(set) var mean = 0.0
  /// Σ w · (x − mean)².
  public private(set) var squaredDeviations = 0.0
  /// The least value; +∞ of nothing.
  public private(set) var minimum = Double.infinity
  /// The greatest value; −∞ of nothing.
  public private(set) var maximum = -Double.infinity

  public init() {}

  /// The moments of `values`, each with its weight, or all of weight 1.
  public init(
    _ values: some Collection<Double>, weights: (some Collection<Double>)? = [Double]?.none
  ) {
    if let weights {
      precondition(weights.count == values.count, "a weight per value")
      for (value, weight) in zip(values, weights) { add(value, weight: weight) }
    } else {
      for value in values { add(value) }
    }
  }

  public mutating func add(_ value: Double, weight: Double = 1) {
    guard weight > 0 else { return }
    count += 1
    self.weight += weight
    let before = value - mean
    // A constant column must have a variance of exactly zero.
    if before != 0 {
      mean += before * (weight / self.weight)
      squaredDeviations += weight * before * (value - mean)
    }
    minimum = min(minimum, value)
    maximum = max(maximum, value)
  }

  /// The moments of these values and others together.
  public func merging(_ other: Moments) -> Moments {
    guard other.count > 0 else { return self }
    guard count > 0 else { return other }
    var joined = self
    joined.count += other.count
    joined.weight += other.weight
    let step = other.mean - mean
    let share = other.weight / joined.weight
    joined.mean += step * share
    joined.squaredDeviations += other.squaredDeviations + step * step * weight * share
    joined.minimum = min(minimum, other.minimum)
    joined.maximum = max(maximum, other.maximum)
    return joined
  }

  /// The mean squared deviation, divisor the sum of weights; 0 of nothing.
  public var variance: Double { weight > 0 ? squaredDeviations / weight : 0 }

  /// The unbiased estimate, divisor the sum of weights less 1; nil unless that is positive.
  public var sampleVariance: Double? {
    weight > 1 ? squaredDeviations / (weight - 1) : nil
  }

  public var standardDeviation: Double { variance.squareRoot() }
  public var isConstant: Bool { minimum >= maximum }
}

extension Moments {
  /// The moments of every column of `x`, rows weighted by `weights` where given.
  ///
  /// A pilot mean is taken off every value first, so that partial means are small and precise.
  /// - Complexity: O(n · d); each block of rows is read twice while it lies in cache.
  /// - Reproducibility: blocks depend on the shape alone and are merged in order.
  public static func ofColumns(
    _ x: Matrix, weights: [Double]? = nil, on pool: WorkerPool = .serial
  ) -> [Moments] {
    precondition(weights.map { $0.count == x.rowCount } ?? true, "a weight per row")
    let pilot = x.pilotMean
    let chunks = RowChunks(count: x.rowCount, parts: min(64, (x.rowCount + 1023) / 1024))
    let parts = pool.map(count: chunks.count) { chunk in
      var moments = [Moments](repeating: Moments(), count: x.columnCount)
      let rows = chunks[chunk]
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: 256) {
        let block = ColumnBlock(x, start..<min(start + 256, rows.upperBound), weights, pilot)
        for j in moments.indices { moments[j] = moments[j].merging(block.moments(of: j)) }
      }
      return moments
    }
    var total = [Moments](repeating: Moments(), count: x.columnCount)
    for part in parts { total = zip(total, part).map { $0.merging($1) } }
    return zip(total, pilot).map { $0.count > 0 ? $0.movingMean(by: $1) : $0 }
  }

  private func movingMean(by shift: Double) -> Moments {
    var moved = self
    moved.mean += shift
    return moved
  }

  /// A block of rows less the pilot mean; range in the unit of the values themselves.
  private struct ColumnBlock {
    var count = 0
    var weight = 0.0
    var means: [Double]
    var squares: [Double]
    var minima: [Double]
    var maxima: [Double]

    init(_ x: Matrix, _ rows: Range<Int>, _ weights: [Double]?, _ pilot: [Double]) {
      let width = x.columnCount
      means = [Double](repeating: 0, count: width)
      squares = means
      minima = [Double](repeating: .infinity, count: width)
      maxima = [Double](repeating: -.infinity, count: width)
      x.values.withUnsafeBufferPointer { values in
        sumValues(values, rows, weights, pilot)
        for j in 0..<width where weight > 0 { means[j] /= weight }
        sumSquares(values, rows, weights, pilot)
      }
    }

    private mutating func sumValues(
      _ values: UnsafeBufferPointer<Double>, _ rows: Range<Int>, _ weights: [Double]?,
      _ pilot: [Double]
    ) {
      for row in rows {
        let w = weights.map { $0[row] } ?? 1
        guard w > 0 else { continue }
        count += 1
        weight += w
        let base = row &* pilot.count
        for j in pilot.indices {
          let value = values[base &+ j]
          means[j] += w * (value - pilot[j])
          minima[j] = value < minima[j] ? value : minima[j]
          maxima[j] = value > maxima[j] ? value : maxima[j]
        }
      }
    }

    private mutating func sumSquares(
      _ values: UnsafeBufferPointer<Double>, _ rows: Range<Int>, _ weights: [Double]?,
      _ pilot: [Double]
    ) {
      for row in rows {
        let w = weights.map { $0[row] } ?? 1
        guard w > 0 else { continue }
        let base = row &* pilot.count
        for j in pilot.indices {
          let deviation = values[base &+ j] - pilot[j] - means[j]
          squares[j] += w * deviation * deviation
        }
      }
    }

    func moments(of column: Int) -> Moments {
      var moments = Moments()
      guard count > 0 else { return moments }
      moments.count = count
      moments.weight = weight
      moments.mean = means[column]
      moments.squaredDeviations = squares[column]
      moments.minimum = minima[column]
      moments.maximum = maxima[column]
      return moments
    }
  }
}
