import Artifacts
import Learning
import Numerical

extension SQLQuery {
  /// The whole pipeline, from the columns of the table to the answers of scoring.
  ///
  /// - Throws: `.algorithm`.
  init(_ plan: ScoringPlan) throws(ModelExport.Obstacle) {
    self.init(
      passthrough: plan.passthrough, consent: plan.consent,
      requiresMore: plan.steps.contains { if case .logarithm = $0 { true } else { false } })
    var features = encode(plan.inputs)
    for step in plan.steps { features = transform(features, by: step) }
    switch plan.answer {
    case .segments(.nearest(let centers, let spreads), let names):
      place(features, among: centers, spreads: spreads, names: names)
    case .segments(.mixture, _): throw .algorithm("gaussian-mixture")
    case .event(let rule, let calibration, let decision):
      decide(logOdds(of: rule, over: features), calibration, decision)
    }
  }

  private mutating func place(
    _ features: SQLColumns, among centers: Matrix, spreads: [Double], names: [String]
  ) {
    let squares = (0..<centers.rowCount).map { center in
      SQLExpression.sum(
        features.indices.map { column in
          let difference = SQLExpression.difference(
            features[column], .number(centers[center, column]))
          return .product(difference, difference)
        })
    }
    let distances = add("squares", "d", squares)
    // Who is not farther than any later one, and comes after those that are, is nearest.
    let nearest = distances.indices.dropLast().map { center in
      let later = distances[(center + 1)...].map {
        SQLCondition.compare(distances[center], .atMost, $0)
      }
      return (when: SQLCondition.both(later), center: center)
    }
    func choice(_ value: (Int) -> SQLExpression) -> SQLExpression {
      let last = value(distances.count - 1)
      if nearest.isEmpty { return last }
      return .choice(nearest.map { ($0.when, value($0.center)) }, otherwise: last)
    }
    let placed = add(
      "nearest",
      ("v", [choice { .number(Double($0)) }, .call(.sqrt, choice { distances[$0] })]))[0]
    let spread = SQLExpression.byCase(
      placed[0], spreads.map { $0 > 0 ? .number($0) : .null })
    answer([
      ("segment", .whole(placed[0])),
      ("segment_name", .byCase(placed[0], names.map { .text($0) })), ("distance", placed[1]),
      ("strength", .number(1)),
      (
        "anomaly",
        .choice(
          [(.compare(placed[1], .equal, .number(0)), .number(0))],
          otherwise: .quotient(placed[1], spread))
      ),
    ])
  }

  private mutating func logOdds(
    of rule: ScoringPlan.EventRule, over features: SQLColumns
  ) -> SQLExpression {
    switch rule {
    case .constant(let value): return add("log_odds", "y", [.number(value)])[0]
    case .linear(let intercept, let coefficients):
      let terms = coefficients.indices.map {
        SQLExpression.product(.number(coefficients[$0]), features[$0])
      }
      return add("log_odds", "y", [.sum([.number(intercept)] + terms)])[0]
    case .boosting(let trees, let shift):
      return add("log_odds", "y", [.difference(sum(of: trees, over: features), .number(shift))])[0]
    case .forest(let trees):
      let share = SQLExpression.quotient(
        sum(of: trees, over: features), .number(Double(trees.count)))
      let shares = add("shares", "p", [share])
      let inside = add("inside", "p", [Self.inside(shares[0])])[0]
      let odds = SQLExpression.quotient(inside, .difference(.number(1), inside))
      return add("log_odds", "y", [.call(.ln, odds)])[0]
    }
  }

  /// Kept where the logarithms of a probability and of the rest are finite.
  private static func inside(_ probability: SQLExpression) -> SQLExpression {
    let margin = Double.ulpOfOne
    return .choice(
      [
        (.compare(probability, .less, .number(margin)), .number(margin)),
        (.compare(probability, .less, .number(1 - margin)), probability),
      ], otherwise: .number(1 - margin))
  }

  private static func logistic(_ x: SQLExpression) -> SQLExpression {
    .quotient(.number(1), .sum([.number(1), .exponential(.negative(x))]))
  }

  private mutating func decide(
    _ logOdds: SQLExpression, _ calibration: CalibrationMap, _ decision: PropensityDecision
  ) {
    let raw = add("raw", ("y", [logOdds]), ("p", [Self.logistic(logOdds)]))
    let (score, probability) = (raw[0][0], raw[1][0])
    let calibrated: [SQLColumns]
    switch calibration {
    case .none: calibrated = add("calibrated", ("p", [probability, probability]))
    case .sigmoid(let map):
      let margin = SQLExpression.sum([.product(.number(map.slope), score), .number(map.intercept)])
      calibrated = add("calibrated", ("p", [probability, Self.logistic(margin)]))
    case .isotonic(let map):
      calibrated = add("calibrated", ("p", [probability, Self.value(of: map, at: score)]))
    case .beta(let map):
      let inside = add("inside", ("p", [probability, Self.inside(probability)]))[0]
      let rest = SQLExpression.call(.ln, .difference(.number(1), inside[1]))
      let margin = SQLExpression.sum([
        .product(.number(map.a), .call(.ln, inside[1])), .product(.number(-map.b), rest),
        .number(map.c),
      ])
      calibrated = add("calibrated", ("p", [inside[0], Self.logistic(margin)]))
    }
    answer(calibrated[0], decision)
  }

  private mutating func answer(_ probabilities: SQLColumns, _ decision: PropensityDecision) {
    let calibrated = probabilities[1]
    func from(_ limit: Double) -> SQLCondition { .compare(calibrated, .atLeast, .number(limit)) }
    let bands = PropensityBand.allCases.map { SQLExpression.text($0.rawValue) }
    answer([
      ("raw", probabilities[0]), ("calibrated", calibrated),
      (
        "band",
        .choice(
          zip(decision.bandLimits, bands).map { (from($0), $1) }, otherwise: bands[bands.count - 1])
      ),
      (
        "contact",
        .choice([(from(decision.cut.threshold), .text("yes"))], otherwise: .text("no"))
      ),
    ])
  }

  /// Linear between bends, level beyond them.
  private static func value(
    of map: IsotonicCalibration, at score: SQLExpression
  ) -> SQLExpression {
    let (bends, levels) = (map.scores, map.probabilities)
    var branches: [(when: SQLCondition, then: SQLExpression)] = [
      (.compare(score, .less, .number(bends[0])), .number(levels[0]))
    ]
    for place in 1..<max(bends.count, 1) {
      let (left, rise) = (bends[place - 1], levels[place] - levels[place - 1])
      let share = SQLExpression.quotient(
        .difference(.quotient(score, .number(2)), .number(left / 2)),
        .number(bends[place] / 2 - left / 2))
      let value = SQLExpression.sum([.number(levels[place - 1]), .product(share, .number(rise))])
      branches.append((.compare(score, .less, .number(bends[place])), value))
    }
    return .choice(branches, otherwise: .number(levels[levels.count - 1]))
  }
}
