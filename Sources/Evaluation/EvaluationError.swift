public import Numerical

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
  /// There is no row with a positive weight.
  case noRows
  /// A label is neither 0 nor 1.
  case label(row: Int)
  /// A score, a prediction or a target is missing or not finite.
  case missingValue(row: Int)
  /// A weight is negative, missing, or beyond what can be summed and multiplied.
  case weight(row: Int)
  /// Every row has the same label where a figure compares two classes.
  case oneClass(label: Int, rows: Int)
  /// A score lies outside 0…1 where a probability is needed.
  case notProbability(row: Int)
  /// A deviance is not defined for a row's target or prediction.
  case outsideDeviance(row: Int, power: Double)
  /// All targets are equal, or all are zero, where a figure divides by what they differ by.
  case constantTarget
  /// A number of bins, points or replicates is too small.
  case count(Counted, needed: Int, found: Int)
  /// A share of the rows to contact, or a confidence level, is outside 0…1.
  case fraction(Fraction, found: Double)
  /// The value of a hit or the cost of a contact is no usable number.
  case campaign(value: Double, cost: Double)
  /// A class has too few rows to tell how figures vary within it.
  case fewOfClass(label: Int, rows: Int, needed: Int)
  /// Two candidates that are compared row by row were not scored on the same rows.
  case differentRows(candidate: Int)
  /// The directions in which rows spread could not be found.
  case axes(NumericalError)
  /// Every segment is a single point repeated, so that no logarithm of their dispersion exists.
  case noDispersion
  /// More segments than a byte can tell apart.
  case tooManySegments(found: Int, limit: Int)
  /// No metric of this kind has the name.
  case unknownMetric(name: String, known: [String])

  /// What there are too few of.
  public enum Counted: String, Hashable, Sendable {
    case bins, points, replicates, candidates
    case folds = "folds of scores"
  }

  /// What a number between 0 and 1 stands for.
  public enum Fraction: String, Hashable, Sendable {
    case contacts = "the share of rows to contact"
    case level = "a confidence level"
    case testShare = "the ratio of test to training rows"
  }

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
    case .noRows, .label, .missingValue, .weight, .oneClass, .notProbability, .outsideDeviance,
      .constantTarget, .count, .fraction, .campaign, .fewOfClass, .differentRows, .unknownMetric,
      .axes, .noDispersion, .tooManySegments:
      scoringDescription
    }
  }

  private var scoringDescription: String {
    switch self {
    case .label(let row): "the label of row \(row + 1) is neither 0 nor 1"
    case .missingValue(let row): "row \(row + 1) has no finite value to evaluate"
    case .weight(let row):
      "the weight of row \(row + 1) is neither 0 nor a number from 1e-100 to 1e100"
    case .oneClass(let label, let rows):
      "all \(rows) rows have the label \(label); this figure compares two classes"
    case .notProbability(let row):
      "the score of row \(row + 1) is not a probability between 0 and 1; calibrate the scores or "
        + "choose a metric of their order"
    case .outsideDeviance(let row, let power):
      "row \(row + 1) has a target or a prediction that a deviance of power \(power) is not "
        + "defined for"
    case .constantTarget: "all targets are equal, so there is nothing to explain"
    case .count(let what, let needed, let found):
      "at least \(needed) \(what.rawValue) are needed, found \(found)"
    case .fraction(let what, let found):
      "\(what.rawValue) must lie between 0 and 1, found \(found)"
    case .campaign(let value, let cost):
      "a campaign needs a positive value of a hit and a cost of at least 0, "
        + "found \(value) and \(cost)"
    case .fewOfClass(let label, let rows, let needed):
      "class \(label) has \(rows) rows; at least \(needed) are needed to tell how the figure varies"
    case .differentRows(let candidate):
      "candidate \(candidate + 1) was not scored on the same rows as the first; score both on one "
        + "table in one order"
    case .axes(let error): "the directions of spread cannot be found: \(error)"
    case .noDispersion:
      "the rows of every segment, or of a reference's, are equal, so their dispersion has no logarithm"
    case .tooManySegments(let found, let limit):
      "a consensus tells at most \(limit) segments apart, found \(found)"
    case .unknownMetric(let name, let known):
      "there is no metric \(name); there are \(known.joined(separator: ", "))"
    default: "there are no rows with a positive weight"
    }
  }
}
