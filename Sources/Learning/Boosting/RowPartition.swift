import Numerical

/// The rows of a tree's leaves: each leaf a run of records, rows ascending within it.
final class RowPartition {
  let records: ScratchBuffer<UInt64>
  private let scratch: ScratchBuffer<UInt64>

  /// Rows of one piece of a parallel partition.
  private static let blockRows = 16_384

  init(rowCount: Int) {
    records = ScratchBuffer(count: rowCount)
    scratch = ScratchBuffer(count: rowCount)
  }

  func rows(_ range: Range<Int>) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: records.start + range.lowerBound, count: range.count)
  }

  /// Moves the rows of a run that go left before the others, keeping the order of both.
  ///
  /// - Parameter goesLeft: 1 or 0 for each of 256 bins.
  /// - Returns: how many went left.
  func split(
    _ range: Range<Int>, by column: UnsafePointer<UInt8>, goesLeft: UnsafePointer<UInt8>,
    on pool: WorkerPool
  ) -> Int {
    let run = records.start + range.lowerBound
    guard range.count > 2 * Self.blockRows else {
      let left = Self.divide(
        run, count: range.count, column, goesLeft, left: run, right: scratch.start)
      (run + left).update(from: scratch.start, count: range.count - left)
      return left
    }
    let chunks = RowChunks(count: range.count, size: Self.blockRows)
    let spare = scratch.start + range.lowerBound
    let lefts = pool.map(count: chunks.count) { chunk in
      Self.divideInPlace(
        run + chunks[chunk].lowerBound, count: chunks[chunk].count, column, goesLeft,
        to: spare + chunks[chunk].lowerBound)
    }
    let leftTotal = lefts.reduce(0, +)
    var (leftStarts, before) = ([Int](), 0)
    for left in lefts {
      leftStarts.append(before)
      before += left
    }
    pool.forEachChunk(count: chunks.count) { chunk in
      let (range, left) = (chunks[chunk], lefts[chunk])
      let source = spare + range.lowerBound
      (run + leftStarts[chunk]).update(from: source, count: left)
      let target = run + leftTotal + (range.lowerBound - leftStarts[chunk])
      for index in 0..<range.count &- left { target[index] = source[range.count &- 1 &- index] }
    }
    return leftTotal
  }

  /// Writes every record to both places and advances one: no branch to mispredict.
  private static func divide(
    _ source: UnsafePointer<UInt64>, count: Int, _ column: UnsafePointer<UInt8>,
    _ goesLeft: UnsafePointer<UInt8>, left: UnsafeMutablePointer<UInt64>,
    right: UnsafeMutablePointer<UInt64>
  ) -> Int {
    var lefts = 0
    for index in 0..<count {
      let record = source[index]
      let isLeft = Int(goesLeft[Int(column[rowNumber(record)])])
      right[index &- lefts] = record
      left[lefts] = record
      lefts &+= isLeft
    }
    return lefts
  }

  /// Left rows from the front of `target`, right rows from its end backwards.
  private static func divideInPlace(
    _ source: UnsafePointer<UInt64>, count: Int, _ column: UnsafePointer<UInt8>,
    _ goesLeft: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt64>
  ) -> Int {
    var (low, high) = (0, count &- 1)
    for index in 0..<count {
      let record = source[index]
      let isLeft = Int(goesLeft[Int(column[rowNumber(record)])])
      target[low] = record
      target[high] = record
      low &+= isLeft
      high = high &- 1 &+ isLeft
    }
    return low
  }
}
