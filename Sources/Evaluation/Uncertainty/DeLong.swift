public import Numerical

/// The areas under the ROC curves of several models on the same rows, with their covariance.
///
/// A positive's placement is the share of negatives it outscores, a negative's the share of positives that
/// outscore it, equal scores counting half. Both kinds average to the area; their covariances over
/// positives and over negatives, each over its number of rows, add up to the covariance of the areas. Placements
/// come from one sort per model (Sun and Xu, 2014), not from all pairs.
///
/// With weights, averages are weighted and the covariance is that of weighted means of independent rows,
/// Σ u² (placement − area)² with shares of weight u, times m / (m − 1) for m rows.
///
/// - Complexity: O(n · c²) after the sorts, for c models.
/// - Source: DeLong, DeLong and Clarke-Pearson (1988). Checked against: fixture `uncertainty.json` (all
///   pairs), and on the paper's patients the paper, pROC and pyroc (`delong.json`).
public struct DeLong: Hashable, Sendable {
  public let areas: [Double]
  /// Models × models.
  public let covariance: Matrix

  /// - Throws: `.count` without a model, `.differentRows` where labels or weights differ between models,
  ///   `.fewOfClass` for fewer than two rows of a class.
  public init(_ models: [BinaryScores], on pool: WorkerPool = .serial) throws(EvaluationError) {
    guard let first = models.first else { throw .count(.candidates, needed: 1, found: 0) }
    try first.requirePairs()
    for (model, other) in models.enumerated() where !other.hasSameRows(as: first) {
      throw .differentRows(candidate: model)
    }
    let placements = pool.map(count: models.count) { Placements(models[$0].groups) }
    let positives = PlacementSpread(
      zip(models, placements).map { ($0.positives, $1.ofPositives) }, on: pool)
    let negatives = PlacementSpread(
      zip(models, placements).map { ($0.negatives, $1.ofNegatives) }, on: pool)
    areas = positives.means
    covariance = Matrix(
      rowCount: models.count, columnCount: models.count,
      values: zip(positives.covariances, negatives.covariances).map { $0 + $1 })
  }

  public func standardError(of model: Int) -> Double {
    max(covariance[model, model], 0).squareRoot()
  }

  /// area ± z · standard error, kept within 0…1.
  ///
  /// - Throws: `.fraction` for a level outside 0…1.
  public func interval(of model: Int, level: Double = 0.95) throws(EvaluationError) -> Interval {
    let half = try Interval.normalQuantile(level) * standardError(of: model)
    return Interval(
      lower: max(areas[model] - half, 0), upper: min(areas[model] + half, 1), level: level)
  }

  /// The difference between two areas.
  public struct Difference: Hashable, Sendable, Codable {
    public let value: Double
    public let standardError: Double
    /// value / standard error; 0 for equal areas.
    public let z: Double
    /// The chance of so great a difference, either way, if there were none.
    public let pValue: Double
    public let interval: Interval
  }

  /// Tests area of `model` − area of `other`, paired by rows.
  ///
  /// - Throws: `.fraction` for a level outside 0…1.
  public func difference(_ model: Int, _ other: Int, level: Double = 0.95) throws(EvaluationError)
    -> Difference
  {
    let value = areas[model] - areas[other]
    let variance =
      covariance[model, model] + covariance[other, other] - 2 * covariance[model, other]
    // Of scores in the same order only rounding is left.
    let scale = covariance[model, model] + covariance[other, other]
    let error = variance > 1e-14 * scale ? variance.squareRoot() : 0
    let z = abs(value) <= 1e-15 ? 0 : value / error
    let half = try Interval.normalQuantile(level) * error
    return Difference(
      value: value, standardError: error, z: z, pValue: StandardNormal.twoSidedTail(z),
      interval: Interval(lower: value - half, upper: value + half, level: level))
  }
}

/// Per group, the placement of a positive and of a negative with its score.
private struct Placements: Sendable {
  var ofPositives: [Double] = []
  var ofNegatives: [Double] = []

  init(_ groups: ScoreGroups) {
    var (positivesAbove, negativesAbove) = (0.0, 0.0)
    for group in groups.scores.indices {
      let (positives, negatives) = (groups.positives[group], groups.negatives[group])
      let negativesBelow = groups.negativeWeight - negativesAbove - negatives
      ofPositives.append((negativesBelow + negatives / 2) / groups.negativeWeight)
      ofNegatives.append((positivesAbove + positives / 2) / groups.positiveWeight)
      positivesAbove += positives
      negativesAbove += negatives
    }
  }
}

/// Weighted means of placements over the rows of a class, and the covariances of these means.
private struct PlacementSpread {
  let means: [Double]
  /// Models × models.
  let covariances: [Double]

  init(_ models: [(rows: BinaryScores.ClassRows, placements: [Double])], on pool: WorkerPool) {
    let weights = models[0].rows.weights
    let rowCount = models[0].rows.groups.count
    let total = weights?.reduce(0, +) ?? Double(rowCount)
    let values = pool.map(count: models.count) { model in
      models[model].rows.groups.map { models[model].placements[Int($0)] }
    }
    let means = values.map { values in
      var sum = 0.0
      for (row, value) in values.enumerated() { sum += (weights?[row] ?? 1) * value }
      return sum / total
    }
    self.means = means
    let correction = Double(rowCount) / Double(rowCount - 1)
    covariances = pool.map(count: models.count * models.count) { entry in
      let (a, b) = (entry / models.count, entry % models.count)
      // Both triangles from the same products, so that the matrix is symmetric to the bit.
      let (low, high) = (values[min(a, b)], values[max(a, b)])
      let (lowMean, highMean) = (means[min(a, b)], means[max(a, b)])
      var sum = 0.0
      for row in 0..<rowCount {
        let share = (weights?[row] ?? 1) / total
        sum += share * share * (low[row] - lowMean) * (high[row] - highMean)
      }
      return sum * correction
    }
  }
}

extension BinaryScores {
  /// Two rows of each class: what a spread within classes needs.
  func requirePairs() throws(EvaluationError) {
    for (label, count) in [(0, negativeCount), (1, positiveCount)] where count < 2 {
      throw .fewOfClass(label: label, rows: count, needed: 2)
    }
  }

  /// Whether both have as many rows of each class with the same weights in the same order.
  func hasSameRows(as other: BinaryScores) -> Bool {
    positiveCount == other.positiveCount && negativeCount == other.negativeCount
      && positives.weights == other.positives.weights
      && negatives.weights == other.negatives.weights
  }
}
