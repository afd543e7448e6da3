import Numerical

extension MatrixSpace {
  /// The clusters of `members`, every dissimilarity computed from their rows.
  ///
  /// - Throws: `LearningError.allocation`.
  /// - Complexity: O(n² · d), each distance of two rows once.
  static func filled(
    from members: MemberSpace, on pool: WorkerPool
  ) throws(LearningError) -> MatrixSpace {
    let layout = MemberLayout(members)
    let matrix = MatrixSpace(
      ids: layout.ids, sizes: layout.sizes, linkage: members.linkage, scale: members.points.scale)
    guard let matrix else {
      throw .allocation(bytes: 8 * Double(layout.ids.count) * Double(layout.ids.count))
    }
    let chunks = RowChunks(count: matrix.count, size: 16)
    pool.forEachChunk(count: chunks.count) { chunk in
      let sums = MemberSums(layout, linkage: members.linkage)
      for cluster in chunks[chunk] { sums.write(cluster, into: matrix.row(of: cluster)) }
    }
    matrix.mirror(on: pool)
    return matrix
  }

  /// Copies what stands above the diagonal below it, in squares that fit the cache.
  private func mirror(on pool: WorkerPool) {
    let blocks = RowChunks(count: count, size: 32)
    pool.forEachChunk(count: blocks.count) { block in
      for left in 0...block {
        for slot in blocks[block] {
          let target = row(of: slot)
          for column in blocks[left].lowerBound..<min(slot, blocks[left].upperBound) {
            target[column] = row(of: column)[slot]
          }
        }
      }
      for slot in blocks[block] {
        let target = row(of: slot)
        target[slot] = Self.absent
        for column in count..<stride { target[column] = Self.absent }
      }
    }
  }
}

/// The rows of clusters, cluster by cluster.
private struct MemberLayout {
  let ids: [Int32]
  let sizes: [Double]
  /// Where the rows of each cluster begin, and where those of the last end.
  let starts: [Int]
  let points: PackedPoints
  let weights: [Double]

  init(_ members: MemberSpace) {
    let slots = (0..<members.slotCount).filter { members.id(of: $0) >= 0 }
    ids = slots.map(members.id)
    sizes = slots.map(members.size)
    let width = members.points.dimension
    var values: [Double] = []
    values.reserveCapacity(members.points.count * width)
    var starts = [0]
    var weights: [Double] = []
    for slot in slots {
      members.forEachMember(of: slot) { row in
        let source = members.points.rows.start + row * width
        values.append(contentsOf: UnsafeBufferPointer(start: source, count: width))
        weights.append(members.weights.start[row])
      }
      starts.append(weights.count)
    }
    self.starts = starts
    self.weights = weights
    points = values.withUnsafeBufferPointer {
      PackedPoints($0, count: weights.count, dimension: width)
    }
  }
}

/// The dissimilarities of one cluster to those after it.
///
/// Distances from its rows to a run of points are added up (or their maximum taken) point by point
/// first, then over the points of each cluster.
private final class MemberSums {
  private let layout: MemberLayout
  private let linkage: PairwiseLinkage
  /// Per point: the weighted sum of distances to the cluster's rows, or their maximum.
  private let sums: ScratchBuffer<Double>
  private let distances = ScratchBuffer<Double>(count: 4 * runLength)

  /// Points whose distances to four rows stay in the first-level cache.
  private static let runLength = 512

  init(_ layout: MemberLayout, linkage: PairwiseLinkage) {
    self.layout = layout
    self.linkage = linkage
    sums = ScratchBuffer(count: layout.points.panelCount * PackedPoints.lanes)
  }

  func write(_ cluster: Int, into row: UnsafeMutablePointer<Double>) {
    let members = layout.starts[cluster]..<layout.starts[cluster + 1]
    let lanes = PackedPoints.lanes
    let end = layout.points.panelCount * lanes
    layout.points.withView { points in
      for start in Swift.stride(
        from: members.upperBound / lanes * lanes, to: end, by: Self.runLength)
      {
        addRun(start..<min(end, start + Self.runLength), from: members, points)
      }
    }
    let size = linkage == .average ? layout.sizes[cluster] : 1
    layout.starts.withUnsafeBufferPointer { starts in
      layout.weights.withUnsafeBufferPointer { weights in
        for other in cluster &+ 1..<layout.ids.count {
          let value = join(starts[other]..<starts[other &+ 1], weights)
          row[other] = linkage == .average ? value / (size * layout.sizes[other]) : value
        }
      }
    }
  }

  private func addRun(_ run: Range<Int>, from members: Range<Int>, _ points: PackedView) {
    let target = sums.start + run.lowerBound
    target.update(repeating: 0, count: run.count)
    let panels = points.values + run.lowerBound * points.dimension
    var member = members.lowerBound
    while member < members.upperBound {
      let count = min(4, members.upperBound - member)
      if count == 1 {
        PairwiseDistances.write(
          fromRow: place(member, points), toPanels: panels, panelCount: run.count / 4,
          dimension: points.dimension, into: distances.start)
      } else {
        let last = members.upperBound - 1
        PairwiseDistances.write(
          fromRows: (
            place(member, points), place(member + 1, points), place(min(member + 2, last), points),
            place(min(member + 3, last), points)
          ), toPanels: panels, panelCount: run.count / 4, dimension: points.dimension,
          into: distances.start, stride: Self.runLength)
      }
      for index in 0..<count {
        include(
          distances.start + index * Self.runLength, count: run.count,
          weight: layout.weights[member + index], into: target)
      }
      member += count
    }
  }

  private func place(_ point: Int, _ points: PackedView) -> UnsafePointer<Double> {
    points.values + PairwiseDistances.offset(ofPoint: point, dimension: points.dimension)
  }

  private func include(
    _ distances: UnsafePointer<Double>, count: Int, weight: Double,
    into target: UnsafeMutablePointer<Double>
  ) {
    let (source, sums) = (UnsafeRawPointer(distances), UnsafeMutableRawPointer(target))
    let isMaximum = linkage == .complete
    for offset in Swift.stride(from: 0, to: count &* 8, by: 32) {
      let distance = source.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
      let sum = sums.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
      let next =
        isMaximum
        ? sum.replacing(with: distance, where: sum .< distance)
        : sum.addingProduct(SIMD4(repeating: weight), distance)
      sums.storeBytes(of: next, toByteOffset: offset, as: SIMD4<Double>.self)
    }
  }

  @inline(__always)
  private func join(_ points: Range<Int>, _ weights: UnsafeBufferPointer<Double>) -> Double {
    var value = 0.0
    let sums = sums.start
    for point in points {
      if linkage == .complete {
        value = sums[point] > value ? sums[point] : value
      } else {
        value.addProduct(weights[point], sums[point])
      }
    }
    return value
  }
}
