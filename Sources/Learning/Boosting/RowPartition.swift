import CIntrinsics
package import Numerical

/// The rows of a tree's leaves: each leaf a run of records, rows ascending within it.
///
/// There are two places for every record. Dividing a run writes both parts to the other place, so nothing
/// is copied back.
package final class RowPartition {
  /// A run of records and the place where they stand.
  package struct Run: Hashable {
    package var range: Range<Int>
    var isInSpare = false

    package init(range: Range<Int>, isInSpare: Bool = false) {
      self.range = range
      self.isInSpare = isInSpare
    }

    package var count: Int { range.count }
  }

  /// Where a tree's records are written before it grows.
  package var records: UnsafeMutablePointer<UInt64> { first.start }

  private let first: ScratchBuffer<UInt64>
  private let spare: ScratchBuffer<UInt64>
  /// Bit i of word w: whether row 64 w + i of the run goes left.
  private let sides: ScratchBuffer<UInt64>
  private let packing = RecordPacking()

  /// Rows of one piece of a parallel partition.
  private static let pieceRows = 16_384

  package init(rowCount: Int) {
    first = ScratchBuffer(count: rowCount)
    spare = ScratchBuffer(count: rowCount)
    sides = ScratchBuffer(count: (rowCount + 63) / 64)
  }

  package func rows(_ run: Run) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: start(run), count: run.count)
  }

  private func start(_ run: Run) -> UnsafeMutablePointer<UInt64> {
    (run.isInSpare ? spare : first).start + run.range.lowerBound
  }

  /// Divides a run into the rows that go left and the others, keeping the order of both.
  ///
  /// - Parameter goesLeft: 1 or 0 for each of 256 bins.
  package func split(
    _ run: Run, by column: UnsafePointer<UInt8>, goesLeft: UnsafePointer<UInt8>,
    on pool: WorkerPool
  ) -> (left: Run, right: Run) {
    let source = start(run)
    let target = (run.isInSpare ? first : spare).start + run.range.lowerBound
    let pieces = RowChunks(count: run.count, size: Self.pieceRows)
    let lefts = pool.map(count: pieces.count) { piece in
      Self.decide(
        source + pieces[piece].lowerBound, count: pieces[piece].count, column, goesLeft,
        sides: sides.start + pieces[piece].lowerBound / 64)
    }
    let leftTotal = lefts.reduce(0, +)
    var (leftStarts, before) = ([Int](), 0)
    for left in lefts {
      leftStarts.append(before)
      before += left
    }
    pool.forEachChunk(count: pieces.count) { piece in
      let (rows, leftStart) = (pieces[piece], leftStarts[piece])
      packing.move(
        source + rows.lowerBound, count: rows.count, sides: sides.start + rows.lowerBound / 64,
        left: target + leftStart, leftCount: lefts[piece],
        right: target + (leftTotal + rows.lowerBound - leftStart))
    }
    let middle = run.range.lowerBound + leftTotal
    return (
      Run(range: run.range.lowerBound..<middle, isInSpare: !run.isInSpare),
      Run(range: middle..<run.range.upperBound, isInSpare: !run.isInSpare)
    )
  }

  /// Writes the sides of rows, and counts those that go left.
  private static func decide(
    _ records: UnsafePointer<UInt64>, count: Int, _ column: UnsafePointer<UInt8>,
    _ goesLeft: UnsafePointer<UInt8>, sides: UnsafeMutablePointer<UInt64>
  ) -> Int {
    var (lefts, index) = (0, 0)
    while index < count {
      let end = min(index &+ 64, count)
      var (word, bit) = (UInt64(0), UInt64(0))
      for row in index..<end {
        word |= UInt64(goesLeft[Int(column[rowNumber(records[row])])]) &<< bit
        bit &+= 1
      }
      sides[index &>> 6] = word
      lefts &+= word.nonzeroBitCount
      index = end
    }
    return lefts
  }
}

/// Moves records to either of two places, four at a time.
private struct RecordPacking {
  /// For each set of four records, how to put its members first.
  private let order: ScratchBuffer<SIMD8<Int32>>

  init() {
    order = ScratchBuffer(count: 16)
    for set in 0..<16 {
      let members = (0..<4).filter { set >> $0 & 1 == 1 }
      var lanes = SIMD8<Int32>.zero
      for (place, member) in members.enumerated() {
        lanes[2 * place] = Int32(2 * member)
        lanes[2 * place + 1] = Int32(2 * member + 1)
      }
      order.start[set] = lanes
    }
  }

  /// - Parameters:
  ///   - sides: bit i of word w is 1 where record 64 w + i goes left.
  ///   - leftCount: how many bits are 1; nothing is written behind as many records, since other threads'
  ///     records follow.
  func move(
    _ source: UnsafePointer<UInt64>, count: Int, sides: UnsafePointer<UInt64>,
    left: UnsafeMutablePointer<UInt64>, leftCount: Int, right: UnsafeMutablePointer<UInt64>
  ) {
    let rightCount = count &- leftCount
    var (index, lefts) = (0, 0)
    // Four records are written to both places, the right ones first.
    while lefts &+ 4 <= leftCount, index &- lefts &+ 4 <= rightCount {
      let set = Int((sides[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63)) & 15)
      let four = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD8<Int32>.self)
      UnsafeMutableRawPointer(left + lefts).storeBytes(
        of: cohort_permute_i32x8(four, order.start[set]), as: SIMD8<Int32>.self)
      UnsafeMutableRawPointer(right + (index &- lefts)).storeBytes(
        of: cohort_permute_i32x8(four, order.start[set ^ 15]), as: SIMD8<Int32>.self)
      lefts &+= set.nonzeroBitCount
      index &+= 4
    }
    while index < count {
      let isLeft = (sides[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63)) & 1 == 1
      if isLeft {
        left[lefts] = source[index]
        lefts &+= 1
      } else {
        right[index &- lefts] = source[index]
      }
      index &+= 1
    }
  }
}
