import Evaluation
import Numerical
import TestSupport
import Testing

struct DeLongTests {
  /// Means and covariances of at most 200 placements in another order.
  @Test(arguments: UncertaintyFixture.shared.delong)
  func `areas and covariance equal sums over all pairs`(
    example: UncertaintyFixture.Areas
  ) throws {
    let found = try DeLong(example.models())
    for (area, expected) in zip(found.areas, example.areas) {
      #expect(isClose(area, expected, within: 1e-14))
    }
    for (value, expected) in zip(found.covariance.values, example.covariance) {
      #expect(isClose(value, expected, within: 1e-15))
    }
    let difference = try found.difference(0, 2)
    #expect(isClose(difference.z, example.z, within: 1e-10))
    #expect(isClose(difference.pValue, example.p, within: 1e-10))
  }

  // Placements of the positives 0.8, 0.6, 0.4 are 1, 2/3, 1/3, those of the negatives 0.7, 0.5, 0.2 are 1/3,
  // 2/3, 1: area 2/3, both sample variances 1/9, variance of the area 1/9 / 3 + 1/9 / 3.
  @Test func `six rows have the variance of the formula`() throws {
    let found = try DeLong([
      BinaryScores(scores: [0.8, 0.6, 0.4, 0.7, 0.5, 0.2], labels: [1, 1, 1, 0, 0, 0])
    ])
    #expect(isClose(found.areas[0], 2.0 / 3, within: 1e-15))
    #expect(isClose(found.covariance[0, 0], 2.0 / 27, within: 1e-15))
  }

  @Test func `the area is that of the curve`() throws {
    for model in try UncertaintyFixture.shared.delong[1].models() {
      #expect(isClose(try DeLong([model]).areas[0], try model.groups.rocAUC(), within: 1e-14))
    }
  }

  @Test func `models in the same order do not differ`() throws {
    let example = UncertaintyFixture.shared.delong[0]
    let scaled = try BinaryScores(
      scores: example.scores[0].map { 3 * $0 - 1 }, labels: example.labels)
    let found = try DeLong([example.models()[0], scaled]).difference(0, 1)
    #expect(found.value == 0)
    #expect(found.pValue == 1)
    #expect(found.interval.contains(0))
  }

  @Test func `constant weights change nothing`() throws {
    let example = UncertaintyFixture.shared.delong[1]
    let weights = [Double](repeating: 2.5, count: example.labels.count)
    let weighted = try DeLong(
      example.scores.map {
        try BinaryScores(scores: $0, labels: example.labels, weights: weights)
      })
    for (value, expected) in zip(weighted.covariance.values, example.covariance) {
      #expect(isClose(value, expected, within: 1e-15))
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func `threads change no bit`(threads: Int) throws {
    let models = try UncertaintyFixture.shared.delong[0].models()
    #expect(try DeLong(models, on: WorkerPool(threadCount: threads)) == DeLong(models))
  }

  @Test func `rows must be the same and two of each class`() throws {
    let three = try BinaryScores(scores: [0.1, 0.2, 0.3], labels: [0, 0, 1])
    let four = try BinaryScores(scores: [0.1, 0.2, 0.3, 0.4], labels: [0, 0, 1, 1])
    let five = try BinaryScores(scores: [0.1, 0.2, 0.3, 0.4, 1], labels: [0, 0, 1, 1, 1])
    #expect(throws: EvaluationError.fewOfClass(label: 1, rows: 1, needed: 2)) {
      try DeLong([three])
    }
    #expect(throws: EvaluationError.differentRows(candidate: 1)) { try DeLong([four, five]) }
    #expect(throws: EvaluationError.count(.candidates, needed: 1, found: 0)) { try DeLong([]) }
  }
}
