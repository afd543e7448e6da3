import Evaluation
import TestSupport
import Testing

struct RegressionScoresTests {
  struct Example: Decodable, CustomTestStringConvertible {
    struct Deviance: Decodable {
      let power: Double
      let value: Double
    }

    let name: String
    let predictions: [Double]
    let targets: [Double]
    let weights: [Double]?
    let rmse: Double
    let mae: Double
    let r2: Double
    let mape: Double
    let gini: Double?
    let deviances: [Deviance]

    var testDescription: String { name }

    func scores() throws -> RegressionScores {
      try RegressionScores(predictions: predictions, targets: targets, weights: weights)
    }

    static let all: [Example] = {
      do { return try Fixture.load("regression") } catch { fatalError("\(error)") }
    }()
  }

  @Test(arguments: Example.all)
  func `errors equal scikit-learn`(example: Example) throws {
    let scores = try example.scores()
    #expect(isClose(scores.rootMeanSquaredError(), example.rmse, within: summation))
    #expect(isClose(scores.meanAbsoluteError(), example.mae, within: summation))
    #expect(isClose(try scores.determination(), example.r2, within: summation))
    #expect(
      isClose(try scores.meanAbsolutePercentageError(), example.mape, within: summation))
  }

  /// A gamma deviance is a small difference of larger terms.
  @Test(arguments: Example.all)
  func `deviances equal scikit-learn`(example: Example) throws {
    let scores = try example.scores()
    for expected in example.deviances {
      let found = try scores.deviance(power: expected.power)
      #expect(isClose(found, expected.value, within: 1e-12), "power \(expected.power)")
    }
  }

  @Test(arguments: Example.all)
  func `the Gini coefficient equals a sum over pairs`(example: Example) throws {
    guard let gini = example.gini else { return }
    #expect(isClose(try example.scores().normalizedGini(), gini, within: 1e-12))
  }

  @Test func `the Gini coefficient of a binary target follows the AUC`() throws {
    let example = ScoresExample.all[1]
    let gini = try RegressionScores(
      predictions: example.scores, targets: example.labels
    ).normalizedGini()
    let area = try example.groups().rocAUC()
    #expect(isClose(gini, 2 * area - 1, within: 1e-12))
  }

  // (1 − 2 + 2 · 6) / 4.
  @Test func `bias is the mean excess`() throws {
    let scores = try RegressionScores(
      predictions: [1, 2, 6], targets: [0, 4, 0], weights: [1, 1, 2])
    #expect(scores.bias() == 2.75)
  }

  @Test func `figures that divide by nothing are refused`() throws {
    let constant = try RegressionScores(predictions: [1, 2], targets: [0, 0])
    #expect(throws: EvaluationError.constantTarget) { try constant.determination() }
    #expect(throws: EvaluationError.constantTarget) {
      try constant.meanAbsolutePercentageError()
    }
    #expect(throws: EvaluationError.constantTarget) { try constant.normalizedGini() }
    #expect(try constant.deviance(power: 1) == 3)
    #expect(throws: EvaluationError.outsideDeviance(row: 0, power: 2)) {
      try constant.deviance(power: 2)
    }
  }

  @Test func `predictions a deviance cannot take are refused`() throws {
    let scores = try RegressionScores(
      predictions: [1, 0, -1], targets: [1, 1, 1], weights: [1, 0, 1])
    #expect(throws: EvaluationError.outsideDeviance(row: 2, power: 1)) {
      try scores.deviance(power: 1)
    }
  }

  @Test func `unusable rows are refused`() {
    #expect(throws: EvaluationError.missingValue(row: 1)) {
      try RegressionScores(predictions: [1, 2], targets: [1, .nan])
    }
    #expect(throws: EvaluationError.noRows) { try RegressionScores(predictions: [], targets: []) }
  }

  @Test func `every metric is found by its name and says what it is`() throws {
    for metric in RegressionMetric.standard {
      #expect(try RegressionMetric.named(metric.name).name == metric.name)
      #expect(metric.summary.hasSuffix("."))
    }
    #expect(try RegressionMetric.named("tweedie_deviance@1.9").name == "tweedie_deviance@1.9")
    #expect(throws: EvaluationError.self) { try RegressionMetric.named("tweedie_deviance@0.5") }
    #expect(throws: EvaluationError.self) { try RegressionMetric.named("mse") }
  }

  @Test func `a metric of the table is the figure of its name`() throws {
    let scores = try Example.all[1].scores()
    #expect(try RegressionMetric.rmse.value(scores) == scores.rootMeanSquaredError())
    #expect(try RegressionMetric.gini.value(scores) == scores.normalizedGini())
    #expect(try RegressionMetric.poissonDeviance.value(scores) == scores.deviance(power: 1))
  }
}
