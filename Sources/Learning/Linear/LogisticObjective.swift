internal import CLibrary
internal import Numerical

/// The weighted log-loss of a logistic model and its derivatives, in columns centred and scaled.
///
/// Parameters are θ = (b, β): the log-odds of a row x are b + Σ β_j (x_j − center_j) / scale_j. Nothing is
/// copied or scaled: β is divided by the scales before it meets the rows, derivatives after.
///
/// Targets may lie between 0 and 1: such a row counts as that share of a one and the rest of a zero.
struct LogisticObjective: Sendable {
  let x: Matrix
  let targets: [Double]
  let weights: [Double]?
  let centers: [Double]
  let scales: [Double]
  let pool: WorkerPool
  private let kernel: WeightedScatterKernel
  private let runs: RowChunks

  /// Rows whose derivatives are summed while they lie in cache.
  private static let blockRows = 512

  init(
    _ x: Matrix, targets: [Double], weights: [Double]?, centers: [Double], scales: [Double],
    on pool: WorkerPool
  ) {
    self.x = x
    self.targets = targets
    self.weights = weights
    self.centers = centers
    self.scales = scales
    self.pool = pool
    kernel = WeightedScatterKernel(width: x.columnCount)
    // Partial second derivatives of all runs take at most 128 MB.
    let most = max(1, 16_000_000 / max(kernel.stride * kernel.stride, 1))
    runs = RowChunks(count: x.rowCount, parts: min(64, most, (x.rowCount + 4095) / 4096))
  }

  var parameterCount: Int { x.columnCount + 1 }

  /// The log-odds of every row.
  func margins(_ parameters: [Double]) -> [Double] {
    let row = Matrix(
      rowCount: 1, columnCount: x.columnCount,
      values: zip(parameters.dropFirst(), scales).map { $0 / $1 })
    var margins = x.multiplied(byTransposeOf: row, afterSubtracting: centers, on: pool).values
    for index in margins.indices { margins[index] += parameters[0] }
    return margins
  }

  /// Σ w (ln (1 + e^η) − t η) of margins η and targets t.
  func loss(_ margins: [Double]) -> Double {
    let parts = pool.map(count: runs.count) { run in
      var sum = 0.0
      for row in runs[run] {
        let margin = margins[row]
        let loss = max(margin, 0) + log1p(exp(-abs(margin))) - targets[row] * margin
        sum += (weights?[row] ?? 1) * loss
      }
      return sum
    }
    return parts.reduce(0, +)
  }

  struct Derivatives: Sendable {
    /// One per parameter.
    var gradient: [Double]
    /// Parameters × parameters, both triangles.
    var hessian: Matrix
  }

  /// First and second derivatives of the loss at margins.
  func derivatives(_ margins: [Double]) -> Derivatives {
    let parts = pool.map(count: runs.count) { sums(over: runs[$0], margins) }
    var total = parts[0]
    for part in parts.dropFirst() { total.add(part) }
    let width = x.columnCount
    var gradient = [total.residuals]
    for j in 0..<width { gradient.append(total.residualSums[j] / scales[j]) }
    var hessian = Matrix(rowCount: width + 1, columnCount: width + 1)
    hessian[0, 0] = total.curvature
    for j in 0..<width {
      hessian[0, j + 1] = total.curvatureSums[j] / scales[j]
      hessian[j + 1, 0] = hessian[0, j + 1]
      for i in 0...j {
        let value = total.products[i * kernel.stride + j] / (scales[i] * scales[j])
        hessian[i + 1, j + 1] = value
        hessian[j + 1, i + 1] = value
      }
    }
    return Derivatives(gradient: gradient, hessian: hessian)
  }

  /// Sums of a run of rows, in the units of the columns: with r = w (p − t) and h = w p (1 − p), Σ r,
  /// Σ r (x − center), Σ h, Σ h (x − center) and Σ h (x − center)(x − center)ᵀ.
  private struct Sums: Sendable {
    var residuals = 0.0
    var residualSums: [Double]
    var curvature = 0.0
    var curvatureSums: [Double]
    var products: [Double]

    init(stride: Int) {
      residualSums = [Double](repeating: 0, count: stride)
      curvatureSums = residualSums
      products = [Double](repeating: 0, count: stride * stride)
    }

    mutating func add(_ other: Sums) {
      residuals += other.residuals
      curvature += other.curvature
      for j in residualSums.indices {
        residualSums[j] += other.residualSums[j]
        curvatureSums[j] += other.curvatureSums[j]
      }
      for index in products.indices { products[index] += other.products[index] }
    }
  }

  private func sums(over run: Range<Int>, _ margins: [Double]) -> Sums {
    var sums = Sums(stride: kernel.stride)
    var residuals = [Double](repeating: 0, count: Self.blockRows)
    var curvatures = residuals
    var unused = [Double](repeating: 0, count: kernel.stride)
    let selection = (0..<Int32(Self.blockRows)).map { $0 }
    let scratch = kernel.makeScratch()
    x.values.withUnsafeBufferPointer { values in
      for start in stride(from: run.lowerBound, to: run.upperBound, by: Self.blockRows) {
        let count = min(Self.blockRows, run.upperBound - start)
        for index in 0..<count {
          let row = start &+ index
          let weight = weights?[row] ?? 1
          let p = 1 / (1 + exp(-margins[row]))
          residuals[index] = weight * (p - targets[row])
          // From the tail itself: 1 − p has no digits left where p is near 1.
          curvatures[index] = weight * p * (1 / (1 + exp(margins[row])))
          sums.residuals += residuals[index]
          sums.curvature += curvatures[index]
        }
        guard let rows = values.baseAddress, x.columnCount > 0 else { continue }
        let block = rows + start * x.columnCount
        kernel.accumulateSquares(
          block, selection: selection, weights: residuals, count: count, about: centers,
          sums: &sums.residualSums, squares: &unused)
        kernel.accumulate(
          block, selection: selection, weights: curvatures, count: count, about: centers,
          sums: &sums.curvatureSums, products: &sums.products, scratch: scratch)
      }
    }
    return sums
  }
}
