internal import Numerical

/// What a linear model of a binary target asks of its rows.
enum LabeledCheck {
  /// - Throws: `.rowCounts`, `.tooManyRows`, `.nonFinite`, `.label`, `.weight`, `.events`.
  static func requireBinary(_ input: Labeled<Matrix>) throws(LearningError) {
    let rows = input.features.rowCount
    guard input.labels.count == rows else {
      throw .rowCounts(features: rows, labels: input.labels.count)
    }
    guard rows <= Int(Int32.max) else {
      throw .tooManyRows(limit: Int(Int32.max), found: rows)
    }
    try input.features.requireFinite()
    try requireBinary(labels: input.labels, weights: input.weights)
  }

  /// Labels of 0 and 1, at least two of each with a positive weight.
  static func requireBinary(labels: [Double], weights: [Double]?) throws(LearningError) {
    if let row = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .label(row: row, needed: .zeroOrOne)
    }
    if let weights {
      guard weights.count == labels.count else {
        throw .rowCounts(features: labels.count, labels: weights.count)
      }
      if let row = weights.firstIndex(where: { !($0 >= 0 && $0 <= 1e15) }) {
        throw .weight(row: row)
      }
    }
    var (ones, zeros) = (0, 0)
    for row in labels.indices where (weights?[row] ?? 1) > 0 {
      if labels[row] == 1 { ones += 1 } else { zeros += 1 }
    }
    guard ones >= 2, zeros >= 2 else { throw .events(ones: ones, zeros: zeros) }
  }
}

/// The factors that give ones and zeros the same total weight, half of all each.
struct ClassBalance {
  let factors: (ones: Double, zeros: Double)

  init(_ input: Labeled<Matrix>) {
    var (ones, zeros) = (0.0, 0.0)
    for row in input.labels.indices {
      let weight = input.weights?[row] ?? 1
      if input.labels[row] == 1 { ones += weight } else { zeros += weight }
    }
    factors = ((ones + zeros) / (2 * ones), (ones + zeros) / (2 * zeros))
  }
}

/// Where columns are centred and what they are divided by while a linear model is fitted.
struct ColumnScaling: Sendable {
  let centers: [Double]
  /// Infinite for a constant column, which so vanishes from every sum.
  let scales: [Double]
  /// Standard deviations, divisor the sum of weights; 0 for a constant column.
  let deviations: [Double]

  /// - Throws: `.numerical(.overflow)` for a column whose squares leave the range of a double.
  init(_ x: Matrix, weights: [Double]?, isUsed: Bool, on pool: WorkerPool) throws(LearningError) {
    let moments = Moments.ofColumns(x, weights: weights, on: pool)
    var deviations: [Double] = []
    for (column, moment) in moments.enumerated() {
      let deviation = moment.standardDeviation
      guard deviation.isFinite, moment.mean.isFinite else {
        throw .numerical(.overflow(column: column))
      }
      // A spread of a few units in the last place is rounding of a constant.
      deviations.append(moment.isConstant || deviation <= 4 * moment.mean.ulp ? 0 : deviation)
    }
    centers = moments.map(\.mean)
    self.deviations = deviations
    scales = deviations.map { $0 == 0 ? .infinity : isUsed ? $0 : 1 }
  }

  /// Standard errors of the intercept and the coefficients in the columns' own units, from the second
  /// derivatives in scaled ones; 0 for a constant column.
  func standardErrors(hessian: Matrix) throws(LearningError) -> Vector {
    let inverse = try NewtonStep.inverseOfFactor(NewtonStep.regular(hessian)).transposed
    // β = θ / scale and b = θ₀ − Σ center · β: rows of the linear map from θ, times L⁻ᵀ.
    var map = Matrix(rowCount: hessian.rowCount, columnCount: hessian.rowCount)
    map[0, 0] = 1
    for j in scales.indices {
      map[0, j + 1] = -centers[j] / scales[j]
      map[j + 1, j + 1] = 1 / scales[j]
    }
    let spread = map.multiplied(by: inverse)
    return Vector(
      (0..<spread.rowCount).map { row in
        spread.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      })
  }
}
