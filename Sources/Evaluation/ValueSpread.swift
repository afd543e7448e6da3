/// How much of a value column segments tell apart.
///
/// Rows without a finite value are left out; rows in no segment are a group of their own, since
/// leaving them out would flatter a clustering that gives up on the rows it cannot tell apart.
///
/// - Complexity: O(n + segments) time; sums are taken in the order of the rows.
public struct ValueSpread: Hashable, Sendable {
  /// η²: the sum over groups of rows times the squared difference of the group's mean from the
  /// overall mean, over the sum of squared differences of all rows (0…1); nil where no two values
  /// differ or they are too large to square.
  public let explained: Double?
  /// Rows with a value.
  public let rowCount: Int
  public let mean: Double
  /// The standard deviation of all values, dividing by their number.
  public let deviation: Double
  /// The mean value of the rows of each segment; nil without such rows.
  public let means: [Double?]
  /// Rows with a value, by segment.
  public let counts: [Int]
  /// What each segment adds to the sum of all values; nil unless that sum is positive and no value is
  /// negative, as shares of a whole must be.
  public let shares: [Double]?

  /// - Parameters:
  ///   - values: one per row; not finite where missing.
  ///   - labels: one per row: below `segmentCount`, or −1 for none.
  /// - Throws: `.lengths` if the lists differ in length.
  public init(
    of values: [Double], labels: [Int], segmentCount: Int
  ) throws(EvaluationError) {
    guard values.count == labels.count else {
      throw .lengths(expected: values.count, found: labels.count)
    }
    // The last group is that of rows in no segment.
    var sums = [Double](repeating: 0, count: segmentCount + 1)
    var counts = [Int](repeating: 0, count: segmentCount + 1)
    func group(_ label: Int) -> Int {
      (0..<segmentCount).contains(label) ? label : segmentCount
    }
    for (value, label) in zip(values, labels) where value.isFinite {
      sums[group(label)] += value
      counts[group(label)] += 1
    }
    let total = sums.reduce(0, +)
    rowCount = counts.reduce(0, +)
    let mean = rowCount > 0 ? total / Double(rowCount) : 0
    self.mean = mean
    var squares = 0.0
    var isPositive = true
    for value in values where value.isFinite {
      squares += (value - mean) * (value - mean)
      if value < 0 { isPositive = false }
    }
    deviation = rowCount > 0 ? (squares / Double(rowCount)).squareRoot() : 0
    let between = zip(sums, counts).reduce(0.0) { result, group in
      guard group.1 > 0 else { return result }
      let difference = group.0 / Double(group.1) - mean
      return result + Double(group.1) * difference * difference
    }
    let explained = between / squares
    // Equal values may leave a rounding of their mean.
    let differs = values.first(where: \.isFinite).map { first in
      values.contains { $0.isFinite && $0 != first }
    }
    self.explained =
      differs == true && squares > 0 && explained.isFinite ? min(1, explained) : nil
    means = zip(sums, counts).prefix(segmentCount).map { $1 > 0 ? $0 / Double($1) : nil }
    self.counts = Array(counts.prefix(segmentCount))
    shares =
      isPositive && total > 0 && total.isFinite
      ? sums.prefix(segmentCount).map { $0 / total } : nil
  }
}
