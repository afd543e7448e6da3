public import Artifacts
public import Evaluation
public import Learning

/// What a report shows of one classifier beyond its metrics: aggregates only, never a customer's row.
///
/// Everything but importance, dependence and coefficients is of the training rows' scores out of fold: each
/// row was scored by a pipeline that had not seen it, and calibrated by a map that had not seen it either.
public struct ClassificationEvidence: Hashable, Sendable, Codable {
  public var rowCount: Int
  public var eventCount: Int
  public var foldCount: Int
  public var calibrationMethod: CalibrationMethod
  public var roc: ROCCurve
  public var precisionRecall: PrecisionRecallCurve
  public var gains: GainsTable
  public var histogram: ScoreHistogram
  /// Of the scores before calibration, and after it; the same without one.
  public var rawCalibration: CalibrationCurve
  public var calibration: CalibrationCurve
  public var cut: CutRecord
  /// In the order of falling permutation importance.
  public var importance: [ColumnRecord]
  /// Of the most important columns.
  public var dependence: [DependenceRecord]
  /// The loss of the watched rows after each tree or step, where the fit has one.
  public var losses: [Double]
  /// Of a linear model; empty for others.
  public var coefficients: [CoefficientRecord]
  public var slices: [SliceRecord]
  /// The metric of every fold, by metric name.
  public var folds: [FoldRecord]
  /// Seconds are elsewhere: what a report needs of the model's size.
  public var modelBytes: Int

  /// The chosen cut between contacting and not, and what it does to the rows.
  public struct CutRecord: Hashable, Sendable, Codable {
    /// How it was chosen, in words, such as `the best 5 % of customers`.
    public var rule: String
    public var threshold: Double
    public var contactShare: Double
    public var confusion: ConfusionMatrix
    /// Profit by share of contacts, where value and cost are known.
    public var profit: ProfitCurve?
  }

  /// How much a column matters.
  public struct ColumnRecord: Hashable, Sendable, Codable {
    public var column: String
    /// The share of all gain, or of all absolute standardised coefficients, 0…1; nil where the model has none.
    public var fitted: Double?
    /// By how much the ROC AUC falls when the column's values are shuffled among rows: mean and standard
    /// deviation over shuffles.
    public var permutation: Double
    public var permutationSpread: Double
    /// Mean absolute contribution to a row's score; nil where the model gives none.
    public var contribution: Double?
  }

  /// The mean prediction as one column takes other values, all else as it is.
  public struct DependenceRecord: Hashable, Sendable, Codable {
    public struct Point: Hashable, Sendable, Codable {
      /// The number, or nil for a category or a missing value.
      public var number: Double?
      /// The number, level or `(missing)` as text.
      public var label: String
      /// Mean probability over the sampled rows.
      public var mean: Double
      /// Tenth and ninetieth percentile over the rows.
      public var low: Double
      public var high: Double
      /// The share of training rows at this level, or between this number and the next.
      public var share: Double
    }

    public var column: String
    public var isCategorical: Bool
    public var points: [Point]
    /// Individual conditional expectations: one list per sampled row, an entry per point.
    public var rows: [[Double]]
    /// The rows that means were taken over.
    public var rowCount: Int
  }

  /// A coefficient of a linear model, per matrix column.
  public struct CoefficientRecord: Hashable, Sendable, Codable {
    public var feature: String
    public var coefficient: Double
    public var oddsRatio: Double
    /// Nil where the fit gives none, as with a penalty.
    public var standardError: Double?
  }

  /// The metrics within the rows that share a level.
  public struct SliceRecord: Hashable, Sendable, Codable {
    public var column: String
    public var level: String
    public var rowCount: Int
    public var eventCount: Int
    public var meanScore: Double
    public var rate: Double
    /// Nil where a level has one class only.
    public var rocAUC: Double?
    /// By DeLong's variance; nil where a class has one row, and in files from before it was kept.
    public var rocAUCInterval: Interval?
    /// The experiment's other metrics in their order; nil in files from before they were kept.
    public var metrics: [Figure]?

    public struct Figure: Hashable, Sendable, Codable {
      public var metric: String
      /// Nil where the metric is not defined for the level's rows.
      public var value: Double?
    }
  }

  public struct FoldRecord: Hashable, Sendable, Codable {
    public var metric: String
    /// By fold; nil where a fold has no value.
    public var values: [Double?]
  }
}

/// How long a trial took (`timings.json`), which differs from run to run; where it ran is in its model.
public struct TrialTimings: Hashable, Sendable, Codable {
  public var seconds: Double
  /// Of classifiers.
  public var latency: LatencyRecord?

  /// Seconds that all but one of a hundred single rows stay below, once the model is warm.
  public var secondsPerRow: Double? { latency.map { $0.warm.p99 / 1e6 } }
}

/// A column that knows the outcome too well (in `leaderboard.json`).
public struct LeakFinding: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    /// The column alone ranks the target with an AUC above 0.98.
    case separates
    /// Equal to the target, its opposite, or a monotone function of it.
    case copy
    /// Declared to be known only after the outcome.
    case afterOutcome = "after_outcome"
    /// Nearly every row has a value of its own.
    case nearlyUnique = "nearly_unique"
  }

  public var column: String
  public var kind: Kind
  /// The AUC of the column alone, or the share of distinct values; nil where the kind needs none.
  public var value: Double?
  /// Whether the study lists it under `allow_leak`.
  public var isAllowed = false
  /// Whether the column was kept out of the models.
  public var isExcluded = false

  public init(
    column: String, kind: Kind, value: Double? = nil, isAllowed: Bool = false,
    isExcluded: Bool = false
  ) {
    self.column = column
    self.kind = kind
    self.value = value
    self.isAllowed = isAllowed
    self.isExcluded = isExcluded
  }
}
