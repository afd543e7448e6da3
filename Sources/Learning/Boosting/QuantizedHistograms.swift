import CIntrinsics
import Numerical
import Synchronization

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

  /// Rows from which several threads share a histogram; fewer are divided by columns.
  private static let sharedRows = 16_384
  /// Rows that a thread claims at a time.
  private static let blockRows = 2048
  /// Groups that a pass over rows fills: half a line of bins, and sums that stay in the nearest caches.
  ///
  /// Filling two at a time took half as long again where rows lie apart, since a line came twice.
  private static let groupsPerPass = 4

  init(_ data: BinnedMatrix, slotCount: Int) {
    self.data = data
    slots = HistogramSlots(count: slotCount, groupCount: data.groupCount)
    for slot in 0..<slotCount { slots.reserve(slot) }
  }

  func fillByRows(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, on pool: WorkerPool) -> Bool {
    guard rows.count >= Self.sharedRows || pool.threadCount == 1 else { return false }
    // Whole numbers: which thread adds which rows changes no sum.
    let parts = max(1, min(pool.threadCount, rows.count / (Self.sharedRows / 2)))
    while partial.count < parts - 1 {
      partial.append(ScratchBuffer(count: slots.entriesPerSlot))
    }
    let blocks = RowChunks(count: rows.count, size: Self.blockRows)
    let nextBlock = Atomic<Int>(0)
    pool.forEachChunk(count: parts) { part in
      let entries = part == 0 ? slots.start(slot) : partial[part - 1].start
      entries.update(repeating: 0, count: slots.entriesPerSlot)
      while true {
        let block = nextBlock.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < blocks.count else { return }
        add(UnsafeBufferPointer(rebasing: rows[blocks[block]]), to: entries)
      }
    }
    guard parts > 1 else { return true }
    pool.forEachChunk(count: data.groupCount) { group in
      for part in 1..<parts {
        Self.add(partial[part - 1].start + group * 2048, to: slots.start(slot) + group * 2048)
      }
    }
    return true
  }

  func fill(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, group: Int) {
    let entries = slots.start(slot) + group * 2048
    entries.update(repeating: 0, count: 2048)
    guard let record = rows.baseAddress else { return }
    HistogramKernel.add(
      record, count: rows.count, bins: data.rows + group * 8, stride: data.stride, groups: 1,
      to: entries)
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

  /// Adds rows to all columns.
  private func add(
    _ records: UnsafeBufferPointer<UInt64>, to entries: UnsafeMutablePointer<Int64>
  ) {
    guard let record = records.baseAddress else { return }
    for group in stride(from: 0, to: data.groupCount, by: Self.groupsPerPass) {
      HistogramKernel.add(
        record, count: records.count, bins: data.rows + group * 8, stride: data.stride,
        groups: min(Self.groupsPerPass, data.groupCount - group), to: entries + group * 2048)
    }
  }
}

/// Adds the entries of rows to those of their bins: one load, one addition, one store per column.
///
/// A core stores once a cycle, which bounds it.
private enum HistogramKernel {
  /// Rows of small leaves lie far apart: their bins are asked for ahead of use.
  private static let ahead = 64

  /// - Parameter bins: of the first column of the first group, in row 0.
  static func add(
    _ records: UnsafePointer<UInt64>, count: Int, bins: UnsafePointer<UInt8>, stride: Int,
    groups: Int, to entries: UnsafeMutablePointer<Int64>
  ) {
    for index in 0..<count {
      let later = records[min(index &+ ahead, count &- 1)]
      cohort_prefetch(bins + rowNumber(later) &* stride)
      let record = records[index]
      let entry = RowRecord.entry(record)
      var own = bins + rowNumber(record) &* stride
      var target = entries
      for _ in 0..<groups {
        addEight(entry, own, to: target)
        own += 8
        target += 2048
      }
    }
  }

  @inline(__always)
  private static func addEight(
    _ entry: Int64, _ bins: UnsafePointer<UInt8>, to entries: UnsafeMutablePointer<Int64>
  ) {
    entries[Int(bins[0])] &+= entry
    entries[256 &+ Int(bins[1])] &+= entry
    entries[512 &+ Int(bins[2])] &+= entry
    entries[768 &+ Int(bins[3])] &+= entry
    entries[1024 &+ Int(bins[4])] &+= entry
    entries[1280 &+ Int(bins[5])] &+= entry
    entries[1536 &+ Int(bins[6])] &+= entry
    entries[1792 &+ Int(bins[7])] &+= entry
  }
}
