public import Numerical

/// Rows to train on and rows to test on; both ascending, without a common row.
public struct Split: Hashable, Sendable {
  public let train: [Int]
  public let test: [Int]

  init(train: [Int], test: [Int]) {
    self.train = train
    self.test = test
  }

  /// Every row by whether `isTest` says so.
  init(isTest: [Bool]) {
    train = isTest.indices.filter { !isTest[$0] }
    test = isTest.indices.filter { isTest[$0] }
  }

  /// The split of a table of which this split's rows 0, 1, … are rows `rows[0]`, `rows[1]`, ….
  ///
  /// Serves folds of what a holdout has left: `rows` must be ascending and name every row split here.
  public func renumbered(by rows: [Int]) -> Split {
    Split(train: train.map { rows[$0] }, test: test.map { rows[$0] })
  }

  /// Sets a random share of the rows aside.
  ///
  /// The test part has ⌈share · n⌉ rows.
  ///
  /// - Throws: `.share` outside 0 < share < 1; `.tooFew` when a part would be empty.
  public static func holdout(rowCount: Int, share: Double, seed: Seed) throws(EvaluationError)
    -> Split
  {
    let count = try testCount(of: rowCount, share: share, unit: .rows)
    var source = RandomSource(seed: seed.derived("holdout"))
    var isTest = [Bool](repeating: false, count: rowCount)
    for row in source.sample(count, outOf: rowCount) { isTest[row] = true }
    return Split(isTest: isTest)
  }

  /// Sets a random share of the rows aside with the classes in proportion.
  ///
  /// The test part has ⌈share · n⌉ rows, divided over classes by largest remainders, but at least one and
  /// not all of each class.
  ///
  /// - Throws: `.share`, `.tooFew` as for a plain holdout, also when a part has no room for every class;
  ///   `.rareClass` when a class has a single row.
  public static func stratifiedHoldout(labels: [Int], share: Double, seed: Seed)
    throws(EvaluationError) -> Split
  {
    let count = try testCount(of: labels.count, share: share, unit: .rows)
    let index = LabelIndex(labels)
    let classCount = index.counts.count
    for code in index.codesByLabel where index.counts[code] < 2 {
      throw .rareClass(label: index.labels[code], rows: index.counts[code], needed: 2)
    }
    guard min(count, labels.count - count) >= classCount else {
      throw .tooFew(
        .rows, needed: classCount, found: min(count, labels.count - count))
    }
    let counts = apportion(count, by: index.counts, atLeast: 1, atMost: index.counts.map { $0 - 1 })
    var isTest = [Bool](repeating: false, count: labels.count)
    for (code, rows) in index.rowsByCode.enumerated() {
      var source = RandomSource(seed: seed.derived("holdout", code))
      for pick in source.sample(counts[code], outOf: rows.count) { isTest[rows[pick]] = true }
    }
    return Split(isTest: isTest)
  }

  /// Sets a random share of the groups aside; no group is on both sides.
  ///
  /// The test part has ⌈share · groups⌉ groups.
  ///
  /// - Throws: `.share` outside 0 < share < 1; `.tooFew` when a part would be empty.
  public static func groupHoldout(groups: [Int], share: Double, seed: Seed) throws(EvaluationError)
    -> Split
  {
    let index = LabelIndex(groups)
    let count = try testCount(of: index.counts.count, share: share, unit: .groups)
    var source = RandomSource(seed: seed.derived("holdout"))
    var isTestGroup = [Bool](repeating: false, count: index.counts.count)
    for group in source.sample(count, outOf: index.counts.count) { isTestGroup[group] = true }
    return Split(isTest: index.codes.map { isTestGroup[$0] })
  }

  /// Sets the latest share of the rows aside; every training row is earlier than every test row.
  ///
  /// The test part starts at the first row of the latest ⌈share · n⌉ in time, and takes all rows of that
  /// same time. Rows less than `gap` before it, in the unit of `times`, are on neither side, and so are
  /// earlier rows of a group that also has test rows.
  ///
  /// - Throws: `.share`, `.gap`, `.missingTime`, `.lengths`; `.emptyTraining` when no row is early enough.
  public static func latestHoldout(
    times: [Double], share: Double, gap: Double = 0, groups: [Int]? = nil
  ) throws(EvaluationError) -> Split {
    let timeline = try Timeline(times, gap: gap, groups: groups)
    let count = try testCount(of: times.count, share: share, unit: .rows)
    return try timeline.split(from: times.count - count, to: times.count, fold: 0)
  }

  /// ⌈share · count⌉, leaving at least one on each side.
  ///
  /// A product within rounding of a whole number is that number: 0.07 of 100 rows are 7.
  private static func testCount(of count: Int, share: Double, unit: EvaluationError.Unit)
    throws(EvaluationError) -> Int
  {
    guard share > 0, share < 1 else { throw .share(found: share) }
    guard count >= 2 else { throw .tooFew(unit, needed: 2, found: count) }
    let exact = share * Double(count)
    let nearest = exact.rounded()
    let test = Int(abs(exact - nearest) <= 4 * exact.ulp ? nearest : exact.rounded(.up))
    guard test >= 1 else { throw .share(found: share) }
    guard test < count else { throw .tooFew(unit, needed: test + 1, found: count) }
    return test
  }
}
