/// What trials have cost so far, by experiment and model, and what that says of those to come.
struct TrialCosts {
  private struct Kind {
    var leftCount = 0
    var endedCount = 0
    var seconds = 0.0

    var mean: Double? { endedCount > 0 ? seconds / Double(endedCount) : nil }
  }

  /// In the order of the plan.
  private var kinds: [Kind] = []
  private var places: [String: Int] = [:]

  /// Trials of which only the number is known.
  private var unknownCount = 0

  /// - Parameter trials: those still to be computed, each key once.
  init(_ trials: [Plan.Trial] = []) { add(trials) }

  /// Puts trials on the list.
  ///
  /// - Parameter unknown: how many others are expected to follow.
  mutating func add(_ trials: [Plan.Trial], unknown: Int = 0) {
    unknownCount = unknown
    for trial in trials {
      let name = Self.name(of: trial)
      let place = places[name] ?? kinds.count
      if place == kinds.count {
        places[name] = place
        kinds.append(Kind())
      }
      kinds[place].leftCount += 1
    }
  }

  private static func name(of trial: Plan.Trial) -> String {
    let part = trial.rung.map { "/\($0.folds ?? $0.rows ?? 0)" } ?? ""
    return "\(trial.experiment)/\(trial.model)\(part)"
  }

  /// Takes a trial off the list, and notes what it has cost if that is known.
  mutating func remove(_ trial: Plan.Trial, seconds: Double?) {
    guard let place = places[Self.name(of: trial)] else { return }
    kinds[place].leftCount = max(0, kinds[place].leftCount - 1)
    guard let seconds else { return }
    kinds[place].endedCount += 1
    kinds[place].seconds += seconds
  }

  /// Seconds until the rest has ended; nil before the first trial.
  ///
  /// A trial is expected to cost what trials of its experiment and model have cost, or all trials where there is
  /// none yet. How many ran side by side, and what passed between them, shows in what those that ended took
  /// together against the time that passed.
  func remaining(elapsed: Double) -> Double? {
    let ended = kinds.reduce(0) { $0 + $1.endedCount }
    guard ended > 0 else { return nil }
    let seconds = kinds.reduce(0) { $0 + $1.seconds }
    let left = kinds.reduce(unknownCount) { $0 + $1.leftCount }
    guard seconds > 0 else { return elapsed / Double(ended) * Double(left) }
    let mean = seconds / Double(ended)
    let work = kinds.reduce(Double(unknownCount) * mean) {
      $0 + Double($1.leftCount) * ($1.mean ?? mean)
    }
    return work * elapsed / seconds
  }
}
