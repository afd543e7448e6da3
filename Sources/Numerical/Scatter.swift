/// Count, mean and centred cross products of rows: all that their covariance needs.
///
/// `products` = Σ (x − mean)(x − mean)ᵀ over rows x. Computed in one read of the rows: a pilot mean m
/// from a few hundred evenly spaced rows is subtracted first, then Σ(x − m) and Σ(x − m)(x − m)ᵀ are
/// summed, and n · δδᵀ with δ = mean − m is taken off. A pilot close to the mean leaves nothing to
/// cancel, unlike XᵀX − n · mean · meanᵀ, which loses all digits when means dwarf deviations. Should the
/// pilot turn out far off (few rows far from all others), the rows are read once more with the mean itself.
///
/// Partial results over disjoint rows merge, so the same type serves parts of a table.
///
/// - Shape: n × d rows give a mean of d and d × d products.
/// - Reproducibility: bits depend on the rows and the CPU family, not on the number of threads.
/// - Complexity: O(n · d²) time; besides the rows, memory for at most a sixteenth of their size or one
///   d × d matrix, whichever is larger, and a small buffer per thread.
/// - Source: Chan, Golub and LeVeque (1983), shifted data and pairwise merging.
public struct Scatter: Hashable, Sendable, Codable {
  public let count: Int
  public let mean: Vector
  public let products: Matrix

  public init(count: Int, mean: Vector, products: Matrix) {
    precondition(
      products.rowCount == mean.count && products.columnCount == mean.count,
      "products are square, a side per column")
    self.count = count
    self.mean = mean
    self.products = products
  }

  /// - Throws: `NumericalError.nonFinite` for a NaN or an infinity, `.overflow` for values whose
  ///   squares leave the range of a double.
  public init(_ x: Matrix, on pool: WorkerPool = .serial) throws(NumericalError) {
    guard x.rowCount > 0 else {
      self.init(
        count: 0, mean: Vector([Double](repeating: 0, count: x.columnCount)),
        products: Matrix(rowCount: x.columnCount, columnCount: x.columnCount))
      return
    }
    var sums = ShiftedSums(x, shift: x.pilotMean, on: pool)
    if let column = sums.firstNonFiniteColumn {
      try x.requireFinite()
      throw .overflow(column: column)
    }
    if sums.isShiftPoor { sums = ShiftedSums(x, shift: sums.mean, on: pool) }
    self.init(count: x.rowCount, mean: Vector(sums.mean), products: sums.centered())
  }

  /// The scatter of these rows and others together.
  public func merging(_ other: Scatter) -> Scatter {
    precondition(mean.count == other.mean.count, "parts have the same columns")
    guard other.count > 0 else { return self }
    guard count > 0 else { return other }
    let total = Double(count) + Double(other.count)
    let share = Double(other.count) / total
    let step = zip(mean, other.mean).map { $1 - $0 }
    var joined = products
    for i in step.indices {
      for j in step.indices {
        joined[i, j] += other.products[i, j] + step[i] * step[j] * Double(count) * share
      }
    }
    return Scatter(
      count: count + other.count, mean: Vector(zip(mean, step).map { $0 + $1 * share }),
      products: joined)
  }

  /// The covariance matrix, divisor n − 1; needs two rows.
  public var covariance: Matrix {
    precondition(count > 1, "a covariance needs two rows")
    let divisor = Double(count - 1)
    return Matrix(
      rowCount: products.rowCount, columnCount: products.columnCount,
      values: products.values.map { $0 / divisor })
  }
}

extension Matrix {
  /// The mean of at most 256 evenly spaced rows, exact where a column is constant in them: close
  /// enough to the mean that little is left to cancel after it is taken off.
  ///
  /// Zeros without rows.
  var pilotMean: [Double] {
    var excess = [Double](repeating: 0, count: columnCount)
    guard rowCount > 0 else { return excess }
    let sampled = min(rowCount, 256)
    let first = row(0)
    for sample in 1..<max(sampled, 1) {
      let base = sample * (rowCount / sampled) * columnCount
      for j in 0..<columnCount { excess[j] += values[base + j] - first[j] }
    }
    return zip(first, excess).map { $0 + $1 / Double(sampled) }
  }
}

/// Sums over rows of (x − shift) and of the upper triangle of (x − shift)(x − shift)ᵀ.
struct ShiftedSums {
  let count: Int
  let shift: [Double]
  var sums: [Double]
  /// d × d row-major; only the upper triangle is meaningful.
  var products: [Double]

  init(_ x: Matrix, shift: [Double], on pool: WorkerPool) {
    count = x.rowCount
    self.shift = shift
    let plan = ScatterPlan(rowCount: x.rowCount, columnCount: x.columnCount)
    (sums, products) = plan.accumulate(x, shift: shift, on: pool)
  }

  var mean: [Double] { zip(shift, sums).map { $0 + $1 / Double(count) } }

  /// The first column whose sum or sum of squares is not a number or not finite.
  var firstNonFiniteColumn: Int? {
    sums.indices.first { !sums[$0].isFinite || !products[$0 * sums.count + $0].isFinite }
  }

  /// Whether the correction for the shift exceeds a column's own variation a thousandfold, which
  /// costs three digits or more.
  var isShiftPoor: Bool {
    sums.indices.contains { j in
      let square = products[j * sums.count + j]
      let correction = sums[j] / Double(count) * sums[j]
      return correction > 1000 * (square - correction)
    }
  }

  /// Both triangles of the products about the mean.
  func centered() -> Matrix {
    let width = sums.count
    return Matrix(rowCount: width, columnCount: width) { target in
      for i in 0..<width {
        for j in i..<width {
          let value = products[i * width + j] - sums[i] / Double(count) * sums[j]
          target[i * width + j] = i == j ? max(value, 0) : value
          target[j * width + i] = target[i * width + j]
        }
      }
    }
  }
}
