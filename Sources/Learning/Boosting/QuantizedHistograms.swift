import CIntrinsics
import Numerical

/// A row with its derivatives as whole numbers: row number | h · scale (16 bits) | g · scale (16 bits).
///
/// As a histogram entry g stands 32 bits above h, and the sum of entries of all rows fits: scales are
/// chosen so that n · max h < 2³² and n · max |g| < 2³¹.
package enum RowRecord {
  @inline(__always)
  package static func make(row: Int, g: Int32, h: Int32) -> UInt64 {
    UInt64(UInt32(truncatingIfNeeded: row))
      | UInt64(UInt16(truncatingIfNeeded: h)) &<< 32
      | UInt64(UInt16(truncatingIfNeeded: g)) &<< 48
  }

  /// (g << 32) + h.
  @inline(__always)
  package static func entry(_ record: UInt64) -> Int64 {
    (Int64(bitPattern: record) &>> 48) &<< 32
      &+ Int64(truncatingIfNeeded: (record &>> 32) & 0xffff)
  }
}

/// What whole numbers of a record mean.
package struct DerivativeScale: Sendable {
  var gradient = 1.0
  var hessian = 1.0

  package init(gradient: Double = 1, hessian: Double = 1) {
    self.gradient = gradient
    self.hessian = hessian
  }

  /// (Σg, Σh) of a sum of entries.
  @inline(__always)
  package func sums(_ entry: Int64) -> SIMD2<Double> {
    SIMD2(
      Double(entry &>> 32) * gradient, Double(UInt32(truncatingIfNeeded: entry)) * hessian)
  }
}

/// Sums of whole numbers: one addition per row and column, in any order the same.
final class QuantizedHistograms: Histograms {
  var scale = DerivativeScale()
  private let data: BinnedMatrix
  private var slots: HistogramSlots<Int64>
  /// Private sums of further threads.
  private var partial: [ScratchBuffer<Int64>] = []

  /// Rows from which several threads share a histogram.
  private static let sharedRows = 16_384
  /// Rows whose bins and a group's entries together fit the nearest cache.
  private static let blockRows = 512

  init(_ data: BinnedMatrix, slotCount: Int) {
    self.data = data
    slots = HistogramSlots(count: slotCount, groupCount: data.groupCount)
    for slot in 0..<slotCount { slots.reserve(slot) }
  }

  func fillByRows(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, on pool: WorkerPool) -> Bool {
    guard rows.count >= Self.sharedRows, pool.threadCount > 1 else { return false }
    // Whole numbers: how many parts there are changes no sum.
    let parts = min(pool.threadCount, rows.count / (Self.sharedRows / 2))
    while partial.count < parts - 1 {
      partial.append(ScratchBuffer(count: slots.entriesPerSlot))
    }
    let chunks = RowChunks(count: rows.count, parts: parts)
    pool.forEachChunk(count: chunks.count) { part in
      let entries = part == 0 ? slots.start(slot) : partial[part - 1].start
      entries.update(repeating: 0, count: slots.entriesPerSlot)
      let own = UnsafeBufferPointer(rebasing: rows[chunks[part]])
      let blocks = RowChunks(count: own.count, size: Self.blockRows)
      for block in 0..<blocks.count {
        for group in 0..<data.groupCount {
          add(UnsafeBufferPointer(rebasing: own[blocks[block]]), group: group, to: entries)
        }
      }
    }
    pool.forEachChunk(count: data.groupCount) { group in
      for part in 1..<chunks.count {
        Self.add(partial[part - 1].start + group * 2048, to: slots.start(slot) + group * 2048)
      }
    }
    return true
  }

  func fill(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, group: Int) {
    let entries = slots.start(slot)
    (entries + group * 2048).update(repeating: 0, count: 2048)
    add(rows, group: group, to: entries)
  }

  func subtract(_ child: Int, from slot: Int, group: Int) {
    let target = slots.start(slot) + group * 2048
    let source = slots.start(child) + group * 2048
    for entry in 0..<2048 { target[entry] &-= source[entry] }
  }

  func bestSplit(_ slot: Int, _ traits: ColumnTraits, _ search: SplitSearch) -> Split {
    let entries = slots.start(slot) + traits.column * 256
    if QuantizedScan.suits(search.rules, traits) {
      return QuantizedScan(search, scale: scale).best(entries, traits)
    }
    return withUnsafeTemporaryAllocation(of: SIMD2<Double>.self, capacity: 256) { sums in
      guard let sums = sums.baseAddress else { return Split() }
      for bin in 0..<traits.binCount { sums[bin] = scale.sums(entries[bin]) }
      return search.best(sums, traits)
    }
  }

  private static func add(
    _ source: UnsafeMutablePointer<Int64>, to target: UnsafeMutablePointer<Int64>
  ) {
    for entry in 0..<2048 { target[entry] &+= source[entry] }
  }

  /// Adds rows to eight columns, whose bins are one load.
  private func add(
    _ records: UnsafeBufferPointer<UInt64>, group: Int, to entries: UnsafeMutablePointer<Int64>
  ) {
    guard let record = records.baseAddress else { return }
    Self.addRows(
      record, count: records.count, words: data.rows + group * 8, stride: data.stride,
      entries: entries + group * 2048)
  }

  private static func addRows(
    _ records: UnsafePointer<UInt64>, count: Int, words: UnsafePointer<UInt8>, stride: Int,
    entries: UnsafeMutablePointer<Int64>
  ) {
    // Rows of small leaves lie far apart: their bins are asked for ahead of use.
    let ahead = 12
    for index in 0..<count {
      cohort_prefetch(words + rowNumber(records[min(index &+ ahead, count &- 1)]) &* stride)
      let record = records[index]
      let entry = RowRecord.entry(record)
      let bins = UnsafeRawPointer(words + rowNumber(record) &* stride).load(as: UInt64.self)
      entries[Int(truncatingIfNeeded: bins & 255)] &+= entry
      entries[256 &+ Int(truncatingIfNeeded: (bins &>> 8) & 255)] &+= entry
      entries[512 &+ Int(truncatingIfNeeded: (bins &>> 16) & 255)] &+= entry
      entries[768 &+ Int(truncatingIfNeeded: (bins &>> 24) & 255)] &+= entry
      entries[1024 &+ Int(truncatingIfNeeded: (bins &>> 32) & 255)] &+= entry
      entries[1280 &+ Int(truncatingIfNeeded: (bins &>> 40) & 255)] &+= entry
      entries[1536 &+ Int(truncatingIfNeeded: (bins &>> 48) & 255)] &+= entry
      entries[1792 &+ Int(truncatingIfNeeded: bins &>> 56)] &+= entry
    }
  }
}
