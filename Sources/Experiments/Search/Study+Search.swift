extension Study {
  /// How the trials of an experiment are taken from its axes, and which of them are seen through.
  public struct Search: Hashable, Sendable, Codable {
    /// How configurations are proposed.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
      /// Every combination in order, or the first of them.
      case grid
      /// Drawn one by one: a longer search begins with the trials of a shorter one.
      case random
      /// Drawn together, so that every axis is covered evenly; another number of trials draws others.
      case latinHypercube = "latin-hypercube"
      /// Drawn where results so far are good (`TreeParzen`); a longer search begins as a shorter one.
      case tpe
    }

    public var method: Method
    /// Configurations; nil for all of a grid.
    public var trials: Int?
    /// Nil for the study's seed.
    public var seed: UInt64?
    /// Of `tpe`: configurations that are drawn before results count.
    public var startup: Int?
    /// Of `tpe`: configurations that are proposed from the same results.
    public var batch: Int?
    /// Nil where every trial is seen through.
    public var drop: Drop?
  }

  /// How trials that lose are left before they have cost all that a trial costs.
  ///
  /// They are measured on a part first: classifiers on some of the folds, clusterings on a sample of the rows.
  public struct Drop: Hashable, Sendable, Codable {
    public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
      /// Out goes what a test tells apart from the best.
      case racing
      /// Of every `factor` trials the best stays.
      case halving
    }

    public var rule: Rule
    /// Folds or rows of the first measurement; nil for `Ladder`'s own.
    public var first: Int?
    /// By how much a measurement of `halving` is greater than the one before.
    public var factor: Int?
  }
}

extension Study.Search {
  static let all = Study.Search(method: .grid)
  static let startup = 10
  static let batch = 4

  /// How many configurations may be proposed.
  var limit: Int { trials ?? Grid.trialLimit }
}
