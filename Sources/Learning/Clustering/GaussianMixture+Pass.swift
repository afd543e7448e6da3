package import Numerical

/// Passes over the rows that turn one mixture into the next.
package final class MixturePass {
  private let x: Matrix
  private let plan: MixturePlan
  private let regularization: Double
  private let pool: WorkerPool
  private let kernel: WeightedScatterKernel
  private let parts: [MixtureSums]
  private let total: MixtureSums

  /// - Parameter usesBLAS: how moments are multiplied; nil decides by the number of columns.
  package init(
    _ x: Matrix, k: Int, covariance: MixtureCovariance, regularization: Double,
    on pool: WorkerPool, usesBLAS: Bool? = nil
  ) {
    self.x = x
    self.regularization = regularization
    self.pool = pool
    let plan = MixturePlan(
      rowCount: x.rowCount, columnCount: x.columnCount, k: k, covariance: covariance)
    self.plan = plan
    kernel = WeightedScatterKernel(width: x.columnCount, usesBLAS: usesBLAS)
    parts = (0..<plan.runs.count).map { _ in MixtureSums(plan) }
    total = MixtureSums(plan)
  }

  /// The mixture whose components are the given clusters.
  package func model(ofClusters labels: [Int]) throws(LearningError) -> GaussianMixtureModel {
    var points = Matrix(rowCount: plan.k, columnCount: plan.width)
    for (row, label) in labels.enumerated().reversed() {
      for j in 0..<plan.width { points[label, j] = x[row, j] }
    }
    return try moments(about: points) { points in sum(clusters: labels, about: points) }
  }

  /// One step of expectation–maximisation, and the mean log-density before it.
  package func step(from model: GaussianMixtureModel) throws(LearningError)
    -> (bound: Double, model: GaussianMixtureModel)
  {
    let next = try moments(about: model.means) { points in
      sum(responsibilitiesOf: model, about: points)
    }
    return (total.logLikelihood / Double(plan.rowCount), next)
  }

  /// The mixture with the moments that `sum` collects about given points; about its own means, where
  /// the points turn out far from them.
  private func moments(about points: Matrix, _ sum: (Matrix) -> Void) throws(LearningError)
    -> GaussianMixtureModel
  {
    sum(points)
    try checkRange()
    var moments = MixtureMoments(total, plan, about: points, regularization: regularization)
    if moments.isShiftPoor {
      sum(moments.means)
      moments = MixtureMoments(total, plan, about: moments.means, regularization: regularization)
    }
    return try moments.model()
  }

  private func checkRange() throws(LearningError) {
    guard total.logLikelihood.isFinite else { throw .densityRange }
  }

  private func sum(responsibilitiesOf model: GaussianMixtureModel, about points: Matrix) {
    pool.forEachChunk(count: plan.runs.count) { run in
      let selection = RowSelection(kernel, plan, about: points, into: parts[run])
      parts[run].clear()
      model.densities.forEachChunk(of: x, rows: plan.runs[run]) { chunk in
        parts[run].logLikelihood += chunk.logLikelihood
        for component in 0..<plan.k {
          selection.add(
            chunk.row(0), shares: chunk.shares(of: component), count: chunk.count,
            to: component, weight: model.weights[component])
        }
      }
    }
    total.join(parts, on: pool)
  }

  private func sum(clusters labels: [Int], about points: Matrix) {
    let chunkRows = 240
    pool.forEachChunk(count: plan.runs.count) { run in
      let selection = RowSelection(kernel, plan, about: points, into: parts[run])
      parts[run].clear()
      let rows = plan.runs[run]
      x.values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunkRows) {
          selection.add(
            start + first * plan.width,
            labels: labels[first..<min(first + chunkRows, rows.upperBound)])
        }
      }
    }
    total.join(parts, on: pool)
  }
}

/// The rows of a chunk that matter to one component, and their way into its sums.
private final class RowSelection {
  private let kernel: WeightedScatterKernel
  private let plan: MixturePlan
  private let points: Matrix
  private let target: MixtureSums
  private let scratch: ScratchBuffer<Double>
  private let rows = ScratchBuffer<Int32>(count: 240)
  private let weights = ScratchBuffer<Double>(count: 240)

  init(
    _ kernel: WeightedScatterKernel, _ plan: MixturePlan, about points: Matrix,
    into target: MixtureSums
  ) {
    self.kernel = kernel
    self.plan = plan
    self.points = points
    self.target = target
    scratch = kernel.makeScratch()
  }

  /// Adds rows by their responsibilities, apart from those so small that all of them together are
  /// below the rounding of the component's sums.
  func add(
    _ source: UnsafePointer<Double>, shares: UnsafePointer<Double>, count: Int,
    to component: Int, weight: Double
  ) {
    let least = weight * 0x1p-56
    let (rows, weights) = (rows.start, weights.start)
    var selected = 0
    for row in 0..<count {
      let share = shares[row]
      rows[selected] = Int32(truncatingIfNeeded: row)
      weights[selected] = share
      selected = selected &+ (share > least ? 1 : 0)
    }
    target.counts.start[component] += Self.sum(of: shares, count: count)
    accumulate(source, selected, component)
  }

  /// In four interleaved chains, which do not wait for each other.
  private static func sum(of shares: UnsafePointer<Double>, count: Int) -> Double {
    var lanes = SIMD4<Double>.zero
    var row = 0
    while row &+ 4 <= count {
      lanes += UnsafeRawPointer(shares + row).loadUnaligned(as: SIMD4<Double>.self)
      row = row &+ 4
    }
    var sum = lanes.sum()
    while row < count {
      sum += shares[row]
      row = row &+ 1
    }
    return sum
  }

  /// Adds rows to the component their label names.
  func add(_ source: UnsafePointer<Double>, labels: ArraySlice<Int>) {
    for component in 0..<plan.k {
      var selected = 0
      for (row, label) in labels.enumerated() where label == component {
        rows.start[selected] = Int32(truncatingIfNeeded: row)
        weights.start[selected] = 1
        selected += 1
      }
      target.counts.start[component] += Double(selected)
      accumulate(source, selected, component)
    }
  }

  private func accumulate(_ source: UnsafePointer<Double>, _ count: Int, _ component: Int) {
    guard count > 0 else { return }
    points.values.withUnsafeBufferPointer { points in
      guard let points = points.baseAddress else { return }
      let sums = target.sums.start + component * plan.stride
      let place = plan.productCount == 1 ? 0 : component
      let products = target.products.start + place * plan.productSize
      if plan.covariance.isTriangular {
        kernel.accumulate(
          source, selection: rows.start, weights: weights.start, count: count,
          about: points + component * plan.width, sums: sums, products: products,
          scratch: scratch)
      } else {
        kernel.accumulateSquares(
          source, selection: rows.start, weights: weights.start, count: count,
          about: points + component * plan.width, sums: sums, squares: products)
      }
    }
  }
}
