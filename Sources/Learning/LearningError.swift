public import Numerical

/// Why a parameter was refused.
public enum ParameterError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(parameter: String, algorithm: String, known: [String])
  case duplicate(parameter: String)
  case outsideDomain(parameter: String, domain: String, found: ParameterValue)

  public var description: String {
    switch self {
    case .unknown(let parameter, let algorithm, let known):
      "\(algorithm) has no parameter \(parameter); it has \(known.joined(separator: ", "))"
    case .duplicate(let parameter):
      "\(parameter) is given twice, once under an alias"
    case .outsideDomain(let parameter, let domain, let found):
      "\(parameter) must be \(domain), found \(found)"
    }
  }
}

/// Why a fit or a prediction was refused.
public enum LearningError: Error, Hashable, Sendable, CustomStringConvertible {
  case parameter(ParameterError)
  case width(expected: Int, found: Int)
  case rows(needed: Int, found: Int)
  /// More rows than the algorithm can number.
  case rowLimit(most: Int, found: Int)
  case nonFinite(row: Int, column: Int)
  /// A finite number whose square is not.
  case tooLarge(row: Int, column: Int)
  case distinctRows(needed: Int, found: Int)
  /// Bounds on the sizes of clusters that no assignment keeps, in whole rows.
  case clusterSizes(least: Int, most: Int, clusters: Int, rows: Int)
  case components(requested: Int, available: Int)
  case noVariance
  /// The covariance of a mixture's component, or the one shared by all (nil), is not positive definite.
  case singularCovariance(component: Int?)
  /// Log-densities of a mixture leave the range of a double.
  case densityRange
  /// An unpenalised column is a weighted sum of earlier ones.
  case collinear(column: Int)
  /// A score outside 0…1 where a probability is asked for.
  case probability(row: Int)
  /// A value of −1 or less, where log(1 + x) is asked for.
  case outsideLogDomain(row: Int, column: Int)
  case numerical(NumericalError)
  /// Bytes the fit would take, bytes allowed, and how many of the rows would fit.
  case memory(needed: Double, limit: Double, rows: Int, fitting: Int)
  /// Not exactly one of these parameters is set: several, or none.
  case exclusive(parameters: [String], isNoneSet: Bool)
  /// Bytes that the system did not grant.
  case allocation(bytes: Double)
  /// Labels or weights that do not go with the rows.
  case rowCounts(features: Int, labels: Int)
  case tooManyRows(limit: Int, found: Int)
  case label(row: Int, needed: LabelDomain)
  /// Too few rows of one of two labels; no positive count is one of them.
  case events(ones: Int, zeros: Int)
  case weight(row: Int)
  case noWeight
  /// Scores that ran out of the range of numbers.
  case overflow
  case featureMissing(name: String)
  case featureKind(name: String, isCategorical: Bool)
  case modelText(line: Int, ModelTextProblem)
  /// A model of numbers or counts where one of events is asked for.
  case objective(BoostingObjective)
  /// A classifier that was given rows in the other form.
  case form(expected: FeatureForm)
  case cancelled

  public var description: String {
    switch self {
    case .parameter(let error): "\(error)"
    case .width(let expected, let found): "expected \(expected) columns, found \(found)"
    case .rows(let needed, let found): "at least \(needed) rows are needed, found \(found)"
    case .rowLimit(let most, let found):
      "at most \(most) rows can be clustered this way, found \(found); fit a sample"
    case .nonFinite(let row, let column):
      "row \(row + 1), column \(column + 1) of the matrix is not a finite number"
    case .tooLarge(let row, let column):
      "row \(row + 1), column \(column + 1) of the matrix is too large to compute distances; rescale it"
    case .distinctRows(let needed, let found):
      "\(needed) clusters need as many distinct rows, found \(found)"
    case .clusterSizes(let least, let most, let clusters, let rows):
      "\(rows) rows cannot be \(clusters) clusters of at least \(least) and at most \(most) rows each; "
        + "lower min_share, raise max_share, or change k"
    case .components(let requested, let available):
      "\(requested) components were asked for, the data allows \(available)"
    case .noVariance: "every column is constant: there is no variance to explain"
    case .singularCovariance(let component):
      (component.map { "the covariance of component \($0)" } ?? "the shared covariance")
        + " is singular (too few distinct rows, or columns that depend on each other); raise "
        + "regularization, ask for fewer components, or choose a simpler covariance"
    case .densityRange:
      "some rows lie so many standard deviations out that their density has no logarithm; rescale "
        + "the columns or raise regularization"
    case .collinear(let column):
      "column \(column + 1) is a weighted sum of the columns before it; drop it or use a penalty"
    case .probability(let row):
      "the score of row \(row + 1) is not a probability between 0 and 1"
    case .outsideLogDomain(let row, let column):
      "row \(row + 1), column \(column + 1) is -1 or less, where log(1 + x) does not exist; "
        + "use yeo-johnson"
    case .numerical(let error): "\(error)"
    case .memory(let needed, let limit, let rows, let fitting):
      "\(rows) rows need about \(Self.size(needed)) of memory, above the limit of "
        + "\(Self.size(limit)); about \(fitting) rows fit"
    case .exclusive(let parameters, let isNoneSet):
      "exactly one of \(parameters.joined(separator: " and ")) decides, but "
        + (isNoneSet ? "none of them is set" : "more than one is set; set the others to none")
    case .allocation(let bytes):
      "the system grants no \(Self.size(bytes)) of memory for the distances; "
        + "use fewer rows, or a linkage that needs none (ward, single)"
    case .rowCounts(let features, let labels):
      "\(features) rows of features come with \(labels) labels or weights"
    case .tooManyRows(let limit, let found): "at most \(limit) rows can be fitted, found \(found)"
    case .label(let row, let needed):
      "the target of row \(row + 1) must be \(needed.rawValue); drop rows without a target"
    case .events(let ones, let zeros):
      "the target has \(ones) positive and \(zeros) other rows; at least two of each are needed"
    case .weight(let row):
      "the weight of row \(row + 1) must be a number from 0 to 1e15"
    case .noWeight: "every weight is zero: no row counts"
    case .overflow:
      "scores ran out of the range of numbers; lower learning_rate or rescale the target"
    case .featureMissing(let name): "the table has no column \(name), which the model needs"
    case .featureKind(let name, let isCategorical):
      "column \(name) must hold \(isCategorical ? "categories" : "numbers"), as when the model "
        + "was fitted"
    case .objective(let objective):
      "the model was fitted to \(objective == .poisson ? "counts" : "numbers"), not to an event; "
        + "use objective binary"
    case .form(let expected):
      expected == .matrix
        ? "the model takes a matrix of numbers, not columns of a table"
        : "the model takes columns of a table, not a matrix of numbers"
    case .modelText(let line, let problem): "line \(line) of the model text: \(problem)"
    case .cancelled: "cancelled"
    }
  }
}

/// What a target may hold.
public enum LabelDomain: String, Hashable, Sendable {
  case zeroOrOne = "0 or 1"
  case number = "a number of at most 1e15 in size"
  case notNegative = "a number from 0 to 1e15"
}

/// Why a text is not a model that can be read.
public enum ModelTextProblem: Hashable, Sendable, CustomStringConvertible {
  case missing(key: String)
  case malformed(key: String)
  case count(key: String, needed: Int, found: Int)
  case unsupported(what: String)
  /// A node or leaf number outside the tree, or a loop.
  case structure(key: String)

  public var description: String {
    switch self {
    case .missing(let key): "\(key) is missing"
    case .malformed(let key): "\(key) is not what the format has there"
    case .count(let key, let needed, let found): "\(key) needs \(needed) values, found \(found)"
    case .unsupported(let what): "\(what) is not supported"
    case .structure(let key): "\(key) does not describe a tree"
    }
  }
}

extension LearningError {
  /// Bytes in the unit that suits them, to two digits.
  private static func size(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let text = value < 9.95 ? "\((value * 10).rounded() / 10)" : "\(value.rounded())"
    return "\(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) \(units[unit])"
  }

  /// What a refusal of the numerical layer means to a learner.
  package init(_ error: NumericalError) {
    switch error {
    case .nonFinite(let row, let column): self = .nonFinite(row: row, column: column)
    default: self = .numerical(error)
    }
  }
}
