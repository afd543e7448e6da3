import Evaluation
import Numerical
import TestSupport
import Testing

struct ScoreCurvesTests {
  @Test(arguments: ScoresExample.all.filter { $0.curves != nil })
  func `whole curves equal scikit-learn`(example: ScoresExample) throws {
    let expected = try #require(example.curves)
    let roc = try ROCCurve(example.groups())
    #expect(roc.points.compactMap(\.threshold) == expected.thresholds)
    #expect(roc.points.count == expected.fpr.count && roc.points[0].threshold == nil)
    for (point, (fpr, tpr)) in zip(roc.points, zip(expected.fpr, expected.tpr)) {
      #expect(isClose(point.falsePositiveRate, fpr, within: summation))
      #expect(isClose(point.truePositiveRate, tpr, within: summation))
    }
    let pr = try PrecisionRecallCurve(example.groups())
    #expect(pr.points.map(\.threshold) == expected.thresholds)
    for (point, (precision, recall)) in zip(pr.points, zip(expected.precision, expected.recall)) {
      #expect(isClose(point.precision, precision, within: summation))
      #expect(isClose(point.recall, recall, within: summation))
    }
  }

  private func groups(count: Int) throws -> ScoreGroups {
    var source = RandomSource(seed: Seed(8))
    let scores = (0..<count).map { _ in source.uniform() }
    return try BinaryScores(
      scores: scores, labels: scores.map { source.uniform() < $0 * $0 ? 1 : 0 }
    ).groups
  }

  /// The greatest upright distance of the whole curve from a thinned one, x ascending.
  private func deviation(
    of whole: [(x: Double, y: Double)], from outline: [(x: Double, y: Double)]
  ) -> Double {
    var (piece, greatest) = (0, 0.0)
    for point in whole {
      while piece < outline.count - 2, outline[piece + 1].x < point.x { piece += 1 }
      let (a, b) = (outline[piece], outline[piece + 1])
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let length = (dx * dx + dy * dy).squareRoot()
      greatest = max(greatest, abs((point.x - a.x) * dy - (point.y - a.y) * dx) / length)
    }
    return greatest
  }

  @Test func `a thinned curve keeps its ends and its shape`() throws {
    let groups = try groups(count: 20_000)
    let whole = try ROCCurve(groups)
    let thin = try ROCCurve(groups, limit: 200)
    #expect(thin.points.count <= 200)
    #expect(thin.fullCount == whole.points.count)
    #expect(thin.points.first == whole.points.first && thin.points.last == whole.points.last)
    let found = deviation(
      of: whole.points.map { ($0.falsePositiveRate, $0.truePositiveRate) },
      from: thin.points.map { ($0.falsePositiveRate, $0.truePositiveRate) })
    // A pixel of a picture 500 pixels wide.
    #expect(found < 0.002)
  }

  @Test func `thinning drops only points on straight lines while there is room`() throws {
    let groups = try BinaryScores(
      scores: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], labels: [1, 1, 1, 0, 0, 0]
    ).groups
    let points = try ROCCurve(groups, limit: 5).points
    #expect(points.map(\.falsePositiveRate) == [0, 0, 1])
    #expect(points.map(\.truePositiveRate) == [0, 1, 1])
  }

  @Test func `a curve has at least two points`() throws {
    let groups = try groups(count: 10)
    #expect(throws: EvaluationError.count(.points, needed: 2, found: 1)) {
      try PrecisionRecallCurve(groups, limit: 1)
    }
    #expect(try PrecisionRecallCurve(groups, limit: .max).points.count == 10)
  }
}
