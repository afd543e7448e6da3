import CIntrinsics
import Numerical

/// Clusters with all their dissimilarities in a square matrix.
///
/// Both halves are kept, so that searching a cluster and merging two run along rows. Slots are columns;
/// the row of a slot may lie anywhere, so compacting moves numbers within rows only. Empty columns, the
/// padding and the diagonal hold `absent`.
final class MatrixSpace: ClusterSpace, @unchecked Sendable {
  let linkage: PairwiseLinkage
  let scale: Double
  let stride: Int
  let values: LargeBuffer
  private(set) var count: Int
  private(set) var slotCount: Int
  private var ids: [Int32]
  private var sizes: [Double]
  /// The row of the matrix that a slot has.
  private var rows: [Int]

  /// Room for `clusters`, whose dissimilarities the caller must fill in; nil if there is none.
  init?(ids: [Int32], sizes: [Double], linkage: PairwiseLinkage, scale: Double) {
    let stride = Self.stride(ids.count)
    let (elements, overflow) = ids.count.multipliedReportingOverflow(by: stride)
    guard !overflow, let values = LargeBuffer(count: elements) else { return nil }
    self.linkage = linkage
    self.scale = scale
    self.stride = stride
    self.values = values
    self.ids = ids
    self.sizes = sizes
    rows = Array(0..<ids.count)
    count = ids.count
    slotCount = ids.count
  }

  /// Elements per row: whole groups of `blockWidth`.
  static func stride(_ count: Int) -> Int { (count + blockWidth - 1) / blockWidth * blockWidth }
  static let blockWidth = 16
  /// Above every dissimilarity, and finite, so that it survives being averaged with itself.
  static let absent = 0x1p1000

  func id(of slot: Int) -> Int32 { ids[slot] }
  func height(_ value: Double) -> Double { value / scale }

  @inline(__always)
  func row(of slot: Int) -> UnsafeMutablePointer<Double> { values.start + rows[slot] &* stride }

  func findNearest(
    of slots: [Int32], into links: UnsafeMutablePointer<ClusterLink>, on pool: WorkerPool
  ) {
    nonisolated(unsafe) let links = links
    let chunks = RowChunks(count: slots.count, size: max(1, 65_536 / max(slotCount, 1)))
    ids.withUnsafeBufferPointer { ids in
      nonisolated(unsafe) let ids = ids
      pool.forEachChunk(count: chunks.count) { chunk in
        for index in chunks[chunk] {
          links[index] = nearest(of: Int(slots[index]), ids)
        }
      }
    }
  }

  /// The least entry of a row; of equal ones the first by `tieRank`.
  private func nearest(of slot: Int, _ ids: UnsafeBufferPointer<Int32>) -> ClusterLink {
    let row = row(of: slot)
    let bytes = UnsafeRawPointer(row)
    var best = ClusterLink.none
    var rank = UInt64.max
    var block = 0
    while block < slotCount {
      let a = bytes.loadUnaligned(fromByteOffset: block &* 8, as: SIMD4<Double>.self)
      let b = bytes.loadUnaligned(fromByteOffset: block &* 8 &+ 32, as: SIMD4<Double>.self)
      let c = bytes.loadUnaligned(fromByteOffset: block &* 8 &+ 64, as: SIMD4<Double>.self)
      let d = bytes.loadUnaligned(fromByteOffset: block &* 8 &+ 96, as: SIMD4<Double>.self)
      let ab = a.replacing(with: b, where: b .< a)
      let cd = c.replacing(with: d, where: d .< c)
      let least = ab.replacing(with: cd, where: cd .< ab)
      if cohort_at_most_f64x4(least, SIMD4(repeating: best.value)) != 0 {
        for column in block..<min(block &+ Self.blockWidth, slotCount)
        where row[column] <= best.value && row[column] < Self.absent {
          let candidate = tieRank(ids[slot], ids[column])
          if row[column] == best.value && candidate >= rank { continue }
          best = ClusterLink(slot: Int32(truncatingIfNeeded: column), value: row[column])
          rank = candidate
        }
      }
      block &+= Self.blockWidth
    }
    return best
  }
}

extension MatrixSpace {
  /// Joins rows first, then, within joined rows, the columns of the other pairs, then copies joined
  /// rows to columns.
  func merge(_ pairs: [ClusterPair], on pool: WorkerPool) {
    let shares = pairs.map { linkage.share(sizes[$0.first], sizes[$0.second]) }
    let chunks = RowChunks(count: pairs.count, size: max(1, 16_384 / max(slotCount, 1)))
    pool.forEachChunk(count: chunks.count) { chunk in
      for index in chunks[chunk] { joinRows(of: pairs[index], share: shares[index]) }
    }
    pool.forEachChunk(count: chunks.count) { chunk in
      for index in chunks[chunk] { joinColumns(of: index, pairs, shares) }
    }
    let blocks = RowChunks(count: slotCount, size: 32)
    let isDying = marks(pairs.map(\.second))
    let isJoined = marks(pairs.map(\.first))
    pool.forEachChunk(count: blocks.count) { block in
      copyColumns(pairs, to: blocks[block], isJoined: isJoined, isDying: isDying)
    }
    for pair in pairs {
      sizes[pair.first] += sizes[pair.second]
      ids[pair.first] = pair.id
      ids[pair.second] = -1
    }
    count -= pairs.count
  }

  private func marks(_ slots: [Int]) -> [Bool] {
    var marks = [Bool](repeating: false, count: slotCount)
    for slot in slots { marks[slot] = true }
    return marks
  }

  private func joinRows(of pair: ClusterPair, share: Double) {
    let target = UnsafeMutableRawPointer(row(of: pair.first))
    let source = UnsafeRawPointer(row(of: pair.second))
    var offset = 0
    // Rows are padded to whole vectors; what stands in the padding is never read as a result.
    while offset < slotCount &* 8 {
      let a = target.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
      let b = source.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
      target.storeBytes(
        of: linkage.combined(a, b, share: share), toByteOffset: offset, as: SIMD4<Double>.self)
      offset &+= 32
    }
  }

  /// Each entry between two joined rows is computed once, by the earlier pair, and put into both.
  private func joinColumns(of index: Int, _ pairs: [ClusterPair], _ shares: [Double]) {
    let own = pairs[index]
    let row = row(of: own.first)
    for other in index + 1..<pairs.count {
      let (first, second) = (pairs[other].first, pairs[other].second)
      let value = linkage.combined(row[first], row[second], share: shares[other])
      row[first] = value
      self.row(of: pairs[other].first)[own.first] = value
    }
    row[own.first] = Self.absent
    for pair in pairs { row[pair.second] = Self.absent }
  }

  /// Brings the columns of merged clusters up to date in the rows of some others.
  private func copyColumns(
    _ pairs: [ClusterPair], to slots: Range<Int>, isJoined: [Bool], isDying: [Bool]
  ) {
    let live = slots.filter { ids[$0] >= 0 && !isJoined[$0] && !isDying[$0] }
    for pair in pairs {
      let source = row(of: pair.first)
      for slot in live {
        let target = row(of: slot)
        target[pair.first] = source[slot]
        target[pair.second] = Self.absent
      }
    }
  }

  func compact(on pool: WorkerPool) -> [Int32]? {
    guard count * 20 < slotCount * 13 else { return nil }
    let kept = (0..<slotCount).filter { ids[$0] >= 0 }
    var slots = [Int32](repeating: -1, count: slotCount)
    for (new, old) in kept.enumerated() { slots[old] = Int32(truncatingIfNeeded: new) }
    pool.forEachChunk(count: kept.count) { index in
      let row = row(of: kept[index])
      for (new, old) in kept.enumerated() { row[new] = row[old] }
      for column in kept.count..<Self.stride(kept.count) { row[column] = Self.absent }
    }
    ids = kept.map { ids[$0] }
    sizes = kept.map { sizes[$0] }
    rows = kept.map { rows[$0] }
    slotCount = kept.count
    return slots
  }
}
