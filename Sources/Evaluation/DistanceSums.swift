import Numerical

/// What one pass over all pairs of rows leaves: for every row its distances to its own cluster and to
/// the nearest other one, for every segment the extreme distances met.
///
/// Blocks meet in rounds. In round r block I meets block (r − I) mod B, so over B rounds every pair of
/// blocks meets once and within a round no block is in two pairs: the pairs of a round run in parallel
/// and write to disjoint rows without locks, and every sum gets its terms in an order that depends on
/// the layout alone. Distances between blocks are computed once and added on both sides.
///
/// Sums over clusters inside one block are complete as soon as that block has been met; they become a
/// minimum at once. Only split clusters keep a sum for every row: n × (split clusters) doubles.
final class DistanceSums {
  let layout: ClusterLayout
  let points: [PackedPoints]

  /// Element (slot, position): `splitSums[slot * rowCount + position]`.
  let splitSums: UnsafeMutableBufferPointer<Double>
  /// Per position, the sum of the row's distances to its own cluster.
  let ownSums: UnsafeMutableBufferPointer<Double>
  /// Per position, the least mean distance to another cluster.
  let nearestMeans: UnsafeMutableBufferPointer<Double>
  /// Per segment, the greatest distance met to its own cluster.
  let diameters: UnsafeMutableBufferPointer<Double>
  /// Per segment, the least distance met to another cluster.
  let separations: UnsafeMutableBufferPointer<Double>

  /// Meets all pairs of rows of `x`, scaled by `scale`.
  ///
  /// - Complexity: O(n² · d) time; memory is a copy of `x`, the sums of split clusters and O(n).
  init(_ x: Matrix, scale: Double, layout: ClusterLayout, on pool: WorkerPool) {
    func filled(_ value: Double, count: Int) -> UnsafeMutableBufferPointer<Double> {
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
      buffer.initialize(repeating: value)
      return buffer
    }
    let n = layout.rowCount
    self.layout = layout
    points = pool.map(count: layout.blocks.count) {
      Self.packed(x, scale: scale, rows: layout.rows[layout.blocks[$0].positions])
    }
    splitSums = filled(0, count: n * layout.splitClusters.count)
    ownSums = filled(0, count: n)
    nearestMeans = filled(.infinity, count: n)
    diameters = filled(0, count: layout.segments.count)
    separations = filled(.infinity, count: layout.segments.count)
    meetAllBlocks(on: pool)
    foldSplitSums(on: pool)
  }

  deinit {
    splitSums.deallocate()
    ownSums.deallocate()
    nearestMeans.deallocate()
    diameters.deallocate()
    separations.deallocate()
  }

  private static func packed(_ x: Matrix, scale: Double, rows: ArraySlice<Int>) -> PackedPoints {
    var values: [Double] = []
    values.reserveCapacity(rows.count * x.columnCount)
    x.values.withUnsafeBufferPointer { source in
      for row in rows {
        for j in 0..<x.columnCount { values.append(source[row * x.columnCount + j] * scale) }
      }
    }
    return values.withUnsafeBufferPointer {
      PackedPoints($0, count: rows.count, dimension: x.columnCount)
    }
  }

  private func meetAllBlocks(on pool: WorkerPool) {
    let count = layout.blocks.count
    for round in 0..<count {
      let pairs = (0..<count).compactMap { first -> (Int, Int)? in
        let second = (round - first + count) % count
        return first <= second ? (first, second) : nil
      }
      pool.forEachChunk(count: pairs.count) { meet(pairs[$0].0, pairs[$0].1) }
    }
  }

  /// Brings the sums of split clusters to their rows' own sums and nearest means.
  private func foldSplitSums(on pool: WorkerPool) {
    pool.forEachChunk(count: layout.blocks.count) { block in
      for segment in layout.blocks[block].segments {
        let (own, positions) = (
          layout.segments[segment].cluster, layout.segments[segment].positions
        )
        for (slot, cluster) in layout.splitClusters.enumerated() {
          let sums = slot * layout.rowCount
          if cluster == own {
            for position in positions { ownSums[position] = splitSums[sums + position] }
          } else {
            let size = Double(layout.index.counts[cluster])
            for position in positions {
              let mean = splitSums[sums + position] / size
              if mean < nearestMeans[position] { nearestMeans[position] = mean }
            }
          }
        }
      }
    }
  }
}
