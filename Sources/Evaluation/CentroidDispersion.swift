import Numerical

/// How rows spread about the means of their clusters, and the means about each other.
///
/// Two passes. A mean is kept as one row of its cluster, the pilot, plus the mean of the differences from
/// it: neither a large offset nor a distant cluster costs digits, and equal rows have no spread.
struct CentroidDispersion: Sendable {
  /// Per cluster, Σ |x − mean|².
  let withinSquares: [Double]
  /// Per cluster, the mean of |x − mean|.
  let meanRadii: [Double]
  /// Σ rows · |mean − overall mean|² over clusters.
  let betweenSquares: Double
  /// The mean over clusters i of max over j ≠ i of (radius i + radius j) / |mean i − mean j|.
  let daviesBouldin: Double

  /// - Complexity: O(n · d + k² · d) time, O((n / block + k) · d) memory.
  init(_ x: Matrix, scale: Double, layout: ClusterLayout, on pool: WorkerPool) {
    let centroids = Centroids(x, scale: scale, layout: layout, on: pool)
    let spreads = pool.map(count: layout.blocks.count) { block in
      layout.blocks[block].segments.map { centroids.spread(of: layout.segments[$0], layout) }
    }.flatMap { $0 }
    var squares = [Double](repeating: 0, count: layout.clusterCount)
    var radii = squares
    for (segment, spread) in zip(layout.segments, spreads) {
      squares[segment.cluster] += spread.squares
      radii[segment.cluster] += spread.radii
    }
    let meanRadii = zip(radii, layout.index.counts).map { $0 / Double($1) }
    withinSquares = squares
    self.meanRadii = meanRadii
    betweenSquares = centroids.squaresAboutOverallMean(counts: layout.index.counts)
    daviesBouldin = centroids.daviesBouldin(radii: meanRadii, on: pool)
  }
}

/// Cluster means as pilot + residual; both k × d, row-major, in scaled units.
private struct Centroids: Sendable {
  let x: Matrix
  let scale: Double
  let count: Int
  let dimension: Int
  private(set) var pilots: [Double] = []
  private(set) var residuals: [Double]

  init(_ x: Matrix, scale: Double, layout: ClusterLayout, on pool: WorkerPool) {
    self.x = x
    self.scale = scale
    count = layout.clusterCount
    dimension = x.columnCount
    residuals = [Double](repeating: 0, count: layout.clusterCount * x.columnCount)
    var position = 0
    for cluster in layout.index.counts {
      let start = layout.rows[position] * dimension
      pilots += x.values[start..<start + dimension].map { $0 * scale }
      position += cluster
    }
    let sums = pool.map(count: layout.blocks.count) { [self] block in
      layout.blocks[block].segments.map { differences(in: layout.segments[$0], layout) }
    }.flatMap { $0 }
    for (segment, sum) in zip(layout.segments, sums) {
      for j in 0..<dimension { residuals[segment.cluster * dimension + j] += sum[j] }
    }
    for (cluster, size) in layout.index.counts.enumerated() {
      for j in 0..<dimension { residuals[cluster * dimension + j] /= Double(size) }
    }
  }

  /// Σ (x − pilot) over the rows of a segment.
  private func differences(in segment: ClusterLayout.Segment, _ layout: ClusterLayout) -> [Double] {
    var sums = [Double](repeating: 0, count: dimension)
    let pilot = segment.cluster * dimension
    for position in segment.positions {
      let row = layout.rows[position] * dimension
      for j in 0..<dimension { sums[j] += x.values[row + j] * scale - pilots[pilot + j] }
    }
    return sums
  }

  /// Σ |x − mean|² and Σ |x − mean| over the rows of a segment.
  func spread(of segment: ClusterLayout.Segment, _ layout: ClusterLayout) -> (
    squares: Double, radii: Double
  ) {
    var total = (squares: 0.0, radii: 0.0)
    let center = segment.cluster * dimension
    for position in segment.positions {
      let row = layout.rows[position] * dimension
      var square = 0.0
      for j in 0..<dimension {
        let difference =
          (x.values[row + j] * scale - pilots[center + j]) - residuals[center + j]
        square = square.addingProduct(difference, difference)
      }
      total.squares += square
      total.radii += square.squareRoot()
    }
    return total
  }

  /// Σ rows · |mean − overall mean|², all relative to the first pilot.
  func squaresAboutOverallMean(counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    var squares = 0.0
    for j in 0..<dimension {
      func offset(_ cluster: Int) -> Double {
        (pilots[cluster * dimension + j] - pilots[j]) + residuals[cluster * dimension + j]
      }
      var overall = 0.0
      for cluster in 0..<count { overall += Double(counts[cluster]) * offset(cluster) }
      overall /= total
      for cluster in 0..<count {
        let difference = offset(cluster) - overall
        squares += Double(counts[cluster]) * difference * difference
      }
    }
    return squares
  }

  /// Equal means contribute nothing.
  ///
  /// scikit-learn also takes means within 1e-8 of each other for equal;
  /// here the unit of the columns does not matter.
  func daviesBouldin(radii: [Double], on pool: WorkerPool) -> Double {
    let packedPilots = pack(pilots)
    let packedResiduals = pack(residuals)
    let chunkSize = 64
    let worst = pool.map(count: (count + chunkSize - 1) / chunkSize) { chunk in
      (chunk * chunkSize..<min((chunk + 1) * chunkSize, count)).map { cluster in
        worstRatio(of: cluster, radii: radii, packedPilots, packedResiduals)
      }
    }
    return worst.joined().reduce(0, +) / Double(count)
  }

  private func pack(_ values: [Double]) -> PackedPoints {
    values.withUnsafeBufferPointer {
      PackedPoints($0, count: count, dimension: dimension)
    }
  }

  private func worstRatio(
    of cluster: Int, radii: [Double], _ pilots: PackedPoints, _ residuals: PackedPoints
  ) -> Double {
    let lanes = PackedPoints.lanes
    var worst = 0.0
    for panel in 0..<pilots.panelCount {
      var squares = SIMD4<Double>()
      for j in 0..<dimension {
        let own = cluster * dimension + j
        let at = (panel * dimension + j) * lanes
        let difference =
          (SIMD4(repeating: self.pilots[own]) - pilots.vector(at: at))
          + (SIMD4(repeating: self.residuals[own]) - residuals.vector(at: at))
        squares = squares.addingProduct(difference, difference)
      }
      for lane in 0..<min(lanes, count - panel * lanes) where squares[lane] > 0 {
        let other = panel * lanes + lane
        worst = max(worst, (radii[cluster] + radii[other]) / squares[lane].squareRoot())
      }
    }
    return worst
  }
}

extension PackedPoints {
  fileprivate func vector(at offset: Int) -> SIMD4<Double> {
    SIMD4(values[offset], values[offset + 1], values[offset + 2], values[offset + 3])
  }
}
