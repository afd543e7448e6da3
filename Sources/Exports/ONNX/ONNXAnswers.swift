import Artifacts
import Learning
import Numerical

extension ONNXGraph {
  /// The whole pipeline, from the columns of the table to the answers of scoring.
  init(_ plan: ScoringPlan, _ profile: Profile) {
    self.init(profile)
    var x = encode(plan.inputs)
    for step in plan.steps { x = transform(x, by: step) }
    switch plan.answer {
    case .segments(.nearest(let centers, let spreads), let names):
      place(x, among: centers, spreads: spreads, names: names)
    case .segments(.mixture(let mixture), let names): place(x, in: mixture, names: names)
    case .event(let rule, let calibration, let decision):
      decide(logOdds(of: rule, over: x), calibration, decision)
    }
  }

  /// |x − center|² of every row and center, N × k.
  private mutating func squares(_ x: Value, to centers: Matrix) -> Value {
    let difference = add("Sub", unsqueeze(x, axis: 1), constant(ONNXTensor(centers)))
    return sum(add("Mul", difference, difference), axis: 2)
  }

  private mutating func place(
    _ x: Value, among centers: Matrix, spreads: [Double], names: [String]
  ) {
    let squares = squares(x, to: centers)
    let segment = add(
      "ArgMin", squares, attributes: ("axis", .integer(1)), ("keepdims", .integer(0)))
    let distance = add("Sqrt", entry(of: squares, at: segment))
    let ratio = add("Div", distance, gather(.vector(spreads), segment))
    let isCenter = add("Equal", distance, scalar(0))
    answer(
      segment: segment, names: names, distance: distance, strength: filled(1, rowsOf: x),
      anomaly: add("Where", isCenter, scalar(0), ratio))
  }

  private mutating func place(_ x: Value, in mixture: MixturePlan, names: [String]) {
    let width = mixture.means.columnCount
    let difference = add("Sub", unsqueeze(x, axis: 1), constant(ONNXTensor(mixture.means)))
    // k × N × d times k × d × d.
    let byComponent = add(
      "Transpose", difference, attributes: ("perm", .integers([1, 0, 2])))
    let factors = ONNXTensor(
      [mixture.factors.count, width, width],
      .doubles(mixture.factors.flatMap { factor in (0..<width).flatMap { factor.column($0) } }))
    let white = add("MatMul", byComponent, constant(factors))
    let squares = add(
      "Transpose", sum(add("Mul", white, white), axis: 2),
      attributes: ("perm", .integers([1, 0])))
    let densities = add(
      "Add", constant(.vector(mixture.offsets)), add("Mul", squares, scalar(-0.5)))
    let segment = add(
      "ArgMax", densities, attributes: ("axis", .integer(1)), ("keepdims", .integer(0)))
    let greatest = entry(of: densities, at: segment)
    let shares = add("Exp", add("Sub", densities, unsqueeze(greatest, axis: 1)))
    let total = sum(shares, axis: 1)
    let distance = add("Sqrt", entry(of: self.squares(x, to: mixture.means), at: segment))
    answer(
      segment: segment, names: names, distance: distance,
      strength: add("Div", scalar(1), total),
      anomaly: add("Neg", add("Add", greatest, add("Log", total))))
  }

  private mutating func answer(
    segment: Value, names: [String], distance: Value, strength: Value, anomaly: Value
  ) {
    answer("segment", .int64, segment)
    answer("segment_name", .string, gather(ONNXTensor([names.count], .texts(names)), segment))
    answer("distance", .double, distance)
    answer("strength", .double, strength)
    answer("anomaly", .double, anomaly)
  }

  private mutating func logOdds(of rule: ScoringPlan.EventRule, over x: Value) -> Value {
    switch rule {
    case .constant(let value): return filled(value, rowsOf: x)
    case .linear(let intercept, let coefficients):
      // A running sum adds in the order of the columns, as the model does; a product would not.
      let terms = add("Mul", x, constant(.vector(coefficients)))
      let all = concatenate([filled(intercept, rowsOf: x, asColumn: true), terms])
      let sums = add("CumSum", all, constant(ONNXTensor([], .integers([1]))))
      let last = constant(ONNXTensor([], .integers([Int64(coefficients.count)])))
      return add("Gather", sums, last, attributes: ("axis", .integer(1)))
    case .boosting(let trees, let shift):
      let sum = sum(of: trees, over: x)
      return shift == 0 ? sum : add("Sub", sum, scalar(shift))
    case .forest(let trees):
      let share = inside(add("Div", sum(of: trees, over: x), scalar(Double(trees.count))))
      return add("Log", add("Div", share, add("Sub", scalar(1), share)))
    }
  }

  /// Kept where the logarithms of a probability and of the rest are finite.
  private mutating func inside(_ probability: Value) -> Value {
    add("Clip", probability, scalar(.ulpOfOne), scalar(1 - .ulpOfOne))
  }

  /// 1 / (1 + e⁻ˣ); not `Sigmoid`, whose double may be a float inside.
  private mutating func logistic(_ x: Value) -> Value {
    let kept = add("Clip", add("Neg", x), scalar(-708), scalar(708))
    return add("Div", scalar(1), add("Add", scalar(1), add("Exp", kept)))
  }

  private mutating func decide(
    _ logOdds: Value, _ calibration: CalibrationMap, _ decision: PropensityDecision
  ) {
    let raw = logistic(logOdds)
    let calibrated = calibrated(logOdds, raw, by: calibration)
    // Bands begin at limits that descend, and the cut is one more.
    let reached = countReached(decision.bandLimits.reversed(), by: calibrated)
    let bands = PropensityBand.allCases.reversed().map(\.rawValue)
    answer("log_odds", .double, logOdds)
    answer("raw", .double, raw)
    answer("calibrated", .double, calibrated)
    answer("band", .string, gather(ONNXTensor([bands.count], .texts(bands)), reached))
    answer(
      "contact", .bool,
      add("LessOrEqual", scalar(decision.cut.threshold), calibrated))
  }

  private mutating func calibrated(
    _ logOdds: Value, _ raw: Value, by calibration: CalibrationMap
  ) -> Value {
    switch calibration {
    case .none: return raw
    case .sigmoid(let map):
      let margin = add("Add", add("Mul", scalar(map.slope), logOdds), scalar(map.intercept))
      return logistic(margin)
    case .isotonic(let map): return value(of: map, at: logOdds)
    case .beta(let map):
      let p = inside(raw)
      let first = add("Mul", scalar(map.a), add("Log", p))
      let second = add("Mul", scalar(-map.b), add("Log", add("Sub", scalar(1), p)))
      return logistic(add("Add", add("Add", first, second), scalar(map.c)))
    }
  }

  /// Linear between bends, level beyond them: by the number of bends at or below the score.
  private mutating func value(of map: IsotonicCalibration, at score: Value) -> Value {
    let (bends, levels) = (map.scores.values, map.probabilities.values)
    let inner = 1..<max(bends.count, 1)
    let reached = countReached(bends, by: score)
    func table(_ first: Double, _ values: [Double], _ last: Double) -> ONNXTensor {
      .vector([first] + values + [last])
    }
    let start = gather(table(0, inner.map { bends[$0 - 1] / 2 }, 0), reached)
    let width = gather(table(1, inner.map { bends[$0] / 2 - bends[$0 - 1] / 2 }, 1), reached)
    let base = gather(
      table(levels[0], inner.map { levels[$0 - 1] }, levels[levels.count - 1]), reached)
    let rise = gather(table(0, inner.map { levels[$0] - levels[$0 - 1] }, 0), reached)
    let share = add("Div", add("Sub", add("Div", score, scalar(2)), start), width)
    return add("Add", base, add("Mul", share, rise))
  }
}
