import Numerical
import Tabular

extension ONNXGraph {
  /// The columns of the table, an input each, as a matrix of the model's features; for trees with missing
  /// values as NaN.
  mutating func encode(_ columns: [EncoderInput]) -> Value {
    concatenate(columns.map { encode($0) })
  }

  private mutating func encode(_ column: EncoderInput) -> Value {
    switch column.coding {
    case .number(let coding): numbers(input(column.name, .double), coding)
    case .category(let coding): places(input(column.name, .string), coding)
    }
  }

  private mutating func numbers(_ x: Value, _ coding: NumberCoding) -> Value {
    guard let fill = coding.fill else { return unsqueeze(x, axis: 1) }
    let isMissing = add("IsNaN", x)
    let filled = unsqueeze(add("Where", isMissing, scalar(fill), x), axis: 1)
    guard coding.hasIndicator else { return filled }
    return concatenate([filled, unsqueeze(cast(isMissing, to: .double), axis: 1)])
  }

  /// Levels by their position in a table of what stands for them; the empty text is a missing value.
  private mutating func places(_ x: Value, _ coding: CategoryCoding) -> Value {
    let count = coding.positionNames.count
    // Rows of the table: the positions, the one after the last, no position at all.
    let nowhere = count + 1
    var known = coding.places
    if !known.contains(where: { $0.level.isEmpty }) { known.append(("", coding.fill ?? nowhere)) }
    let place = add(
      "LabelEncoder", x,
      attributes: ("keys_strings", .texts(known.map(\.level))),
      ("values_int64s", .integers(known.map { Int64($0.place) })),
      ("default_int64", .integer(Int64(coding.unseenPosition ?? nowhere))), isMachineLearning: true)
    switch coding.style {
    case .ordinal:
      let numbers = (0...count).map(Double.init) + [.nan]
      return unsqueeze(gather(.vector(numbers), place), axis: 1)
    case .oneHot:
      let table = (0...nowhere).flatMap { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
      return gather(ONNXTensor([nowhere + 1, count], .doubles(table)), place)
    }
  }

  mutating func transform(_ x: Value, by step: ScoringPlan.Step) -> Value {
    switch step {
    case .scale(let centers, let scales):
      let shifted = add("Sub", x, constant(.vector(centers)))
      return add("Div", shifted, constant(.vector(scales)))
    case .logarithm: return logarithmOfNext(x)
    case .yeoJohnson(let powers): return power(x, powers)
    case .project(let mean, let directions):
      let centered = add("Sub", x, constant(.vector(mean)))
      return add("MatMul", centered, constant(ONNXTensor(transposing: directions)))
    }
  }

  /// log(1 + x): with u = 1 + x as rounded, the error of rounding is undone by x / (u − 1) (Kahan).
  private mutating func logarithmOfNext(_ x: Value) -> Value {
    let one = scalar(1)
    let u = add("Add", x, one)
    let slope = add("Div", x, add("Sub", u, one))
    return add("Where", add("Equal", u, one), x, add("Mul", add("Log", u), slope))
  }

  /// exp(z) − 1: with w = exp(z) as rounded, its error is undone by z / ln w (Kahan).
  private mutating func exponentialLessOne(_ z: Value) -> Value {
    let one = scalar(1)
    let w = add("Exp", z)
    let less = add("Sub", w, one)
    let minusOne = scalar(-1)
    let bent = add("Mul", less, add("Div", z, add("Log", w)))
    let low = add("Where", add("Equal", less, minusOne), minusOne, bent)
    return add("Where", add("Equal", w, one), z, low)
  }

  /// The Yeo-Johnson transform, see `YeoJohnson`.
  private mutating func power(_ x: Value, _ powers: [Double]) -> Value {
    let isNegative = add("Less", x, scalar(0))
    let mirrored = constant(.vector(powers.map { 2 - $0 }))
    let power = add("Where", isNegative, mirrored, constant(.vector(powers)))
    let logarithm = logarithmOfNext(add("Abs", x))
    let grown = add(
      "Div", exponentialLessOne(add("Mul", power, logarithm)), power)
    let size = add("Where", add("Equal", power, scalar(0)), logarithm, grown)
    return add("Where", isNegative, add("Neg", size), size)
  }
}

extension ONNXTensor {
  init(_ matrix: Matrix) {
    self.init([matrix.rowCount, matrix.columnCount], .doubles(matrix.values))
  }

  init(transposing matrix: Matrix) {
    let values = (0..<matrix.columnCount).flatMap { matrix.column($0) }
    self.init([matrix.columnCount, matrix.rowCount], .doubles(values))
  }
}
