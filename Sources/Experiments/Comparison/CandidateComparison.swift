internal import Evaluation
internal import Numerical

/// What one side puts up: the chosen trial of an experiment, or a model.
struct Candidate: Sendable {
  /// Of the trial.
  let id: String
  let model: String
  var metrics: [MetricRecord]
  /// Nil where rows were not scored or what they were scored as is not at hand.
  var answers: RowAnswers?
  /// Between contacting and not.
  var cut: Double?
  /// Fingerprint of the table whose rows were scored.
  var fingerprint: String
  var figures: [CandidateFigure] = []
  /// Of segments, by number.
  var names: [String] = []
}

/// A figure of a candidate that stands beside the other's: of a column, a coefficient or the whole.
struct CandidateFigure: Sendable {
  let kind: FigureComparison.Kind
  let name: String
  let value: Double
}

/// A figure of A beside the same of B.
public struct FigureComparison: Hashable, Sendable, Encodable {
  public enum Kind: String, Hashable, Sendable, Encodable, CaseIterable {
    case modelBytes = "model_bytes"
    case cut
    /// By how much the ROC AUC falls without the column's information.
    case permutationImportance = "permutation_importance"
    /// The share of all gain or of all standardised coefficients.
    case fittedImportance = "fitted_importance"
    /// Per column of the matrix, of log-odds.
    case coefficient
    /// Training rows of a segment, by its place in the order of size from 1.
    case segmentSize = "segment_size"
  }

  public let kind: Kind
  /// The column, the feature or the place of the segment; empty for figures of the whole.
  public let name: String
  public let a: Double?
  public let b: Double?

  static func between(_ a: [CandidateFigure], _ b: [CandidateFigure]) -> [FigureComparison] {
    Kind.allCases.flatMap { kind in
      matched(a.filter { $0.kind == kind }, b.filter { $0.kind == kind }, by: \.name)
        .compactMap { name, a, b in
          a?.value == b?.value
            ? nil : FigureComparison(kind: kind, name: name, a: a?.value, b: b?.value)
        }
    }
  }
}

/// The chosen trials of an experiment, or two models, side by side.
public struct CandidateComparison: Hashable, Sendable, Encodable {
  /// Why rows could not be compared one by one, or that they were.
  public enum Pairing: String, Hashable, Sendable, Codable {
    case paired
    /// The same trial on both sides: nothing to compare.
    case sameTrial = "same_trial"
    /// Other tables: row 7 of one is not row 7 of the other.
    case otherData = "other_data"
    /// The same table, but other rows of it were held back.
    case otherRows = "other_rows"
    /// Other outcomes or weights: the studies disagree on what is to be predicted.
    case otherTarget = "other_target"
    /// A side did not store what it said of every row.
    case notStored = "not_stored"
  }

  public struct Name: Hashable, Sendable, Encodable {
    public let trial: String
    public let model: String
  }

  /// A side without a chosen trial is nil.
  public let names: Pair<Name?>
  /// Parameters by `step.parameter`.
  public let settings: [SettingChange]
  /// Of A in their order, then those that B alone has.
  public let metrics: [MetricComparison]
  /// Figures that differ: sizes, cut, importance, coefficients.
  public let figures: [FigureComparison]
  public let pairing: Pairing
  /// Of classifiers that were paired.
  public let scores: ScoreComparison?
  /// Of clusterings that were paired.
  public let segments: SegmentComparison?

  public var isSame: Bool {
    settings.isEmpty && figures.isEmpty && metrics.allSatisfy { $0.verdict == .equal }
      && names.a?.model == names.b?.model && (scores?.changedRowCount ?? 0) == 0
      && (segments?.adjustedRandIndex ?? 1) == 1
  }

  init(_ a: Candidate?, _ b: Candidate?, settings: [SettingChange], on pool: WorkerPool) {
    names = Pair(
      a.map { Name(trial: $0.id, model: $0.model) }, b.map { Name(trial: $0.id, model: $0.model) })
    self.settings = settings
    figures = FigureComparison.between(a?.figures ?? [], b?.figures ?? [])
    let metrics = MetricComparison.between(a?.metrics ?? [], b?.metrics ?? [])
    let pairing = Self.pairing(a, b)
    self.pairing = pairing
    guard pairing == .paired, let a, let b else {
      self.metrics = metrics
      (scores, segments) = (nil, nil)
      return
    }
    switch (a.answers, b.answers) {
    case (.scores(let ofA), .scores(let ofB)):
      let cuts = Pair(a.cut, b.cut)
      let paired = try? PairedScores(ofA, ofB, cuts: cuts)
      let refined = paired?.refine(metrics, on: pool) ?? metrics
      self.metrics = PairedFolds(ofA, ofB)?.test(refined) ?? refined
      scores = ScoreComparison(ofA, ofB, cuts: cuts)
      segments = nil
    case (.labels(let ofA), .labels(let ofB)):
      self.metrics = metrics
      scores = nil
      segments = try? SegmentComparison(ofA, ofB, names: Pair(a.names, b.names))
    default:
      self.metrics = metrics
      (scores, segments) = (nil, nil)
    }
  }

  private static func pairing(_ a: Candidate?, _ b: Candidate?) -> Pairing {
    guard let a, let b else { return .notStored }
    if a.fingerprint != b.fingerprint { return .otherData }
    if a.id == b.id { return .sameTrial }
    guard let ofA = a.answers, let ofB = b.answers else { return .notStored }
    if ofA.rows.isEmpty || ofA.rows != ofB.rows { return .otherRows }
    if case .scores(let ofA) = ofA, case .scores(let ofB) = ofB {
      return ofA.outcomes == ofB.outcomes && ofA.weights == ofB.weights ? .paired : .otherTarget
    }
    if case .labels = ofA, case .labels = ofB { return .paired }
    return .otherTarget
  }
}
