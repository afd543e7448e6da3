import Evaluation
import Numerical
import TestSupport
import Testing

struct ConsensusTests {
  /// Runs over random samples of `count` items with labels below `segments`, some of them noise.
  private static func runs(
    _ runCount: Int, items count: Int, segments: Int, seed: UInt64
  ) -> [Labeling] {
    (0..<runCount).map { run in
      var source = RandomSource(seed: Seed(seed).derived("run", run))
      let rows = source.sample(count * 2 / 3, outOf: count)
      return Labeling(rows: rows, labels: rows.map { _ in source.integer(below: segments + 1) - 1 })
    }
  }

  /// The consensus of every pair that some run had both of, by the definition.
  private static func pairs(_ runs: [Labeling], count: Int) -> [[Double?]] {
    var together = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    var both = together
    for run in runs {
      for (a, first) in zip(run.rows, run.labels) {
        for (b, second) in zip(run.rows, run.labels) {
          both[a][b] += 1
          if first == second, first >= 0 { together[a][b] += 1 }
        }
      }
    }
    var pairs = [[Double?]](repeating: [Double?](repeating: nil, count: count), count: count)
    for a in 0..<count {
      for b in 0..<count where a != b && both[a][b] > 0 {
        pairs[a][b] = Double(together[a][b]) / Double(both[a][b])
      }
    }
    return pairs
  }

  // 3, 40 and 100 runs fill no vector, part of two, and part of four. Sums of a few hundred numbers are
  // taken in another order.
  @Test(arguments: [3, 40, 100]) func `all figures equal those of the whole matrix`(
    runCount: Int
  ) throws {
    let count = 300
    let runs = Self.runs(runCount, items: count, segments: 3, seed: 9)
    var source = RandomSource(seed: Seed(1))
    let labels = (0..<count).map { _ in source.integer(below: 4) - 1 }
    let matrix = Self.pairs(runs, count: count)
    let all = (0..<count).flatMap { a in matrix[a][(a + 1)...].compactMap { $0 } }

    let found = try Consensus(of: runs, labels: labels, on: WorkerPool(threadCount: 2))
    #expect(found.pairCount == all.count)
    for (percent, share) in found.distribution.enumerated() {
      let below = all.count { $0 <= Double(percent) / 100 }
      #expect(share == Double(below) / Double(all.count), "\(percent)")
    }
    let ambiguous = all.count { $0 > 0.1 && $0 <= 0.9 }
    #expect(
      isClose(found.ambiguousShare, Double(ambiguous) / Double(all.count), within: 1e-15))
    for segment in found.segments {
      let members = labels.indices.filter { labels[$0] == segment.label }
      let own = members.flatMap { a in members.compactMap { matrix[a][$0] } }
      let mean = try #require(segment.mean)
      #expect(isClose(mean, own.reduce(0, +) / Double(own.count), within: 1e-13))
    }
  }

  // Runs {0,1 | 2}, {0,1,2}: pairs 01 = 1, 02 = 12 = ½. Distribution: ⅔ up to ½, 1 at 1. The area
  // is (1 − ½) · ⅔.
  @Test func `three items have the distribution of the definition`() throws {
    let runs = [
      Labeling(rows: [0, 1, 2], labels: [0, 0, 1]), Labeling(rows: [0, 1, 2], labels: [2, 2, 2]),
    ]
    let found = try Consensus(of: runs, labels: [0, 0, 0], on: .serial)
    #expect(found.distribution[49] == 0)
    #expect(found.distribution[50] == 2.0 / 3)
    #expect(found.ambiguousShare == 2.0 / 3)
    #expect(isClose(found.area, 1.0 / 3, within: 1e-15))
    #expect(found.segments.map(\.mean) == [2.0 / 3])
  }

  @Test func `equal runs leave nothing ambiguous`() throws {
    let labels = (0..<90).map { $0 % 3 }
    let runs = (0..<20).map { run in
      Labeling(rows: Array(0..<90), labels: labels.map { ($0 + run) % 3 })
    }
    let found = try Consensus(of: runs, labels: labels, on: .serial)
    #expect(found.ambiguousShare == 0)
    #expect(found.segments.map(\.mean) == [1, 1, 1])
  }

  @Test func `one and five threads give equal bits`() throws {
    let runs = Self.runs(70, items: 700, segments: 4, seed: 3)
    let labels = (0..<700).map { $0 % 5 }
    let serial = try Consensus(of: runs, labels: labels, on: .serial)
    #expect(try serial == Consensus(of: runs, labels: labels, on: WorkerPool(threadCount: 5)))
  }

  @Test func `a row in no segment is with none`() throws {
    let found = try Consensus(
      of: [Labeling(rows: [0, 1], labels: [-1, -1])], labels: [-1, -1], on: .serial)
    #expect(found.distribution.first == 1)
    #expect(found.segments.isEmpty)
  }

  @Test func `what cannot be counted is refused`() {
    #expect(throws: EvaluationError.count(.replicates, needed: 1, found: 0)) {
      try Consensus(of: [], labels: [0, 0], on: .serial)
    }
    #expect(throws: EvaluationError.tooManySegments(found: 253, limit: 252)) {
      try Consensus(of: [Labeling(rows: [0, 1], labels: [0, 252])], labels: [0, 0], on: .serial)
    }
    #expect(throws: EvaluationError.noRows) {
      try Consensus(of: [Labeling(rows: [0], labels: [0])], labels: [0, 0], on: .serial)
    }
  }

  // 0.4; then (0.5 − 0.4) / 0.4 and (0.5 − 0.5) / 0.5.
  @Test func `areas gain relative to the one before`() {
    let gains = Consensus.areaGains([0.4, 0.5, 0.5])
    #expect(gains[0] == 0.4)
    #expect(isClose(gains[1], 0.25, within: 1e-15))
    #expect(gains[2] == 0)
  }
}
