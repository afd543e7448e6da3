/// What the trials of a plan will probably cost.
///
/// An estimate: steps that an earlier run has timed on the same table are taken as they were then, all others are
/// judged by small samples. The cache is taken to be empty.
public struct PlanForecast: Hashable, Sendable, Encodable {
  /// Where the seconds come from.
  public struct Basis: Hashable, Sendable, Encodable {
    /// Steps that earlier runs have timed on the same table.
    public var earlierSteps = 0
    /// Steps judged by samples.
    public var sampledSteps = 0
    /// Steps of which nothing is known; they are counted as taking no time.
    public var unknownSteps = 0
    /// Trials that were tried on samples.
    public var sampledTrials = 0
    /// Rows of the largest sample; 0 where none was needed.
    public var sampleRows = 0
    /// Rows of the table.
    public var rows = 0
  }

  public struct Step: Hashable, Sendable, Encodable {
    public let name: String
    public let key: String
    public let trials: Int
    /// Nil if nothing is known of it.
    public let seconds: Double?
  }

  public struct Trial: Hashable, Sendable, Encodable {
    public let number: Int
    /// From 1, among all trials of the plan, each key once; those that have ended lie between.
    public let position: Int
    public let id: String
    public let experiment: String
    public let model: String
    /// Of its own fit and measuring; nil if nothing is known of them.
    public let seconds: Double?
    /// Of these and of the steps that it is the first to need.
    public let addedSeconds: Double
    /// Trials that run side by side with it.
    public let lanes: Int
    /// Bytes that its fit takes beside the rows; nil if the algorithm refuses its settings.
    public let bytes: Double?

    /// Seconds by which the trial puts off the end.
    var elapsed: Double {
      let own = min(seconds ?? 0, addedSeconds)
      return addedSeconds - own + own / Double(lanes)
    }
  }

  /// The first trials of the plan that end within a budget.
  public struct Cut: Hashable, Sendable, Encodable {
    /// Seconds.
    public let budget: Double
    /// How many of the trials that have not ended fit.
    public let trialCount: Int
    /// For `limits.max_trials`; 0 if not even the first trial fits.
    public let maxTrials: Int
    /// Until the last of them ends.
    public let seconds: Double
  }

  public let basis: Basis
  /// Trials of the plan, each key once, that have ended before.
  public let endedTrials: Int
  /// Of the trials that have not; so is everything below.
  public let sharing: StageSharing
  public let steps: [Step]
  /// In the order of the plan.
  public let trials: [Trial]
  /// Seconds of computing, each trial by itself.
  public let seconds: Double
  /// Seconds until the end: what trials do side by side is divided among them.
  public let elapsed: Double
  /// The most bytes that fits take together beside the rows.
  public let bytes: Double?
  public internal(set) var cut: Cut?

  /// - Parameters:
  ///   - positions: of trials in the plan, by key.
  ///   - costs: seconds of each step, nil where nothing is known.
  ///   - bytes: of each trial.
  ///   - lanes: of each trial.
  init(
    _ planned: PlannedSteps, positions: [String: Int], costs: [Double?], bytes: [Double?],
    lanes: [Int], basis: Basis
  ) {
    self.basis = basis
    endedTrials = positions.count - planned.trials.count
    steps = zip(planned.all, costs).map { planned, seconds in
      Step(
        name: planned.step.name, key: planned.step.key, trials: planned.trialCount,
        seconds: seconds)
    }
    var isPaid = [Bool](repeating: false, count: planned.all.count)
    trials = planned.trials.indices.map { index in
      let (trial, places) = planned.trials[index]
      var added = 0.0
      for place in places where !isPaid[place] {
        isPaid[place] = true
        added += costs[place] ?? 0
      }
      return Trial(
        number: trial.number, position: positions[trial.key] ?? 0, id: trial.id,
        experiment: trial.experiment, model: trial.model,
        seconds: places.last.flatMap { costs[$0] }, addedSeconds: added, lanes: lanes[index],
        bytes: bytes[index])
    }
    var saved = 0.0
    for (step, cost) in zip(planned.all, costs) {
      saved += Double(step.trialCount - 1) * (cost ?? 0)
    }
    let counts = planned.sharing
    sharing = StageSharing(
      trials: counts.trials, steps: counts.steps, stepsAlone: counts.stepsAlone,
      secondsSaved: basis.unknownSteps == planned.all.count ? nil : saved)
    seconds = trials.reduce(0) { $0 + $1.addedSeconds }
    elapsed = trials.reduce(0) { $0 + $1.elapsed }
    let together = trials.compactMap { trial in trial.bytes.map { $0 * Double(trial.lanes) } }
    self.bytes = together.max()
  }

  /// The first trials of the plan that end within `budget` seconds.
  public func cut(to budget: Double) -> Cut {
    var (count, spent) = (0, 0.0)
    for trial in trials {
      let next = spent + trial.elapsed
      guard next <= budget else { break }
      (count, spent) = (count + 1, next)
    }
    // Trials that have ended count for `max_trials` too, as far as they come before.
    return Cut(
      budget: budget, trialCount: count, maxTrials: count == 0 ? 0 : trials[count - 1].position,
      seconds: spent)
  }
}
