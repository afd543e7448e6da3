public import Numerical

/// The splits of a cross-validation, a pure function of the rows' roles and the seed.
///
/// A collection of splits; a training part is listed when its split is asked for, so that many folds of
/// many rows take no more memory than the rows.
public struct Folds: Hashable, Sendable {
  private let plan: Plan

  private enum Plan: Hashable, Sendable {
    /// Each fold tests its rows and trains on all others.
    case partition(tests: [[Int]], rowCount: Int)
    case listed([Split])
  }

  /// Shuffled folds: every row is tested exactly once, fold sizes differ by at most one and the first
  /// n mod `count` folds are the longer ones.
  ///
  /// - Throws: `.foldCount` below 2; `.tooFew` when there are fewer rows than folds.
  public static func shuffled(rowCount: Int, count: Int, seed: Seed) throws(EvaluationError)
    -> Folds
  {
    try require(.rows, found: rowCount, count: count)
    var source = RandomSource(seed: seed.derived("folds"))
    var assignments = [Int](repeating: 0, count: rowCount)
    let order = source.permutation(count: rowCount)
    var position = 0
    for fold in 0..<count {
      let size = rowCount / count + (fold < rowCount % count ? 1 : 0)
      for row in order[position..<position + size] { assignments[row] = fold }
      position += size
    }
    return Folds(assignments: assignments, count: count)
  }

  /// Shuffled folds with the classes in proportion: every row is tested exactly once, and both fold sizes
  /// and the rows of one class per fold differ by at most one.
  ///
  /// Rows sorted by class are dealt to the folds in turn, as scikit-learn's `StratifiedKFold` counts them;
  /// which rows of a class go where is random.
  ///
  /// - Throws: `.foldCount`, `.tooFew`; `.rareClass` when a class has fewer rows than folds.
  public static func stratified(labels: [Int], count: Int, seed: Seed) throws(EvaluationError)
    -> Folds
  {
    try require(.rows, found: labels.count, count: count)
    let index = LabelIndex(labels)
    for code in index.codesByLabel where index.counts[code] < count {
      throw .rareClass(label: index.labels[code], rows: index.counts[code], needed: count)
    }
    var assignments = [Int](repeating: 0, count: labels.count)
    var dealt = 0
    for (code, rows) in index.rowsByCode.enumerated() {
      var source = RandomSource(seed: seed.derived("folds", code))
      for pick in source.permutation(count: rows.count) {
        assignments[rows[pick]] = dealt % count
        dealt += 1
      }
    }
    return Folds(assignments: assignments, count: count)
  }

  /// Folds of whole groups: every row is tested exactly once and no group is on both sides of a split.
  ///
  /// Groups go, largest first, to the fold with the fewest rows, as in scikit-learn's `GroupKFold`; groups
  /// of equal size come in random order.
  ///
  /// - Throws: `.foldCount`; `.tooFew` when there are fewer groups than folds.
  public static func grouped(groups: [Int], count: Int, seed: Seed) throws(EvaluationError)
    -> Folds
  {
    let index = LabelIndex(groups)
    try require(.groups, found: index.counts.count, count: count)
    var source = RandomSource(seed: seed.derived("folds"))
    let ranks = source.permutation(count: index.counts.count)
    let order = index.counts.indices.sorted {
      (index.counts[$1], ranks[$0]) < (index.counts[$0], ranks[$1])
    }
    var sizes = [Int](repeating: 0, count: count)
    var foldOfGroup = [Int](repeating: 0, count: index.counts.count)
    for group in order {
      let fold = sizes.indices.reduce(0) { sizes[$1] < sizes[$0] ? $1 : $0 }
      foldOfGroup[group] = fold
      sizes[fold] += index.counts[group]
    }
    return Folds(assignments: index.codes.map { foldOfGroup[$0] }, count: count)
  }

  /// Folds that train on the past and test on what follows, each on a longer past than the one before.
  ///
  /// Rows in time order are cut into `count` + 1 parts of ⌊n / (`count` + 1)⌋ rows, the first taking the
  /// remainder, as in scikit-learn's `TimeSeriesSplit`; fold f tests on part f + 1. A cut never separates
  /// rows of equal time: it moves to the first of them. Training rows lie at least `gap` before the first
  /// test row, in the unit of `times`, and strictly before it; earlier rows of a group that also has test
  /// rows in the fold are left out. Rows of the first part are never tested.
  ///
  /// - Throws: `.foldCount`; `.tooFew` rows or distinct times; `.gap`, `.missingTime`, `.lengths`;
  ///   `.emptyTest` where equal times leave a part without rows; `.emptyTraining` when no row is early
  ///   enough.
  public static func forwardTime(
    times: [Double], count: Int, gap: Double = 0, groups: [Int]? = nil
  ) throws(EvaluationError) -> Folds {
    let timeline = try Timeline(times, gap: gap, groups: groups)
    guard count >= 2 else { throw .foldCount(found: count) }
    guard times.count > count else {
      throw .tooFew(.rows, needed: count + 1, found: times.count)
    }
    let distinct = LabelIndex(times.map { Int(truncatingIfNeeded: ($0 + 0).bitPattern) })
    guard distinct.counts.count > count else {
      throw .tooFew(.times, needed: count + 1, found: distinct.counts.count)
    }
    let size = times.count / (count + 1)
    var splits: [Split] = []
    for fold in 0..<count {
      let start = times.count - (count - fold) * size
      splits.append(try timeline.split(from: start, to: start + size, fold: fold))
    }
    return Folds(splits: splits)
  }

  private init(splits: [Split]) { plan = .listed(splits) }

  /// Fold f tests on the rows assigned to f.
  private init(assignments: [Int], count: Int) {
    var tests = [[Int]](repeating: [], count: count)
    for (row, fold) in assignments.enumerated() { tests[fold].append(row) }
    plan = .partition(tests: tests, rowCount: assignments.count)
  }

  private static func require(_ unit: EvaluationError.Unit, found: Int, count: Int)
    throws(EvaluationError)
  {
    guard count >= 2 else { throw .foldCount(found: count) }
    guard found >= count else { throw .tooFew(unit, needed: count, found: found) }
  }
}

extension Folds: RandomAccessCollection {
  public var startIndex: Int { 0 }

  public var endIndex: Int {
    switch plan {
    case .partition(let tests, _): tests.count
    case .listed(let splits): splits.count
    }
  }

  public subscript(fold: Int) -> Split {
    switch plan {
    case .listed(let splits): return splits[fold]
    case .partition(let tests, let rowCount):
      var isTest = [Bool](repeating: false, count: rowCount)
      for row in tests[fold] { isTest[row] = true }
      return Split(isTest: isTest)
    }
  }
}
