import Evaluation
import Foundation
import Numerical
import TestSupport
import Testing

struct BootstrapTests {
  private static let example = ScoresExample.all[1]
  private static let metrics: [ClassificationMetric] = [.rocAUC, .prAUC, .logLoss, .recall]

  private func replicates(
    _ count: Int, of example: ScoresExample = example, seed: UInt64 = 5, threads: Int = 1
  ) throws -> BootstrapReplicates {
    try Bootstrap(replicateCount: count, seed: Seed(seed)).replicates(
      of: example.binaryScores(), metrics: Self.metrics, threshold: 0.2,
      on: WorkerPool(threadCount: threads))
  }

  /// Rows drawn one by one from the streams the replicate is said to use.
  private func drawnRows(_ example: ScoresExample, replicate: Int) -> [Int] {
    let seed = Seed(5).derived("bootstrap", replicate)
    return [(1.0, "positives"), (0.0, "negatives")].flatMap { label, name in
      let rows = example.labels.indices.filter {
        example.labels[$0] == label && (example.weights?[$0] ?? 1) > 0
      }
      var source = RandomSource(seed: seed.derived(name))
      var drawn: [Int] = []
      while drawn.count < rows.count {
        let product = UInt64(source.next32()) * UInt64(rows.count)
        if product % (1 << 32) >= (1 << 32) % UInt64(rows.count) {
          drawn.append(rows[Int(product >> 32)])
        }
      }
      return drawn
    }
  }

  @Test(arguments: [ScoresExample.all[0], ScoresExample.all[1], ScoresExample.all[3]])
  func `a replicate is the metric of the rows drawn`(example: ScoresExample) throws {
    let found = try replicates(3, of: example)
    for replicate in 0..<3 {
      let rows = drawnRows(example, replicate: replicate)
      let groups = try BinaryScores(
        scores: rows.map { example.scores[$0] }, labels: rows.map { example.labels[$0] },
        weights: example.weights.map { weights in rows.map { weights[$0] } }
      ).groups
      for (column, metric) in Self.metrics.enumerated() {
        let expected = try metric.value(groups, threshold: 0.2)
        #expect(isClose(found.replicates[replicate, column], expected, within: summation))
      }
    }
  }

  @Test func `the first fifty of a hundred are fifty`() throws {
    let (fifty, hundred) = (try replicates(50), try replicates(100))
    #expect(hundred.replicates.selectingRows(Array(0..<50)) == fifty.replicates)
    #expect(try replicates(50, seed: 6).replicates != fifty.replicates)
  }

  @Test(arguments: 2...8)
  func `threads change no bit`(threads: Int) throws {
    #expect(try replicates(40, threads: threads) == replicates(40))
  }

  /// The standard deviation of 1000 replicates has a relative error of 2.2 %; the two estimates differ by
  /// O(1/n) besides.
  @Test func `the spread of the area is DeLong's`() throws {
    let found = try replicates(1000, of: ScoresExample.all[0])
    let delong = try DeLong([ScoresExample.all[0].binaryScores()])
    let ratio = found.standardError(of: 0) / delong.standardError(of: 0)
    #expect(abs(ratio - 1) < 0.08)
    let interval = try found.interval(of: 0)
    let normal = try delong.interval(of: 0)
    #expect(abs(interval.lower - normal.lower) < 0.3 * delong.standardError(of: 0))
    #expect(interval.contains(found.estimates[0]))
  }

  /// Efron's formula written down once more, with rows left out one part at a time.
  @Test func `the corrected interval follows the formula`() throws {
    let example = ScoresExample.all[0]
    let found = try replicates(200, of: example)
    let sorted = found.replicates.column(0).sorted()
    var classes: [Double: Int] = [:]
    let parts = example.labels.map { label -> Int in
      defer { classes[label, default: 0] += 1 }
      return classes[label, default: 0] % 100
    }
    let reduced = try (0..<100).map { part in
      let rows = parts.indices.filter { parts[$0] != part }
      return try BinaryScores(
        scores: rows.map { example.scores[$0] }, labels: rows.map { example.labels[$0] }
      ).groups.rocAUC()
    }
    let mean = reduced.reduce(0, +) / 100
    let squares = reduced.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let cubes = reduced.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    let a = cubes / (6 * squares * squares.squareRoot())
    let below = Double(sorted.count { $0 < found.estimates[0] })
    let equal = Double(sorted.count { $0 == found.estimates[0] })
    let z0 = StandardNormal.quantile((below + equal / 2) / Double(sorted.count))
    let bounds = Quantiles.ofSorted(
      sorted,
      at: [-1.6448536269514722, 1.6448536269514722].map { z in
        StandardNormal.cumulative(z0 + (z0 + z) / (1 - a * (z0 + z)))
      })
    let interval = try found.interval(of: 0, level: 0.9, method: .corrected)
    #expect(isClose(interval.lower, bounds[0], within: 1e-10))
    #expect(isClose(interval.upper, bounds[1], within: 1e-10))
  }

  @Test func `a metric without spread has an interval of one point`() throws {
    let perfect = try Bootstrap(replicateCount: 20, seed: Seed(1)).replicates(
      of: BinaryScores(scores: [0.9, 0.1, 0.2], labels: [1, 0, 0]), metrics: [.rocAUC],
      threshold: 0.5)
    for method in BootstrapReplicates.Method.allCases {
      let interval = try perfect.interval(of: 0, method: method)
      #expect(interval.lower == 1 && interval.upper == 1)
    }
  }

  @Test func `a model does not differ from itself`() throws {
    let found = try replicates(50)
    let same = try found.difference(from: found, metric: 0)
    #expect(same.value == 0 && same.standardError == 0 && same.pValue == 1)
  }

  /// Pairing takes away what both models share: the paired error equals DeLong's, within 3.5 standard errors
  /// of a standard deviation over 1000 replicates.
  @Test func `a paired difference varies as DeLong says`() throws {
    let example = UncertaintyFixture.shared.delong[0]
    let models = try example.models()
    let bootstrap = Bootstrap(replicateCount: 1000, seed: Seed(2))
    let drawn = try models.map {
      try bootstrap.replicates(of: $0, metrics: [.rocAUC], threshold: 0)
    }
    let found = try drawn[0].difference(from: drawn[2], metric: 0)
    let expected = try DeLong(models).difference(0, 2)
    #expect(isClose(found.value, expected.value, within: 1e-14))
    #expect(abs(found.standardError / expected.standardError - 1) < 0.08)
    #expect(found.interval.contains(found.value))
    // The share of 1000 replicates beyond zero, about 0.026, has a standard error of 0.005.
    #expect(abs(found.pValue - expected.pValue) < 0.03)
  }

  @Test func `replicates of other rows or draws are not compared`() throws {
    let found = try replicates(50)
    #expect(throws: EvaluationError.differentRows(candidate: 1)) {
      try found.difference(from: replicates(50, seed: 6), metric: 0)
    }
    #expect(throws: EvaluationError.differentRows(candidate: 1)) {
      try found.difference(from: replicates(50, of: ScoresExample.all[0]), metric: 0)
    }
  }

  @Test func `stored replicates are the same and forged ones refused`() throws {
    let found = try replicates(5)
    let data = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode(BootstrapReplicates.self, from: data) == found)
    let text = String(decoding: data, as: UTF8.self)
    let forged = text.replacingOccurrences(of: "\"estimates\":[", with: "\"estimates\":[0.5,")
    #expect(forged != text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(BootstrapReplicates.self, from: Data(forged.utf8))
    }
  }

  @Test func `too few replicates, one class and missing probabilities are refused`() throws {
    #expect(throws: EvaluationError.count(.replicates, needed: 2, found: 1)) { try replicates(1) }
    let bootstrap = Bootstrap(replicateCount: 5, seed: Seed(0))
    let one = try BinaryScores(scores: [0.1, 0.2], labels: [0, 0])
    #expect(throws: EvaluationError.oneClass(label: 0, rows: 2)) {
      try bootstrap.replicates(of: one, metrics: [.accuracy], threshold: 0.5)
    }
    let margins = try BinaryScores(scores: [-1, 0.2], labels: [0, 1])
    #expect(throws: EvaluationError.notProbability(row: 0)) {
      try bootstrap.replicates(of: margins, metrics: [.brier], threshold: 0.5)
    }
  }
}
