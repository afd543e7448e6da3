import Numerical
import Synchronization
import Testing

struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8, 33])
  func `every chunk runs exactly once`(threadCount: Int) {
    let pool = WorkerPool(threadCount: threadCount)
    for count in [0, 1, 2, 7, 1000] {
      let runs = Counters(count)
      pool.forEachChunk(count: count) { runs.add(to: $0) }
      #expect(runs.values == [Int](repeating: 1, count: count))
    }
  }

  @Test func `a pool has as many threads as asked for`() {
    #expect(WorkerPool(threadCount: 5).threadCount == 5)
    #expect(WorkerPool.serial.threadCount == 1)
  }

  @Test func `a negative or zero number of chunks runs nothing`() {
    let pool = WorkerPool(threadCount: 3)
    let runs = Counters(1)
    pool.forEachChunk(count: 0) { _ in runs.add(to: 0) }
    pool.forEachChunk(count: -4) { _ in runs.add(to: 0) }
    #expect(runs.values == [0])
    #expect(pool.map(count: -1) { $0 } == [])
  }

  @Test(arguments: [1, 2, 8])
  func `map keeps the order of chunks and values with references`(threadCount: Int) {
    let pool = WorkerPool(threadCount: threadCount)
    let texts = pool.map(count: 300) { chunk in "chunk \(chunk)" }
    #expect(texts == (0..<300).map { "chunk \($0)" })
  }

  @Test func `a call from inside a chunk runs on the same thread to its end`() {
    let pool = WorkerPool(threadCount: 4)
    let other = WorkerPool(threadCount: 4)
    let sums = pool.map(count: 40) { outer in
      pool.map(count: 25) { inner in
        other.map(count: 3) { outer * 1000 + inner * 3 + $0 }.reduce(0, +)
      }.reduce(0, +)
    }
    // Σ over inner and innermost of 1000·outer + 0, 1, … 74.
    #expect(sums == (0..<40).map { 75_000 * $0 + 75 * 74 / 2 })
  }

  @Test func `a pool is parallel again after nested calls`() {
    let pool = WorkerPool(threadCount: 2)
    pool.forEachChunk(count: 8) { _ in pool.forEachChunk(count: 8) { _ in } }
    // Two chunks that wait for each other end only if two threads run them.
    let arrived = Atomic<Int>(0)
    pool.forEachChunk(count: 2) { _ in
      arrived.add(1, ordering: .acquiringAndReleasing)
      while arrived.load(ordering: .acquiring) < 2 {}
    }
    #expect(arrived.load(ordering: .relaxed) == 2)
  }

  @Test func `many small jobs in a row all complete`() {
    let pool = WorkerPool(threadCount: 4)
    let runs = Counters(5)
    for _ in 0..<20_000 { pool.forEachChunk(count: 5) { runs.add(to: $0) } }
    #expect(runs.values == [Int](repeating: 20_000, count: 5))
  }

  @Test func `callers on several threads share one pool`() async {
    let pool = WorkerPool(threadCount: 3)
    let sums = await withTaskGroup(of: Int.self, returning: [Int].self) { group in
      for caller in 0..<8 {
        group.addTask {
          var sum = 0
          for round in 0..<200 {
            sum += pool.map(count: 7) { caller + round + $0 }.reduce(0, +)
          }
          return sum
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    // 200 rounds of 7 chunks: Σ (caller + round + chunk).
    let expected = (0..<8).map { 1400 * $0 + 7 * 199 * 100 + 200 * 21 }
    #expect(sums.sorted() == expected)
  }

  @Test func `pools come and go without work`() {
    for threadCount in 1...40 { _ = WorkerPool(threadCount: threadCount) }
    for _ in 0..<100 {
      let pool = WorkerPool(threadCount: 4)
      pool.forEachChunk(count: 4) { _ in }
    }
  }

  @Test func `a job's closure is released when the call returns`() {
    final class Token: Sendable {}
    let pool = WorkerPool(threadCount: 4)
    weak var watched: Token?
    do {
      let token = Token()
      watched = token
      pool.forEachChunk(count: 64) { _ in withExtendedLifetime(token) {} }
    }
    #expect(watched == nil)
  }

  @Test func `writes made by chunks are visible after the call`() {
    let pool = WorkerPool(threadCount: 8)
    for round in 0..<500 {
      let values = pool.map(count: 16) { [Int](repeating: $0 &* round, count: 50) }
      for chunk in 0..<16 { #expect(values[chunk] == [Int](repeating: chunk * round, count: 50)) }
    }
  }
}

/// Counters that threads may raise at the same time.
private final class Counters: Sendable {
  private let counts: Mutex<[Int]>
  init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }
  func add(to index: Int) { counts.withLock { $0[index] += 1 } }
  var values: [Int] { counts.withLock { $0 } }
}
