import Numerical

/// Checks and divides what a boosting fit is given.
enum BoostingInput {
  /// Beyond this, sums of squares in single precision overflow.
  private static let limit = 1e15

  /// - Parameter isPart: true for a validation part, which may hold a single class.
  static func check(
    _ input: Labeled<FeatureTable>, objective: BoostingObjective, isPart: Bool = false
  ) throws(LearningError) {
    let rows = input.features.rowCount
    guard input.labels.count == rows else {
      throw .rowCounts(features: rows, labels: input.labels.count)
    }
    if let weights = input.weights {
      guard weights.count == rows else { throw .rowCounts(features: rows, labels: weights.count) }
      if let row = weights.firstIndex(where: { !($0 >= 0 && $0 <= limit) }) {
        throw .weight(row: row)
      }
      guard weights.contains(where: { $0 > 0 }) else { throw .noWeight }
    }
    guard rows >= (isPart ? 1 : 2) else { throw .rows(needed: isPart ? 1 : 2, found: rows) }
    guard rows < Int(Int32.max) else { throw .tooManyRows(limit: Int(Int32.max) - 1, found: rows) }
    try checkLabels(input, objective: objective)
    if objective == .binary, !isPart {
      let events = positiveCount(input)
      let counted = input.weights.map { $0.count { $0 > 0 } } ?? rows
      guard events >= 2, counted - events >= 2 else {
        throw .events(ones: events, zeros: counted - events)
      }
    }
  }

  private static func checkLabels(
    _ input: Labeled<FeatureTable>, objective: BoostingObjective
  ) throws(LearningError) {
    switch objective {
    case .binary:
      if let row = input.labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
        throw .label(row: row, needed: .zeroOrOne)
      }
    case .regression:
      if let row = input.labels.firstIndex(where: { !(abs($0) <= limit) }) {
        throw .label(row: row, needed: .number)
      }
    case .poisson:
      if let row = input.labels.firstIndex(where: { !($0 >= 0 && $0 <= limit) }) {
        throw .label(row: row, needed: .notNegative)
      }
      guard input.labels.contains(where: { $0 > 0 }) else {
        throw .events(ones: 0, zeros: input.labels.count)
      }
    }
  }

  /// Rows of label 1 that count.
  private static func positiveCount(_ input: Labeled<FeatureTable>) -> Int {
    guard let weights = input.weights else { return input.labels.count { $0 == 1 } }
    return zip(input.labels, weights).count { $0 == 1 && $1 > 0 }
  }

  /// The rows to fit and, where early stopping asks for them, the rows to watch.
  static func divided(_ input: Labeled<FeatureTable>, by estimator: GradientBoosting, seed: Seed)
    -> (training: Labeled<FeatureTable>, validation: Labeled<FeatureTable>?)
  {
    guard estimator.earlyStoppingRounds > 0 else { return (input, nil) }
    let key = seed.derived("validation").value
    let limit = RowNoise.limit(estimator.validationFraction)
    let rows = Array(0..<input.features.rowCount)
    let watched = rows.filter { RowNoise.bits($0, key: key) < limit }
    let fitted = rows.filter { RowNoise.bits($0, key: key) >= limit }
    guard !watched.isEmpty, fitted.count > 1 else { return (input, nil) }
    let training = input.selectingRows(fitted, as: .fitted(key: key, limit: limit))
    return (training, input.selectingRows(watched))
  }
}

extension Labeled where Features == FeatureTable {
  /// The given rows in the given order.
  public func selectingRows(_ indices: [Int]) -> Self {
    Self(
      features.selectingRows(indices), labels: indices.map { labels[$0] },
      weights: weights.map { weights in indices.map { weights[$0] } })
  }

  /// The same, sharing bins with other fits to that part of the rows.
  func selectingRows(_ indices: [Int], as part: SharedBins.Part) -> Self {
    let rows = selectingRows(indices)
    return Self(
      rows.features, labels: rows.labels, weights: rows.weights, bins: bins?.of(part))
  }
}

extension Derivatives {
  /// - Parameter classWeight: what rows of label 1 count more than others.
  init(_ input: Labeled<FeatureTable>, estimator: GradientBoosting) {
    objective = estimator.objective
    poissonFactor = Exponential.of(estimator.poissonMaxDeltaStep)
    let count = input.labels.count
    // Four rows are read at a time; the last ones may lie behind the end.
    labels = ScratchBuffer(count: count + 7, repeating: 0)
    for row in 0..<count { labels.start[row] = Float(input.labels[row]) }
    let classWeights = Self.classWeights(input, estimator: estimator)
    guard input.weights != nil || classWeights != (1, 1) else {
      weights = nil
      return
    }
    let own = ScratchBuffer<Float>(count: count + 7, repeating: 0)
    for row in 0..<count {
      let classWeight = input.labels[row] > 0 ? classWeights.1 : classWeights.0
      own.start[row] = Float((input.weights?[row] ?? 1) * classWeight)
    }
    weights = own
  }

  /// Weights of the labels 0 and 1.
  static func classWeights(_ input: Labeled<FeatureTable>, estimator: GradientBoosting)
    -> (Double, Double)
  {
    guard estimator.objective == .binary else { return (1, 1) }
    guard estimator.isUnbalanced else { return (1, estimator.positiveWeight) }
    var totals = (0.0, 0.0)
    for (row, label) in input.labels.enumerated() {
      let weight = input.weights?[row] ?? 1
      if label > 0 { totals.1 += weight } else { totals.0 += weight }
    }
    return totals.0 > totals.1 ? (1, totals.0 / totals.1) : (totals.1 / totals.0, 1)
  }
}
