import Learning
import Numerical
import Testing

@Suite struct RowPartitionTests {
  /// Records with something above the row number, which must travel along.
  private static func records(_ count: Int) -> [UInt64] {
    (0..<count).map { UInt64($0) | UInt64($0 % 1009) << 40 }
  }

  /// One in `share` bins goes left; long runs are divided in pieces, short ones are not.
  @Test(arguments: [1, 3, 63, 64, 65, 1000, 16_384, 50_001], [2, 50, 255])
  func `both parts keep their order at any length and share`(count: Int, share: Int) {
    var random = RandomSource(seed: Seed(7))
    let column = (0..<count).map { _ in UInt8(random.integer(below: 256)) }
    let goesLeft = (0..<256).map { UInt8($0 % share == 0 ? 1 : 0) }
    let records = Self.records(count)
    let left = records.filter { goesLeft[Int(column[Int(UInt32(truncatingIfNeeded: $0))])] == 1 }
    let right = records.filter { goesLeft[Int(column[Int(UInt32(truncatingIfNeeded: $0))])] == 0 }
    for threads in [1, 3] {
      let partition = RowPartition(rowCount: count)
      for (place, record) in records.enumerated() { partition.records[place] = record }
      let runs = partition.split(
        .init(range: 0..<count), by: column, goesLeft: goesLeft,
        on: WorkerPool(threadCount: threads))
      #expect(Array(partition.rows(runs.left)) == left)
      #expect(Array(partition.rows(runs.right)) == right)
    }
  }

  @Test func `runs are divided again and again without touching their neighbours`() {
    let count = 70_000
    let partition = RowPartition(rowCount: count)
    for (place, record) in Self.records(count).enumerated() { partition.records[place] = record }
    let table = (0..<256).map { UInt8($0 & 1) }
    var runs = [RowPartition.Run(range: 0..<count)]
    for bit in 0..<5 {
      let column = (0..<count).map { UInt8($0 >> bit & 1) }
      runs = runs.flatMap { run in
        let parts = partition.split(
          run, by: column, goesLeft: table, on: WorkerPool(threadCount: 2))
        return [parts.left, parts.right]
      }
    }
    #expect(runs.map(\.count).reduce(0, +) == count)
    for (number, run) in runs.enumerated() {
      // The first division, by the lowest bit, decides the highest bit of the number; odd rows go left.
      let expected = (0..<count).filter { row in
        (0..<5).allSatisfy { bit in (row >> bit & 1 == 1) == (number >> (4 - bit) & 1 == 0) }
      }
      #expect(partition.rows(run).map { Int(UInt32(truncatingIfNeeded: $0)) } == expected)
    }
  }
}
