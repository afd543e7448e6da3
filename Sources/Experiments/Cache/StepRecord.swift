/// A step of trials as it was carried out: what it has cost and how many trials it served.
public struct StepRecord: Hashable, Sendable, Codable {
  /// `standardize`, `hierarchical merge tree`, or a model for the fit of one trial.
  public let name: String
  /// SHA-256 over all that decides what the step makes.
  public let key: String
  /// Trials that have ended behind it.
  public let trials: Int
  public let seconds: Double
  /// Seconds that reading from the cache has spared; nil where nothing was read.
  public let spared: Double?

  public init(name: String, key: String, trials: Int, seconds: Double, spared: Double? = nil) {
    self.name = name
    self.key = key
    self.trials = trials
    self.seconds = seconds
    self.spared = spared
  }

  /// What the step takes without a cache.
  var fullSeconds: Double { seconds + (spared ?? 0) }
}

/// What trials gain by having steps in common.
public struct StageSharing: Hashable, Sendable, Codable {
  public let trials: Int
  /// Steps that are carried out.
  public let steps: Int
  /// Steps if every trial went through its own alone.
  public let stepsAlone: Int
  /// What the steps that are not repeated would have taken; nil if that is not known.
  public let secondsSaved: Double?
  /// Steps of which the cache had a part.
  public let cachedSteps: Int
  /// What these have not taken for that; no part of `secondsSaved`.
  public let secondsSpared: Double

  init(
    trials: Int, steps: Int, stepsAlone: Int, secondsSaved: Double?, cachedSteps: Int = 0,
    secondsSpared: Double = 0
  ) {
    self.trials = trials
    self.steps = steps
    self.stepsAlone = stepsAlone
    self.secondsSaved = secondsSaved
    self.cachedSteps = cachedSteps
    self.secondsSpared = secondsSpared
  }

  /// Of steps that were carried out for `trials` trials.
  public init(trials: Int, steps: [StepRecord]) {
    self.init(
      trials: trials, steps: steps.count, stepsAlone: steps.reduce(0) { $0 + max(1, $1.trials) },
      secondsSaved: steps.reduce(0) { $0 + Double(max(0, $1.trials - 1)) * $1.fullSeconds },
      cachedSteps: steps.count { $0.spared != nil },
      secondsSpared: steps.reduce(0) { $0 + ($1.spared ?? 0) })
  }

  /// `36 trials, 74 steps instead of 180; sharing saved 12.4 s, the cache 3.1 s`.
  ///
  /// - Parameter verb: what sharing does with the seconds, `saved` or `saves`.
  public func sentence(_ verb: String) -> String {
    let counts =
      "\(trials) \(trials == 1 ? "trial" : "trials"), \(steps) \(steps == 1 ? "step" : "steps")"
    let cached = cachedSteps > 0 ? "the cache \(verb) \(Self.text(seconds: secondsSpared))" : nil
    guard stepsAlone > steps else {
      return "\(counts), nothing to share" + (cached.map { "; \($0)" } ?? "")
    }
    let saved = [secondsSaved.map { "sharing \(verb) \(Self.text(seconds: $0))" }, cached]
      .compactMap { $0 }.joined(separator: ", ")
    return "\(counts) instead of \(stepsAlone)" + (saved.isEmpty ? "" : "; \(saved)")
  }

  /// Seconds to three digits or so: `0.012 s`, `12.4 s`, `754 s`.
  static func text(seconds: Double) -> String {
    let scale = seconds < 1 ? 1000.0 : seconds < 100 ? 10 : 1
    let rounded = (seconds * scale).rounded() / scale
    return (Int(exactly: rounded).map(String.init) ?? "\(rounded)") + " s"
  }
}
