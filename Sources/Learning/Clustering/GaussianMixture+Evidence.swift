internal import CLibrary
import Numerical

/// What a fitted mixture says about the rows it was fitted to.
///
/// With L the total log-density of n rows and p free parameters, BIC = p · log n − 2 L,
/// AIC = 2 p − 2 L, and ICL = BIC + 2 E with E = −Σ r log r over rows and components, the entropy of the
/// responsibilities. Parameters are k · d for the means, k − 1 for the weights and those of the
/// covariances.
struct MixtureEvidence {
  private let rowCount: Int
  fileprivate let totals: Totals

  /// Sums over rows.
  fileprivate struct Totals: Sendable {
    var logLikelihood = 0.0
    var entropy = 0.0
    var sizes: [Int]
    /// Responsibilities by component assigned and component; empty where the table would be too large.
    var overlap: [Double]
    var histogram = [Int](repeating: 0, count: 20)
  }

  /// The most components whose overlaps are told.
  private static let overlapLimit = 100

  init(of model: GaussianMixtureModel, on x: Matrix, _ pool: WorkerPool) {
    rowCount = x.rowCount
    let k = model.clusterCount
    let empty = Totals(
      sizes: [Int](repeating: 0, count: k),
      overlap: [Double](repeating: 0, count: k <= Self.overlapLimit ? k * k : 0))
    let runs = RowChunks(
      count: x.rowCount, parts: min(64, max(1, x.rowCount / (16 * k)), (x.rowCount + 1023) / 1024))
    let parts = pool.map(count: runs.count) { run in
      var totals = empty
      model.densities.forEachChunk(of: x, rows: runs[run]) { totals.add($0, componentCount: k) }
      return totals
    }
    totals = parts.reduce(into: empty) { $0.add($1) }
  }

  /// Rows by their likeliest component.
  var sizes: [Int] { totals.sizes }

  func scores(of model: GaussianMixtureModel) -> [FitScore] {
    let (k, width) = (Double(model.clusterCount), Double(model.means.columnCount))
    let parameters =
      model.covariance.parameterCount(k: k, width: width) + k * width + k - 1
    let bic = parameters * log(Double(rowCount)) - 2 * totals.logLikelihood
    return [
      FitScore(.logLikelihood, totals.logLikelihood / Double(rowCount)),
      FitScore(.bic, bic),
      FitScore(.aic, 2 * parameters - 2 * totals.logLikelihood),
      FitScore(.icl, bic + 2 * totals.entropy),
    ]
  }

  /// Nil for more than a hundred components.
  var memberships: MembershipOverview? {
    guard !totals.overlap.isEmpty else { return nil }
    let k = totals.sizes.count
    return MembershipOverview(
      overlap: (0..<k).map { label in
        (0..<k).map { totals.overlap[label * k + $0] / Double(max(totals.sizes[label], 1)) }
      }, histogram: totals.histogram)
  }
}

extension MixtureEvidence.Totals {
  fileprivate mutating func add(_ chunk: DensityChunk, componentCount k: Int) {
    logLikelihood += chunk.logLikelihood
    for row in 0..<chunk.count {
      let best = chunk.likeliest(for: row)
      sizes[best.component] += 1
      histogram[min(19, max(0, Int(min(1, best.share) * 20)))] += 1
      for component in 0..<k {
        let share = chunk.shares(of: component)[row]
        if share > 0 { entropy -= share * log(share) }
        if !overlap.isEmpty { overlap[best.component * k + component] += share }
      }
    }
  }

  fileprivate mutating func add(_ other: Self) {
    logLikelihood += other.logLikelihood
    entropy += other.entropy
    for index in sizes.indices { sizes[index] += other.sizes[index] }
    for index in overlap.indices { overlap[index] += other.overlap[index] }
    for index in histogram.indices { histogram[index] += other.histogram[index] }
  }
}
