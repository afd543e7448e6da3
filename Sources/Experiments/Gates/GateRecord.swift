public import Evaluation

/// How one gate ended (`gates.json`).
public struct GateRecord: Hashable, Sendable, Codable {
  /// What the value was held against, of a gate that compares.
  public struct Reference: Hashable, Sendable, Codable {
    /// As the study names it.
    public let vs: String
    /// Bounds of the change, as the study has them.
    public let minChange: Study.Gate.Change?
    public let maxChange: Study.Gate.Change?
    /// The trial that the name led to; nil if it led to none.
    public internal(set) var trial: String?
    public internal(set) var value: Double?
    /// Value less reference.
    public internal(set) var change: Double?
    /// Whether both scored the same rows, and if not, why not.
    public internal(set) var pairing: CandidateComparison.Pairing?
    /// Where the interval of the change comes from; nil without one.
    public internal(set) var method: MetricComparison.Method?
    /// Whether the reference was scored on this run's holdout for the gate.
    public internal(set) var isMeasuredHere: Bool?

    private enum CodingKeys: String, CodingKey {
      case vs, trial, value, change, pairing, method
      case minChange = "min_change"
      case maxChange = "max_change"
      case isMeasuredHere = "measured_here"
    }
  }

  /// As a study writes it: `experiment.metric` or `experiment.split.metric`.
  public let metric: String
  /// Bounds of the value; of its change where there is a reference, shares made amounts.
  public internal(set) var min: Double?
  public internal(set) var max: Double?
  /// The measured value of the chosen trial; nil if there is none.
  public internal(set) var value: Double?
  /// Of the value, or of the change where there is a reference; nil where none was estimated.
  public internal(set) var interval: Interval?
  /// What was held against the bounds; nil for the value or the change itself.
  public internal(set) var by: Study.Gate.Basis?
  public internal(set) var reference: Reference?
  /// How far what was measured lies on the wrong side of the bound; nil if the gate was met or nothing was
  /// measured.
  public internal(set) var shortfall: Double?
  public internal(set) var passed: Bool
  /// Why the gate was not met, or why it counts as met although nothing was compared.
  public internal(set) var reason: String?

  /// A gate that nothing has been held against yet.
  init(_ gate: Study.Gate) {
    metric = [gate.experiment, gate.split, gate.threshold.metric].compactMap { $0 }
      .joined(separator: ".")
    min = gate.threshold.min
    max = gate.threshold.max
    by = gate.by
    reference = gate.comparison.map {
      Reference(vs: $0.vs, minChange: $0.minChange, maxChange: $0.maxChange)
    }
    passed = false
  }

  mutating func fail(_ reason: String) {
    passed = false
    self.reason = reason
  }
}

extension GateRecord {
  /// What is held against the bounds: the change where there is a reference, else the value.
  public var figure: Double? { reference == nil ? value : reference?.change }

  /// Holds the figure, or the ends of its interval, against the bounds.
  ///
  /// 0.798 against 0.8 is a change of -0.002 although the difference of the two doubles is less: a change
  /// within rounding of its two values counts as equal to the bound.
  mutating func judge() {
    guard let figure else { return }
    var (low, high) = (figure, figure)
    if by == .interval {
      guard let interval else { return }
      (low, high) = (interval.lower, interval.upper)
    }
    let slack =
      reference == nil ? 0 : 2 * Swift.max(abs(value ?? 0), abs(reference?.value ?? 0)).ulp
    func misses(_ distance: Double) -> Bool { !(distance <= slack) }
    let missed = [min.map { $0 - low }, max.map { high - $0 }].compactMap { $0 }.filter(misses)
    passed = missed.isEmpty
    // What is not a number has no distance that JSON could hold.
    shortfall = missed.max().flatMap { $0.isFinite ? $0 : nil }
  }
}
