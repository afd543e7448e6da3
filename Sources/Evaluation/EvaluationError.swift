/// Why an evaluation was refused.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Two lists that describe the same rows differ in length.
  case lengths(expected: Int, found: Int)
  /// A matrix entry is NaN or infinite.
  case nonFinite(row: Int, column: Int)
  /// A matrix has no columns to measure distances in.
  case noColumns
  /// Distances within and between clusters need 2 ≤ clusters ≤ rows − 1.
  case clusters(found: Int, rows: Int)
  /// A sample must hold more rows than there are clusters in it.
  case sample(requested: Int, clusters: Int)
  /// Cross-validation needs at least two folds.
  case foldCount(found: Int)
  /// There are fewer rows, groups or distinct times than the folds need.
  case tooFew(Unit, needed: Int, found: Int)
  /// A class has fewer rows than every part needs one of.
  case rareClass(label: Int, rows: Int, needed: Int)
  /// A holdout share must lie strictly between 0 and 1.
  case share(found: Double)
  /// A gap must be a finite number that is not negative.
  case gap(found: Double)
  /// A time is missing or not finite.
  case missingTime(row: Int)
  /// Rows of equal time leave a fold nothing to test on; `fold` counts from 0.
  case emptyTest(fold: Int)
  /// No row is early enough to train on; `fold` counts from 0.
  case emptyTraining(fold: Int)

  /// What folds are made of.
  public enum Unit: String, Hashable, Sendable {
    case rows, groups
    case times = "distinct times"
  }

  public var description: String {
    switch self {
    case .lengths(let expected, let found):
      "expected one entry for each of \(expected) rows, found \(found)"
    case .nonFinite(let row, let column):
      "row \(row + 1), column \(column + 1) of the matrix is not a finite number"
    case .noColumns: "the matrix has no columns to measure distances in"
    case .clusters(let found, let rows):
      "cluster metrics need between 2 clusters and one fewer than the rows, "
        + "found \(found) in \(rows) rows"
    case .sample(let requested, let clusters):
      "a sample of \(requested) rows is too small to compare \(clusters) clusters"
    case .foldCount(let found): "at least 2 folds are needed, found \(found)"
    case .tooFew(let unit, let needed, let found):
      "the split needs at least \(needed) \(unit.rawValue), found \(found)"
    case .rareClass(let label, let rows, let needed):
      "class \(label) has \(rows) rows, stratifying needs \(needed); "
        + "use fewer folds or a plain split"
    case .share(let found): "a share must lie between 0 and 1, found \(found)"
    case .gap(let found): "a gap must be zero or a positive number, found \(found)"
    case .missingTime(let row): "row \(row + 1) has no usable time"
    case .emptyTest(let fold):
      "fold \(fold + 1) has no rows to test on because too many rows share one time; use fewer folds"
    case .emptyTraining(let fold):
      "fold \(fold + 1) has no rows to train on; use a shorter gap or fewer folds"
    }
  }
}
