import Numerical
import Tabular

extension SQLQuery {
  /// The columns of the table as the model's features; for trees, with missing values as they are.
  mutating func encode(_ inputs: [EncoderInput]) -> SQLColumns {
    let cells = add("cells", "c", inputs.map(Self.reading))
    return add("encoded", "x", zip(inputs, cells).flatMap { Self.features($0, from: $1) })
  }

  /// A number, or the position of a level.
  private static func reading(_ input: EncoderInput) -> SQLExpression {
    guard case .category(let coding) = input.coding else { return .cell(input.name, input.kind) }
    let cell = SQLExpression.cell(input.name, .category)
    // As in ONNX, the empty text is a missing value unless it is a level.
    let isLevel = coding.places.contains { $0.level.isEmpty }
    var branches: [(SQLCondition, SQLExpression)] = [
      (isLevel ? .isNull(cell) : .isMissing(cell), coding.fill.map { .number(Double($0)) } ?? .null)
    ]
    branches += coding.levels.enumerated().map {
      (.isText(cell, [$0.element]), .number(Double($0.offset)))
    }
    if !coding.pooledLevels.isEmpty {
      let pool = Double(coding.positionNames.count - 1)
      branches.append((.isText(cell, coding.pooledLevels), .number(pool)))
    }
    return .choice(
      branches.map { (when: $0.0, then: $0.1) },
      otherwise: coding.unseenPosition.map { .number(Double($0)) } ?? .null)
  }

  private static func features(
    _ input: EncoderInput, from cell: SQLExpression
  ) -> SQLColumns {
    switch input.coding {
    case .number(let coding):
      let isMissing = SQLCondition.isNull(cell)
      let value: SQLExpression =
        coding.fill.map { .choice([(isMissing, .number($0))], otherwise: cell) } ?? cell
      let flag = SQLExpression.choice([(isMissing, .number(1))], otherwise: .number(0))
      return coding.hasIndicator ? [value, flag] : [value]
    case .category(let coding):
      guard coding.style == .oneHot else { return [cell] }
      return (0..<coding.width).map { place in
        .choice(
          [(.compare(cell, .equal, .number(Double(place))), .number(1))], otherwise: .number(0))
      }
    }
  }
}

extension SQLQuery {
  /// Features after a step of the pipeline.
  mutating func transform(
    _ features: SQLColumns, by step: ScoringPlan.Step
  ) -> SQLColumns {
    switch step {
    case .scale(let centers, let scales):
      let scaled = features.indices.map {
        SQLExpression.quotient(
          .difference(features[$0], .number(centers[$0])), .number(scales[$0]))
      }
      return add("scaled", "x", scaled)
    case .logarithm:
      let sums = add(
        "shifted", ("x", features), ("u", features.map { .sum([.number(1), $0]) }))
      // Where there is no logarithm, the model has no answer.
      let logarithms = zip(sums[0], sums[1]).map { x, u in
        SQLExpression.choice(
          [(.compare(.number(0), .less, u), Self.logarithm(of: u, stemmingFrom: x))],
          otherwise: .number(0))
      }
      let isDefined = sums[1].map { SQLCondition.compare(.number(0), .less, $0) }
      return add("logarithms", ("x", logarithms), requiring: isDefined)[0]
    case .yeoJohnson(let powers): return power(features, powers)
    case .project(let mean, let directions):
      let shifted = features.indices.map {
        SQLExpression.difference(features[$0], .number(mean[$0]))
      }
      let centered = add("centered", "x", shifted)
      let scores = (0..<directions.rowCount).map { row in
        SQLExpression.sum(
          centered.indices.map { .product(centered[$0], .number(directions[row, $0])) })
      }
      return add("components", "x", scores)
    }
  }

  /// log(1 + x) given u = 1 + x as rounded: the error of rounding is undone by x / (u − 1) (Kahan).
  private static func logarithm(
    of u: SQLExpression, stemmingFrom x: SQLExpression
  ) -> SQLExpression {
    .choice(
      [(.compare(u, .equal, .number(1)), x)],
      otherwise: .product(.call(.ln, u), .quotient(x, .difference(u, .number(1)))))
  }

  /// Yeo-Johnson by parts: |x| and 1 + |x|; their logarithm y; its multiple z; w, the exponential of that.
  private mutating func power(_ features: SQLColumns, _ powers: [Double]) -> SQLColumns {
    func isNegative(_ x: SQLExpression) -> SQLCondition { .compare(x, .less, .number(0)) }
    let sizes = features.map {
      SQLExpression.choice([(isNegative($0), .negative($0))], otherwise: $0)
    }
    let first = add(
      "sizes", ("x", features), ("a", sizes), ("u", sizes.map { .sum([.number(1), $0]) }))
    let logarithms = zip(first[1], first[2]).map { Self.logarithm(of: $1, stemmingFrom: $0) }
    let second = add("logarithms", ("x", first[0]), ("y", logarithms))
    let multiples = powers.indices.map { place in
      let (x, y) = (second[0][place], second[1][place])
      return SQLExpression.choice(
        [(isNegative(x), .product(.number(2 - powers[place]), y))],
        otherwise: .product(.number(powers[place]), y))
    }
    let third = add("multiples", ("x", second[0]), ("y", second[1]), ("z", multiples))
    let fourth = add(
      "exponentials", ("x", third[0]), ("y", third[1]), ("z", third[2]),
      ("w", third[2].map(SQLExpression.exponential)))
    let powered = powers.indices.map { place in
      func grown(_ power: Double) -> SQLExpression {
        if power == 0 { return fourth[1][place] }
        let grown = Self.exponentialLessOne(fourth[3][place], stemmingFrom: fourth[2][place])
        return .quotient(grown, .number(power))
      }
      return SQLExpression.choice(
        [(isNegative(fourth[0][place]), .negative(grown(2 - powers[place])))],
        otherwise: grown(powers[place]))
    }
    return add("powers", "x", powered)
  }

  /// exp(z) − 1 given w = exp(z) as rounded: its error is undone by z / ln w (Kahan).
  private static func exponentialLessOne(
    _ w: SQLExpression, stemmingFrom z: SQLExpression
  ) -> SQLExpression {
    let less = SQLExpression.difference(w, .number(1))
    return .choice(
      [
        (.compare(w, .equal, .number(1)), z), (.compare(less, .equal, .number(-1)), .number(-1)),
      ], otherwise: .product(less, .quotient(z, .call(.ln, w))))
  }
}
