import CIntrinsics
import Numerical

/// Sums of derivatives by bin, for the leaves of a growing tree.
///
/// A leaf's histogram stands in a slot; column c takes the 256 entries from 256 c on. Columns are
/// worked on in groups of eight, so that different groups may be filled by different threads.
protocol Histograms: AnyObject {
  /// Adds rows to a slot by many threads at once, all groups; false if it did nothing because the
  /// sums would depend on the threads, or because it would not pay.
  func fillByRows(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, on pool: WorkerPool) -> Bool
  /// Sets the entries of one group of a slot to the sums over rows.
  func fill(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, group: Int)
  /// Takes a child's entries from its parent's, which leaves those of the other child.
  func subtract(_ child: Int, from slot: Int, group: Int)
  /// The best division of a slot's node by a column.
  func bestSplit(_ slot: Int, _ traits: ColumnTraits, _ search: SplitSearch) -> Split
}

/// Memory of one histogram per slot, made when first used.
struct HistogramSlots<Entry: BitwiseCopyable> {
  private var buffers: [ScratchBuffer<Entry>?]
  let entriesPerSlot: Int

  init(count: Int, groupCount: Int) {
    buffers = Array(repeating: nil, count: count)
    entriesPerSlot = groupCount * 8 * 256
  }

  mutating func reserve(_ slot: Int) {
    if buffers[slot] == nil { buffers[slot] = ScratchBuffer(count: entriesPerSlot) }
  }

  func start(_ slot: Int) -> UnsafeMutablePointer<Entry> {
    guard let buffer = buffers[slot] else { preconditionFailure("a slot is reserved before use") }
    return buffer.start
  }
}

/// Row numbers in the low halves of records.
@inline(__always)
func rowNumber(_ record: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: record)) }

/// Double sums, added in the order of rows: LightGBM's own.
final class ExactHistograms: Histograms {
  private let data: BinnedMatrix
  private var slots: HistogramSlots<SIMD2<Double>>
  /// (g, h) of every row.
  private let derivatives: ScratchBuffer<SIMD2<Float>>

  init(_ data: BinnedMatrix, slotCount: Int, derivatives: ScratchBuffer<SIMD2<Float>>) {
    self.data = data
    self.derivatives = derivatives
    slots = HistogramSlots(count: slotCount, groupCount: data.groupCount)
    for slot in 0..<slotCount { slots.reserve(slot) }
  }

  func fillByRows(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, on pool: WorkerPool) -> Bool {
    false
  }

  func fill(_ slot: Int, _ rows: UnsafeBufferPointer<UInt64>, group: Int) {
    for column in group * 8..<min(group * 8 + 8, data.columnCount) {
      let entries = slots.start(slot) + column * 256
      entries.update(repeating: .zero, count: 256)
      let bins = data.column(column)
      for record in rows {
        let row = rowNumber(record)
        entries[Int(bins[row])] += SIMD2<Double>(derivatives.start[row])
      }
    }
  }

  func subtract(_ child: Int, from slot: Int, group: Int) {
    let target = slots.start(slot) + group * 2048
    let source = slots.start(child) + group * 2048
    for entry in 0..<2048 { target[entry] -= source[entry] }
  }

  func bestSplit(_ slot: Int, _ traits: ColumnTraits, _ search: SplitSearch) -> Split {
    search.best(slots.start(slot) + traits.column * 256, traits)
  }
}
