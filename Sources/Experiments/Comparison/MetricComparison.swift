public import Evaluation

/// A metric of A beside the same of B.
public struct MetricComparison: Hashable, Sendable, Encodable {
  public enum Verdict: String, Hashable, Sendable, Encodable {
    case equal, better, worse
    /// The interval of the difference holds zero, or the folds do not tell the two apart.
    case undecided
    /// One side lacks the metric.
    case missing
  }

  /// Where the interval of a difference comes from.
  public enum Method: String, Hashable, Sendable, Codable {
    /// The same rows under both, by the covariance of the two areas.
    case delong
    /// The same rows drawn anew for both.
    case pairedBootstrap = "paired_bootstrap"
    /// The intervals of both, as if their rows had nothing in common.
    case unpaired
  }

  /// The t-test over the folds that both were scored in, corrected for training parts that overlap.
  public struct FoldTest: Hashable, Sendable, Encodable {
    public let foldCount: Int
    /// Of B − A, in the mean over the folds.
    public let test: ResampledTest

    private enum CodingKeys: String, CodingKey {
      case folds, difference, interval
      case pValue = "p_value"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(foldCount, forKey: .folds)
      try container.encode(test.difference, forKey: .difference)
      try container.encode(test.interval, forKey: .interval)
      try container.encode(test.pValue, forKey: .pValue)
    }
  }

  public let name: String
  public let split: String
  public let direction: Direction
  public let a: Double?
  public let b: Double?
  public let intervalOfA: Interval?
  public let intervalOfB: Interval?
  public let rowCount: Pair<Int?>
  /// B − A.
  public let difference: Double?
  public internal(set) var interval: Interval?
  public internal(set) var method: Method?
  /// The chance of so great a difference, either way, if there were none.
  public internal(set) var pValue: Double?
  /// Nil unless both have the metric by fold, of the same folds.
  public internal(set) var foldTest: FoldTest?

  private enum CodingKeys: String, CodingKey {
    case name, split, direction, a, b, difference, interval, method, verdict
    case intervalOfA = "interval_a"
    case intervalOfB = "interval_b"
    case rowCount = "rows"
    case pValue = "p_value"
    case foldTest = "fold_test"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(split, forKey: .split)
    try container.encode(direction, forKey: .direction)
    try container.encodeIfPresent(a, forKey: .a)
    try container.encodeIfPresent(b, forKey: .b)
    try container.encodeIfPresent(intervalOfA, forKey: .intervalOfA)
    try container.encodeIfPresent(intervalOfB, forKey: .intervalOfB)
    try container.encode(rowCount, forKey: .rowCount)
    try container.encodeIfPresent(difference, forKey: .difference)
    try container.encodeIfPresent(interval, forKey: .interval)
    try container.encodeIfPresent(method, forKey: .method)
    try container.encodeIfPresent(pValue, forKey: .pValue)
    try container.encodeIfPresent(foldTest, forKey: .foldTest)
    try container.encode(verdict, forKey: .verdict)
  }

  /// The name, with the split in front where it is the holdout.
  public var label: String { split == "holdout" ? "holdout.\(name)" : name }

  /// What all tests that there are agree on, as in tiers: rows and, where both have the same, folds.
  public var verdict: Verdict {
    guard let a, let b else { return .missing }
    if a == b { return .equal }
    if let interval, interval.contains(0) { return .undecided }
    if let foldTest, !foldTest.test.tellsApart { return .undecided }
    return direction.isBetter(b, than: a) ? .better : .worse
  }

  /// Compares two records of one metric, one of which may be absent.
  init(name: String, split: String, a: MetricRecord?, b: MetricRecord?) {
    self.name = name
    self.split = split
    direction = a?.direction ?? b?.direction ?? .higherIsBetter
    self.a = a?.value
    self.b = b?.value
    intervalOfA = a?.interval
    intervalOfB = b?.interval
    rowCount = Pair(a?.rowCount, b?.rowCount)
    guard let a, let b else {
      difference = nil
      return
    }
    difference = a.value == b.value ? 0 : b.value - a.value
    interval = a.value == b.value ? nil : Self.unpaired(a, b)
    method = interval == nil ? nil : .unpaired
  }

  /// Metrics by name and split, in the order of A and then of B.
  static func between(_ a: [MetricRecord], _ b: [MetricRecord]) -> [MetricComparison] {
    matched(a, b) { "\($0.split).\($0.name)" }.compactMap { _, a, b in
      (a ?? b).map { MetricComparison(name: $0.name, split: $0.split, a: a, b: b) }
    }
  }

  /// The interval of B − A from intervals of both, as for independent estimates: each bound lies as far
  /// from the difference as the two nearer bounds lie from their estimates, added as squares.
  ///
  /// - Source: Zou and Donner (2008).
  private static func unpaired(_ a: MetricRecord, _ b: MetricRecord) -> Interval? {
    guard let ofA = a.interval, let ofB = b.interval, ofA.level == ofB.level else { return nil }
    func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let difference = b.value - a.value
    return Interval(
      lower: difference - length(b.value - ofB.lower, ofA.upper - a.value),
      upper: difference + length(ofB.upper - b.value, a.value - ofA.lower), level: ofA.level)
  }
}
