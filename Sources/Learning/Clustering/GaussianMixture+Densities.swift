internal import CLibrary
import Numerical

/// Weighted Gaussian densities, prepared to be evaluated for many rows.
///
/// log(π N(x; μ, Σ)) = offset − |L⁻¹ (x − μ)|² / 2 with Σ = L Lᵀ and
/// offset = log π − d/2 · log 2π − Σ log L_jj.
struct GaussianDensities: Hashable, Sendable {
  let width: Int
  let count: Int
  let isTriangular: Bool
  let means: [Double]
  /// Per component L⁻¹ as `MahalanobisTile` reads it, or reciprocal variances; one for all if tied.
  let factors: [Double]
  let factorStride: Int
  let offsets: [Double]

  init(
    _ covariance: MixtureCovariance, weights: [Double], means: Matrix, covariances: Matrix
  ) throws(LearningError) {
    width = means.columnCount
    count = means.rowCount
    isTriangular = covariance.isTriangular
    self.means = means.values
    let distinct = covariance == .tied ? 1 : count
    var factors: [Double] = []
    var halfDeterminants: [Double] = []
    for component in 0..<distinct {
      let name = covariance == .tied ? nil : component
      let part =
        isTriangular
        ? try Self.triangle(covariances, component, name)
        : try Self.reciprocals(covariances.row(component), means.columnCount, name)
      factors += part.factor
      halfDeterminants.append(part.halfDeterminant)
    }
    self.factors = factors
    factorStride = distinct == 1 ? 0 : factors.count / distinct
    let scale = Double(width) / 2 * log(2 * Double.pi)
    offsets = weights.indices.map {
      log(weights[$0]) - scale - halfDeterminants[distinct == 1 ? 0 : $0]
    }
  }

  private typealias Part = (factor: [Double], halfDeterminant: Double)

  private static func triangle(_ covariances: Matrix, _ component: Int, _ name: Int?)
    throws(LearningError) -> Part
  {
    let width = covariances.columnCount
    let size = width * width
    let matrix = Matrix(
      rowCount: width, columnCount: width,
      values: Array(covariances.values[component * size..<(component + 1) * size]))
    do throws(NumericalError) {
      let factor = try Cholesky(matrix)
      let inverse = try factor.inverseOfLower()
      guard inverse.firstNonFinite == nil else { throw .notPositiveDefinite(order: width) }
      return (MahalanobisTile.packing(inverse), factor.logDeterminant / 2)
    } catch {
      switch error {
      case .notPositiveDefinite, .nonFinite: throw .singularCovariance(component: name)
      default: throw LearningError(error)
      }
    }
  }

  private static func reciprocals(_ variances: [Double], _ width: Int, _ name: Int?)
    throws(LearningError) -> Part
  {
    let all = variances.count == width ? variances : Array(repeating: variances[0], count: width)
    let scales = all.map { 1 / $0 }
    guard all.allSatisfy({ $0 > 0 && $0.isFinite }), scales.allSatisfy(\.isFinite) else {
      throw .singularCovariance(component: name)
    }
    return (scales, all.reduce(0) { $0 + log($1) } / 2)
  }

  /// Rows evaluated at a time: their densities and coordinates stay in the second-level cache.
  var chunkRows: Int {
    min(240, max(RowTiles.rows, 65_536 / max(count, width) / RowTiles.rows * RowTiles.rows))
  }

  /// Calls `body` with the responsibilities for consecutive rows of `x`, some at a time.
  func forEachChunk(of x: Matrix, rows: Range<Int>, _ body: (DensityChunk) -> Void) {
    let chunk = DensityChunk(self)
    x.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunkRows) {
        chunk.evaluate(
          start + first * width, firstRow: first, count: min(chunkRows, rows.upperBound - first))
        body(chunk)
      }
    }
  }
}

/// Responsibilities and densities of some consecutive rows.
final class DensityChunk {
  let width: Int
  /// Rows evaluated last, and the first of them in its matrix.
  private(set) var count = 0
  private(set) var firstRow = 0
  private let densities: GaussianDensities
  private let stride: Int
  private var source: UnsafePointer<Double>
  private let tiles: ScratchBuffer<Double>
  private let differences: ScratchBuffer<Double>
  private let shares: ScratchBuffer<Double>
  private let maxima: ScratchBuffer<Double>
  private let sums: ScratchBuffer<Double>

  init(_ densities: GaussianDensities) {
    self.densities = densities
    width = densities.width
    stride = densities.chunkRows
    tiles = ScratchBuffer(count: stride * width)
    differences = ScratchBuffer(count: MahalanobisTile.scratchCount(width: width))
    shares = ScratchBuffer(count: stride * densities.count)
    maxima = ScratchBuffer(count: stride)
    sums = ScratchBuffer(count: stride)
    source = UnsafePointer(tiles.start)
  }

  func row(_ index: Int) -> UnsafePointer<Double> { source + index &* width }

  /// The responsibilities of one component, a number per row.
  func shares(of component: Int) -> UnsafePointer<Double> {
    UnsafePointer(shares.start + component &* stride)
  }

  func logDensity(of row: Int) -> Double { maxima.start[row] + log(sums.start[row]) }

  func likeliest(for row: Int) -> (component: Int, share: Double) {
    var best = (component: 0, share: shares.start[row])
    for component in 1..<max(densities.count, 1) {
      let share = shares.start[component &* stride &+ row]
      if share > best.share { best = (component, share) }
    }
    return best
  }

  /// Σ log density of the rows: logarithms are taken of products of a few rows' sums, each at most the
  /// number of components.
  var logLikelihood: Double {
    var total = 0.0
    var product = 1.0
    for row in 0..<count {
      total += maxima.start[row]
      product *= sums.start[row]
      if row & 31 == 31 {
        total += log(product)
        product = 1
      }
    }
    return total + log(product)
  }

  func evaluate(_ rows: UnsafePointer<Double>, firstRow: Int, count: Int) {
    source = rows
    self.firstRow = firstRow
    self.count = count
    RowTiles.pack(rows, count: count, width: width, into: tiles.start)
    let padded = RowTiles.paddedCount(count)
    measure(tileCount: padded / RowTiles.rows)
    densities.offsets.withUnsafeBufferPointer { offsets in
      guard let offsets = offsets.baseAddress else { return }
      Softmax.shares(
        of: shares.start, classCount: densities.count, stride: stride, count: padded,
        offsets: offsets, slope: -0.5, maxima: maxima.start, sums: sums.start)
    }
  }

  private func measure(tileCount: Int) {
    densities.means.withUnsafeBufferPointer { means in
      densities.factors.withUnsafeBufferPointer { factors in
        guard let means = means.baseAddress, let factors = factors.baseAddress else { return }
        for component in 0..<densities.count {
          let factor = factors + component &* densities.factorStride
          let center = means + component &* width
          let target = shares.start + component &* stride
          if densities.isTriangular {
            MahalanobisTile.squaredDistances(
              of: tiles.start, tileCount: tileCount, width: width, to: center, triangle: factor,
              scratch: differences.start, into: target)
          } else {
            MahalanobisTile.squaredDistances(
              of: tiles.start, tileCount: tileCount, width: width, to: center, scales: factor,
              into: target)
          }
        }
      }
    }
  }
}
