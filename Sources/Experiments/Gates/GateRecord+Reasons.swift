internal import Evaluation
internal import Learning

/// Why gates were not met, in sentences.
extension GateRecord {
  /// Of a gate that bounds a value.
  func missedBound(_ gate: Study.Gate, _ direction: Direction) -> String? {
    guard gate.by == .interval, let interval else { return gate.threshold.miss(value) }
    let name = gate.threshold.metric
    let level = Self.short(100 * interval.level)
    func end(_ word: String, _ end: Double, _ place: String, _ bound: Double) -> String {
      "the \(word) end \(Self.short(end)) of the \(level)% interval of \(name) is \(place) \(bound)"
    }
    if let min, !(interval.lower >= min) { return end("lower", interval.lower, "below", min) }
    if let max, !(interval.upper <= max) { return end("upper", interval.upper, "above", max) }
    return nil
  }

  /// Of a gate that compares: `roc_auc 0.741 is 0.012 worse than 0.753 of shop@champion; at most 0.002
  /// worse is allowed (paired, 95% interval of the change -0.02 to -0.004)`.
  func missedChange(
    _ gate: Study.Gate, _ comparison: Study.Gate.Comparison, _ direction: Direction
  ) -> String? {
    guard let value, let reference, let before = reference.value, let change = reference.change
    else { return nil }
    let amount = Self.short(abs(change))
    let place =
      change == 0
      ? "equal to"
      : "\(amount) \(Self.word(isRise: change > 0, direction)) than"
    let bounds = [
      comparison.minChange.map { Self.demand($0, isLeast: true, direction) },
      comparison.maxChange.map { Self.demand($0, isLeast: false, direction) },
    ].compactMap { $0 }.joined(separator: " and ")
    return
      "\(gate.name) \(Self.short(value)) is \(place) \(Self.short(before)) of \(reference.vs); "
      + "\(bounds) (\(evidence(reference)))"
  }

  private func evidence(_ reference: Reference) -> String {
    let isPaired = reference.method == .delong || reference.method == .pairedBootstrap
    let manner = isPaired ? "paired" : "unpaired"
    guard let interval else { return "\(manner), without an interval" }
    return "\(manner), \(Self.short(100 * interval.level))% interval of the change "
      + "\(Self.short(interval.lower)) to \(Self.short(interval.upper))"
      + (by == .interval ? ", all of which must keep the bound" : "")
  }

  /// What a bound of the change asks for, in the metric's own direction.
  private static func demand(
    _ change: Study.Gate.Change, isLeast: Bool, _ direction: Direction
  ) -> String {
    if change.amount == 0 {
      return "it must not be \(word(isRise: !isLeast, direction))"
    }
    let size = abs(change.amount)
    let amount = change.isRelative ? "\(short(100 * size))%" : short(size)
    let isRise = change.amount > 0
    // A least rise and a greatest fall are demanded; a least fall and a greatest rise are allowed.
    return isRise == isLeast
      ? "at least \(amount) \(word(isRise: isRise, direction)) is required"
      : "at most \(amount) \(word(isRise: isRise, direction)) is allowed"
  }

  private static func word(isRise: Bool, _ direction: Direction) -> String {
    isRise == (direction == .higherIsBetter) ? "better" : "worse"
  }

  private static func short(_ value: Double) -> String {
    let text = "\(value.rounded(toDigits: 4))"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
