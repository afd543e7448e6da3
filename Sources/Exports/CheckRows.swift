import Learning
import Numerical
import Tabular

/// Made-up rows on which an export has to answer as its model does: values on the thresholds of trees and
/// next to them, at and beyond the ends of the schema's ranges, missing ones and levels never seen.
struct CheckRows: Sendable {
  static let count = 10_000

  let table: Table

  init(_ plan: ScoringPlan) {
    self.init(
      plan.inputs, passthrough: plan.passthrough, consent: plan.consent,
      thresholds: Self.thresholds(of: plan.trees, inputCount: plan.inputs.count),
      // A logarithm is not defined everywhere; the schema's range lies within what training had.
      staysInside: plan.steps.contains { if case .logarithm = $0 { true } else { false } })
  }

  /// - Parameter thresholds: for each input, the numbers that answers change at.
  init(
    _ inputs: [EncoderInput], passthrough: [String], consent: ConsentRule? = nil,
    thresholds: [[Double]], staysInside: Bool = false
  ) {
    let columns = inputs.enumerated().map { place, input in
      var random = RandomSource(seed: Seed(UInt64(place + 1)))
      let isMissing = (0..<Self.count).map { row in
        row > 0 && random.uniform() < (row % 2 == 0 ? 0.02 : 0.2)
      }
      let values: Column.Values =
        switch input.coding {
        case .number(let coding):
          Self.numbers(
            input, coding, thresholds[place], staysInside: staysInside, &random)
        case .category(let coding): Self.levels(coding, &random)
        }
      return Column(
        name: input.name, values: values.blank(where: isMissing),
        missingRows: isMissing.indices.filter { isMissing[$0] })
    }
    let ids = passthrough.map { name in
      Column(name: name, values: .text((0..<Self.count).map { "row \($0 + 1)" }))
    }
    let answers = consent.map { rule in
      Column(
        name: rule.column,
        values: .text([String](repeating: rule.allow.first ?? "", count: Self.count)))
    }
    table = Table(columns: columns + ids + [answers].compactMap { $0 })
  }

  /// The thresholds on each input, ascending.
  private static func thresholds(of trees: [Tree], inputCount: Int) -> [[Double]] {
    var found = [Set<Double>](repeating: [], count: inputCount)
    for tree in trees {
      for node in tree.nodes where !node.isCategorical && node.threshold.isFinite {
        found[Int(node.feature)].insert(node.threshold)
      }
    }
    return found.map { $0.sorted() }
  }

  private static func numbers(
    _ input: EncoderInput, _ coding: NumberCoding, _ thresholds: [Double], staysInside: Bool,
    _ random: inout RandomSource
  ) -> Column.Values {
    let low = coding.minimum ?? 0
    let high = coding.maximum ?? 0
    let reach = staysInside ? 0 : (high / 2 - low / 2) / 2
    func draw() -> Double {
      let kind = random.uniform()
      if kind < 0.6, !thresholds.isEmpty {
        let threshold = thresholds[Int(random.uniform() * Double(thresholds.count))]
        return [threshold.nextDown, threshold, threshold.nextUp][Int(random.uniform() * 3)]
      }
      if kind < 0.65 { return [low, high, coding.fill ?? 0][Int(random.uniform() * 3)] }
      let share = random.uniform()
      let value = (low - reach) * (1 - share) + (high + reach) * share
      return kind < 0.8 ? value.rounded() : value
    }
    // Ranges leave out what few customers have; trees divide there too.
    let ends = staysInside ? [] : [thresholds.first?.nextDown, thresholds.last?.nextUp]
    let least = (ends.compactMap { $0 } + [low - reach]).min() ?? low
    let most = (ends.compactMap { $0 } + [high + reach]).max() ?? high
    let drawn = (0..<count).map { _ in min(max(draw(), least), most) }
    switch input.kind {
    case .boolean: return .boolean(drawn.map { $0 >= 0.5 })
    case .date: return .date(drawn.map { Int32(exactly: $0.rounded()) ?? 0 })
    case .integer, .real, .category, .text: return .real(drawn.map { $0.isFinite ? $0 : 0 })
    }
  }

  private static func levels(
    _ coding: CategoryCoding, _ random: inout RandomSource
  ) -> Column.Values {
    var levels = coding.places.map(\.level)
    // Never seen in training, one with a quotation mark.
    levels += ["unseen", "un'seen"].filter { !levels.contains($0) }
    return .text((0..<count).map { _ in levels[Int(random.uniform() * Double(levels.count))] })
  }
}

extension Column.Values {
  /// With the values that stand at missing rows.
  fileprivate func blank(where isMissing: [Bool]) -> Self {
    func keep<Value>(_ values: [Value], or blank: Value) -> [Value] {
      values.indices.map { isMissing[$0] ? blank : values[$0] }
    }
    return switch self {
    case .integer(let values): .integer(keep(values, or: 0))
    case .real(let values): .real(keep(values, or: 0))
    case .boolean(let values): .boolean(keep(values, or: false))
    case .category(let codes, let levels): .category(codes: keep(codes, or: -1), levels: levels)
    case .date(let values): .date(keep(values, or: 0))
    case .text(let values): .text(keep(values, or: ""))
    }
  }
}
