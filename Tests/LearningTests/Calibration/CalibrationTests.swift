import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct CalibrationTests {
  struct Example: Decodable, CustomTestStringConvertible {
    struct Sigmoid: Decodable {
      let slope: Double
      let intercept: Double
    }

    struct Beta: Decodable {
      let a: Double
      let b: Double
      let c: Double
    }

    let name: String
    let scores: [Double]
    let labels: [Double]
    let weights: [Double]?
    let sigmoid: Sigmoid
    let beta: Beta
    let at: [Double]
    let isotonic: [Double]

    var testDescription: String { name + (weights == nil ? "" : ", weights") }

    static let all: [Example] = {
      do { return try Fixture.load("calibration") } catch { fatalError("\(error)") }
    }()
  }

  /// Newton's method on both sides.
  @Test(arguments: Example.all)
  func `the sigmoid is Platt's`(example: Example) throws {
    let map = try SigmoidCalibration(
      scores: example.scores, labels: example.labels, weights: example.weights)
    #expect(isClose(map.slope, example.sigmoid.slope, within: 1e-8))
    #expect(isClose(map.intercept, example.sigmoid.intercept, within: 1e-8))
  }

  /// Newton's method on both sides; ours with a penalty of 1e-11.
  @Test(arguments: Example.all)
  func `beta calibration has the best factors that are not negative`(example: Example) throws {
    let map = try BetaCalibration(
      scores: example.scores, labels: example.labels, weights: example.weights)
    #expect(isClose(map.a, example.beta.a, within: 1e-7))
    #expect(isClose(map.b, example.beta.b, within: 1e-7))
    #expect(isClose(map.c, example.beta.c, within: 1e-7))
  }

  /// Means of at most 200 values, and one interpolation.
  @Test(arguments: Example.all)
  func `the isotonic map equals scikit-learn`(example: Example) throws {
    let map = try IsotonicCalibration(
      scores: example.scores, labels: example.labels, weights: example.weights)
    for (found, expected) in zip(try map.apply(example.at), example.isotonic) {
      #expect(isClose(found, expected, within: 1e-12))
    }
  }

  // At 1 the mean is 1/2, at 2 it is 0: pooled, 1/3. At 4 it is 1. Half way between 2 and 4: 2/3.
  @Test func `violators are pooled and gaps are bridged`() throws {
    let map = try IsotonicCalibration(
      scores: [4, 1, 2, 1, 4], labels: [1, 0, 0, 1, 1])
    #expect(map.scores.values == [1, 2, 4])
    let third = 1.0 / 3
    #expect(map.probabilities.values == [third, third, 1])
    let applied = try map.apply([-9, 1, 1.5, 3, 9])
    for (a, b) in zip(applied, [third, third, third, 2.0 / 3, 1]) {
      #expect(isClose(a, b, within: 1e-15))
    }
  }

  // Three scores within two roundings are one level, with the mean 1/3 of its labels 0, 1, 0.
  @Test func `scores that differ by a rounding are one level`() throws {
    let map = try IsotonicCalibration(
      scores: [1, (1.0).nextUp, (1.0).nextUp.nextUp, 2], labels: [0, 1, 0, 1])
    #expect(map.scores.values == [1, 2])
    #expect(map.probabilities.values == [1.0 / 3, 1])
    // 2/3 in one unit of max(1, 2).
    #expect(isClose(map.steepness, 4.0 / 3, within: 1e-15))
  }

  // Each is close to the one before; the third is too far from the first, where a level of its own begins.
  @Test func `a chain of close scores is not one level`() throws {
    let map = try IsotonicCalibration(
      scores: [0, 0.6e-6, 1.2e-6, 1.8e-6], labels: [0, 0, 1, 1])
    #expect(map.scores.values == [0, 1.2e-6])
    #expect(map.probabilities.values == [0, 1])
  }

  /// Scores in heaps of 10⁻¹⁵ and in chains of 10⁻⁷, near 0 and far from it.
  @Test(arguments: 0..<20)
  func `a rounding of a score changes next to nothing`(seed: Int) throws {
    var source = RandomSource(seed: Seed(UInt64(seed)))
    let scores = (0..<400).map { (row: Int) -> Double in
      let step = row % 2 == 0 ? 1e-15 : 1e-7
      let place = (source.uniform() * 20).rounded() - 10
      return place * (row % 3 == 0 ? 3 : 0.01) + step * (source.uniform() * 50).rounded()
    }
    let labels = scores.map { source.uniform() < 1 / (1 + exp(-$0)) ? 1.0 : 0 }
    let map = try IsotonicCalibration(scores: scores, labels: labels)
    for (low, high) in zip(map.scores.values, map.scores.values.dropFirst()) {
      #expect(high - low >= IsotonicCalibration.resolution * max(1, abs(low)))
    }
    // The unit of `steepness` is that of the farther bend.
    #expect(map.steepness <= 1.0001 / IsotonicCalibration.resolution)
    let moved = scores.map { $0 + 1e-15 * max(1, abs($0)) }
    for (found, expected) in zip(try map.apply(moved), try map.apply(scores)) {
      // One more rounding of the sum above.
      #expect(abs(found - expected) <= 2e-9)
    }
  }

  @Test func `a stored map tells how steep it is`() throws {
    let text = #"""
      {"scores":{"shape":[2],"values":[0,1e-15]},"probabilities":{"shape":[2],"values":[0.25,0.5]}}
      """#
    let map = try JSONDecoder().decode(IsotonicCalibration.self, from: Data(text.utf8))
    #expect(isClose(map.steepness, 0.25e15, within: 1e-12))
  }

  /// Σ (p − y)² of the map against every non-decreasing assignment of means of runs, tried out.
  @Test(arguments: 0..<20)
  func `no other non-decreasing map has a smaller error`(seed: Int) throws {
    var source = RandomSource(seed: Seed(UInt64(seed)))
    let n = 9
    let scores = (0..<n).map { Double($0 / 2 * 2) }
    let labels = (0..<n).map { $0 < 4 ? Double($0 % 2) : source.uniform() < 0.5 ? 1.0 : 0 }
    func error(_ values: [Double]) -> Double {
      zip(values, labels).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let found = error(try IsotonicCalibration(scores: scores, labels: labels).apply(scores))
    let levels = Array(Set(scores)).sorted()
    var least = Double.infinity
    for cuts in 0..<(1 << (levels.count - 1)) {
      var run = 0
      let runs = levels.indices.map { level in
        if level > 0, cuts >> (level - 1) & 1 == 1 { run += 1 }
        return run
      }
      let runOfRow = scores.map { runs[levels.firstIndex(of: $0) ?? 0] }
      let means = (0...run).map { run in
        let rows = runOfRow.indices.filter { runOfRow[$0] == run }
        return rows.reduce(0) { $0 + labels[$1] } / Double(rows.count)
      }
      guard zip(means, means.dropFirst()).allSatisfy({ $0 <= $1 }) else { continue }
      least = min(least, error(runOfRow.map { means[$0] }))
    }
    #expect(isClose(found, least, within: 1e-14))
  }

  @Test func `maps keep the mean of the labels`() throws {
    for example in Example.all {
      let map = try CalibrationMethod.isotonic.fit(
        scores: example.scores, labels: example.labels, weights: example.weights)
      let weights = example.weights ?? [Double](repeating: 1, count: example.labels.count)
      var excess = 0.0
      for (row, p) in try map.apply(example.scores).enumerated() {
        excess += weights[row] * (p - example.labels[row])
      }
      #expect(abs(excess) < 1e-10)
    }
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `scores that part the classes are no trouble`(method: CalibrationMethod) throws {
    let map = try method.fit(scores: [0, 0.1, 0.2, 0.8, 0.9, 1], labels: [0, 0, 0, 1, 1, 1])
    let applied = try map.apply([0, 0.2, 0.5, 0.8, 1])
    #expect(applied.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(zip(applied, applied.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(map.method == method)
  }

  // (2 + 1) of (6 + …): two ones and four zeros have smoothed targets 3/4 and 1/6, mean 0.3611.
  @Test func `one score for all has the mean of the smoothed targets`() throws {
    let map = try SigmoidCalibration(
      scores: [0.3, 0.3, 0.3, 0.3, 0.3, 0.3], labels: [1, 1, 0, 0, 0, 0])
    #expect(map.slope == 0)
    let expected = (2 * 3.0 / 4 + 4 * 1.0 / 6) / 6
    #expect(isClose(try map.apply([7])[0], expected, within: 1e-12))
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `a stored map is the same map`(method: CalibrationMethod) throws {
    let example = Example.all[0]
    let map = try method.fit(scores: example.scores, labels: example.labels)
    let read = try JSONDecoder().decode(
      CalibrationMap.self, from: JSONEncoder().encode(map))
    #expect(read == map)
  }

  @Test(arguments: [
    #"{"scores":[1,1],"probabilities":[0,1]}"#, #"{"scores":[],"probabilities":[]}"#,
    #"{"scores":[1,2],"probabilities":[0.5,0.2]}"#, #"{"scores":[1,2],"probabilities":[0]}"#,
    #"{"scores":[1,2],"probabilities":[0,2]}"#,
  ])
  func `a forged isotonic map is refused`(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(IsotonicCalibration.self, from: Data(text.utf8))
    }
  }

  @Test func `unusable rows are refused`() throws {
    #expect(throws: LearningError.nonFinite(row: 1, column: 0)) {
      try CalibrationMethod.sigmoid.fit(scores: [1, .nan], labels: [0, 1])
    }
    #expect(throws: LearningError.probability(row: 0)) {
      try CalibrationMethod.beta.fit(scores: [1.5, 0, 0, 1], labels: [0, 1, 0, 1])
    }
    #expect(throws: LearningError.events(ones: 1, zeros: 1)) {
      try CalibrationMethod.isotonic.fit(scores: [0.5, 0], labels: [0, 1])
    }
    #expect(throws: LearningError.probability(row: 1)) {
      try CalibrationMap.none.apply([0.5, -1])
    }
  }

  // Five folds of a model that knows no column: five shares of events, close together.
  @Test func `scores that hardly differ are mapped to the share of events`() throws {
    let shares = [0.4000, 0.4001, 0.3999, 0.4002, 0.3998]
    let scores = (0..<1000).map { shares[$0 % 5] }
    let labels = (0..<1000).map { ($0 / 5) % 5 < 2 ? 1.0 : 0.0 }
    let mapped = try BetaCalibration(scores: scores, labels: labels).apply(scores)
    // Every score has the same share of ones, two in five; the fit stops at a tolerance.
    #expect(mapped.allSatisfy { abs($0 - 0.4) < 1e-6 })
    let constant = [Double](repeating: 0.3, count: 1000)
    let same = try BetaCalibration(scores: constant, labels: labels).apply(constant)
    #expect(same.allSatisfy { abs($0 - 0.4) < 1e-6 })
  }
}
