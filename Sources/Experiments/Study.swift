public import Artifacts
public import Evaluation
public import Learning
public import Tabular

/// What a user asks for, typed and complete: every name is known, every value inside its domain.
public struct Study: Hashable, Sendable, Codable {
  public var name: String
  public var seed: UInt64
  public var data: DataSource
  public var split: Split
  public var experiments: [Experiment]
  public var gates: [Gate]
  public var limits: Limits
  public var report: Report
  /// What people say of the models; nil for nothing.
  public var card: CardNotes? = nil
  /// Models to register after a run that passes; nil for none.
  public var register: [Registration]? = nil

  /// Where the chosen model of an experiment goes.
  public struct Registration: Hashable, Sendable, Codable {
    public var experiment: String
    /// In the registry.
    public var name: String
    /// Points to it afterwards; nil for none.
    public var alias: String?

    public init(experiment: String, name: String, alias: String? = nil) {
      self.experiment = experiment
      self.name = name
      self.alias = alias
    }
  }

  /// A table and what its columns mean.
  public struct DataSource: Hashable, Sendable, Codable {
    /// As written: relative to the study's folder unless absolute.
    public var source: String
    public var roles: Roles
    /// One character, or nil to find it out.
    public var delimiter: String?
    /// Texts that stand for a missing value; nil for the reader's own.
    public var nullTokens: [String]?
    public var kinds: [String: ColumnKind]
  }

  /// Which rows are learnt from and which only measured.
  public struct Split: Hashable, Sendable, Codable {
    public enum Scheme: String, Hashable, Sendable, Codable, CaseIterable {
      case random
      /// Events in proportion everywhere.
      case stratified
      /// Groups of rows, such as households, stay together.
      case group
      /// The past is learnt from, what follows is measured; groups stay together where they have a role.
      case forwardTime = "forward-time"
    }

    public var scheme: Scheme
    /// The share of rows set aside for one last measurement of the chosen trial; nil for none.
    public var holdout: Double?
    /// Folds of the cross-validation of classifiers.
    public var folds: Int
    /// How long before a measured row learning stops, in the unit of the time column (days of a date).
    public var gap: Double
  }

  /// One question put to the data, and the trials that may answer it.
  public struct Experiment: Hashable, Sendable, Codable {
    public enum Task: String, Hashable, Sendable, Codable, CaseIterable {
      case cluster, classify
    }

    public var id: String
    public var task: Task
    /// Axes crossed with every block.
    public var shared: [Axis]
    public var grid: [Block]
    /// Names of the metrics to measure, in the order of the leaderboard's columns.
    public var metrics: [String]
    public var require: [Threshold]
    public var select: SelectionRule
    /// What a classification asks for beyond that; nil for clusterings.
    public var classification: Classification?
    /// How stability is measured; nil where nothing asks for it.
    public var stability: Stability?
    /// What a clustering asks for beyond that; nil for classifications and where nothing is asked.
    public var clustering: Clustering?
    /// Nil for the study's seed alone.
    public var seeds: Seeds?
    /// Nil for every combination of the axes.
    public var search: Search?
  }

  /// What the segments of a clustering are worth, and what they are to be called.
  public struct Clustering: Hashable, Sendable, Codable {
    /// A numeric column, which need not be a feature.
    public var value: String?
    public var names: [SegmentName] = []
    /// Names in the order of mean value, greatest first.
    public var namesByValue: [String] = []

    public struct SegmentName: Hashable, Sendable, Codable {
      public var segment: Int
      public var name: String
    }
  }

  /// How classifiers are judged and prepared for use.
  public struct Classification: Hashable, Sendable, Codable {
    /// How scores become probabilities, learnt from scores out of fold.
    public var calibrate = CalibrationMethod.none
    /// How the cut between contacting and not is chosen from scores out of fold.
    public var threshold = ThresholdRule.best(.f1)
    /// Columns to use although they know the outcome too well.
    public var allowLeak: [String] = []
    /// Columns by whose levels metrics are broken down.
    public var slices: [String] = []
    /// Bins of the gains table; nil for as many as usual, so that keys of trials that do not ask stay as they are.
    public var gainsBins: Int?
    /// Models that were added to be beaten.
    public var baselines: [String] = []
  }

  /// Bounds on a measured value, both inclusive.
  public struct Threshold: Hashable, Sendable, Codable {
    public var metric: String
    public var min: Double?
    public var max: Double?
  }

  /// Which eligible trial is best.
  public struct SelectionRule: Hashable, Sendable, Codable {
    /// What ranks; of several metrics that count alike, the first.
    public var metric: String
    /// Metrics asked in turn where the first is equal.
    public var ties: [String] = []
    /// Metrics none of which outweighs another; empty where one metric ranks.
    public var pareto: [String] = []
    /// What decides among the best: trials that cannot be told apart from the one that leads, or that none beats
    /// in all metrics; empty for the leading one.
    public var then: [Preference] = []
  }

  /// What makes one of several good trials the better choice.
  public enum Preference: Hashable, Sendable, Codable {
    /// The smallest model in bytes.
    case cheapest
    /// The least work per scored row, counted, not timed: times would choose another trial in another run.
    case fastest
    /// The most stable segments, or the least spread of the ranking metric over folds.
    case mostStable
    /// The least calibration error.
    case bestCalibrated
    case metric(String)
  }

  /// What the chosen trial of an experiment must keep for the run to pass: bounds of a value, or of its change
  /// against another model.
  public struct Gate: Hashable, Sendable, Codable {
    /// What is held against the bounds.
    public enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
      case value
      /// The end of the interval that is nearer to the bound, so that chance alone does not pass.
      case interval
    }

    /// How far the value may lie from the same metric of another model.
    public struct Comparison: Hashable, Sendable, Codable {
      public enum Missing: String, Hashable, Sendable, Codable, CaseIterable { case fail, pass }

      /// A run, a model or a name in the registry.
      public var vs: String
      /// Value less reference.
      public var minChange: Change?
      public var maxChange: Change?
      /// How the gate ends where `vs` names nothing, as before there is a first champion.
      public var ifMissing: Missing
    }

    /// An amount, or a share of the reference's size.
    public struct Change: Hashable, Sendable, Codable {
      public var amount: Double
      public var isRelative: Bool

      private enum CodingKeys: String, CodingKey {
        case amount
        case isRelative = "relative"
      }
    }

    public var experiment: String
    /// `all`, `train`, `folds` or `holdout`; nil for the rows that rank trials.
    public var split: String?
    /// The metric, with bounds unless the gate compares.
    public var threshold: Threshold
    /// Nil for the value.
    public var by: Basis?
    public var comparison: Comparison?
  }

  public struct Limits: Hashable, Sendable, Codable {
    /// The share of trials that may fail, 0 … 1.
    public var maxFailureRate: Double = 1
    /// Bytes that fits may take beside their input; nil for what the machine has.
    public var memory: Double?
    /// Seconds after which no further trial starts; nil for none.
    public var timeLimit: Double?
    /// Seconds that a trial may take; nil for any.
    public var perTrial: Double?
    /// How many trials are computed, in the order of the plan; nil for all.
    public var maxTrials: Int?
    /// Bytes that the cache may take, 0 for no cache; nil for the usual.
    public var cache: Double?

    /// Whether no larger share of the trials that ended has failed than may; none are no share.
    package func allows(failed: Int, of ended: Int) -> Bool {
      // A quotient is the nearest number to the share, as a written rate is; a product of both may lie beside it.
      ended == 0 || Double(failed) / Double(ended) <= maxFailureRate
    }
  }

  public struct Report: Hashable, Sendable, Codable {
    public enum Format: String, Hashable, Sendable, Codable, CaseIterable { case html, md, json }

    public var formats: [Format]
  }
}

/// The values one parameter takes in a grid.
public struct Axis: Hashable, Sendable, Codable {
  /// A preprocessing step, or `model`.
  public var stage: String
  /// The canonical name.
  public var parameter: String
  public var values: [ParameterValue]
  /// What a search draws values from in place of `values`.
  public var range: AxisRange?

  public init(stage: String, parameter: String, values: [ParameterValue]) {
    self.stage = stage
    self.parameter = parameter
    self.values = values
  }
}

/// Trials of one model: the product of its axes, less what its conditions leave out.
public struct Block: Hashable, Sendable, Codable {
  public var model: String
  /// Each element is a set of axes that advance together; most have one axis.
  public var axes: [[Axis]]
  /// Combinations must take one of the values of every one of these.
  public var when: [Axis]
  /// Combinations that take one of the values of every axis of a set are left out.
  public var exclude: [[Axis]]
  /// Instead of the experiment's.
  public var seeds: Study.Seeds?
}

/// A study with the text and the place it came from.
public struct StudyFile: Sendable {
  public var study: Study
  /// The text as it stands in the file.
  public var text: String
  public var path: String
  /// `key=value` as given on the command line, in order.
  public var overrides: [String]

  public init(study: Study, text: String, path: String, overrides: [String]) {
    self.study = study
    self.text = text
    self.path = path
    self.overrides = overrides
  }

  /// Where the table lies: `data.source`, relative to the study's folder.
  public var sourcePath: String {
    let source = study.data.source
    guard !source.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return source }
    return path[...slash] + source
  }
}
