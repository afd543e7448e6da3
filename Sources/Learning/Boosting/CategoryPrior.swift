/// How much the mean of all rows says of a category beside the category's own rows.
package enum CategoryPrior {
  /// For how many rows the common mean counts: the variance within categories over the variance between
  /// them (empirical Bayes by the method of moments; Efron & Morris, 1975).
  ///
  /// All rows' weight where categories differ no more than by chance, at least 1.
  package static func strength(
    _ categories: Categories, labels: [Double], weights: [Double]?, mean: Double
  ) -> Double {
    var sums = [SIMD2<Double>](repeating: .zero, count: categories.levels.count)
    var squares = 0.0
    for (row, code) in categories.codes.enumerated() where code >= 0 {
      let weight = weights?[row] ?? 1
      sums[Int(code)] += SIMD2(labels[row] * weight, weight)
      squares += weight * (labels[row] - mean) * (labels[row] - mean)
    }
    var (total, ofSquares, between, met) = (0.0, 0.0, 0.0, 0.0)
    for sum in sums where sum[1] > 0 {
      let difference = sum[0] / sum[1] - mean
      total += sum[1]
      ofSquares += sum[1] * sum[1]
      between += sum[1] * difference * difference
      met += 1
    }
    let limit = max(1, total)
    let within = max(0, squares - between) / max(1, total - met)
    let spread = (between - (met - 1) * within) / max(1, total - ofSquares / limit)
    return spread > 0 ? min(max(within / spread, 1), limit) : limit
  }
}
