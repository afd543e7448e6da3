import Learning
import Numerical
import TestSupport
import Testing

private func error(
  _ input: Labeled<FeatureTable>, of estimator: GradientBoosting = GradientBoosting()
) -> String {
  do throws(LearningError) {
    _ = try estimator.fit(input, in: boostingContext())
    return "no error"
  } catch {
    return "\(error)"
  }
}

private func table(_ numbers: [Double]) -> FeatureTable {
  FeatureTable(rowCount: numbers.count, columns: [FeatureColumn("x", .numbers(numbers))])
}

struct BoostingInputTests {
  private let x = (0..<60).map { Double($0) }

  @Test func `bad targets and weights are refused in a sentence`() {
    let zeros = [Double](repeating: 0, count: 60)
    var labels = zeros
    #expect(
      error(Labeled(table(x), labels: labels))
        == "the target has 0 positive and 60 other rows; at least two of each are needed")
    labels[3] = 1
    #expect(
      error(Labeled(table(x), labels: labels))
        == "the target has 1 positive and 59 other rows; at least two of each are needed")
    labels[7] = 0.5
    #expect(
      error(Labeled(table(x), labels: labels))
        == "the target of row 8 must be 0 or 1; drop rows without a target")
    labels[7] = .nan
    #expect(
      error(Labeled(table(x), labels: labels)).hasPrefix("the target of row 8 must be 0 or 1"))
    labels[7] = 1
    for bad in [-1, .nan, .infinity] {
      var weights = [Double](repeating: 1, count: 60)
      weights[4] = bad
      #expect(
        error(Labeled(table(x), labels: labels, weights: weights))
          == "the weight of row 5 must be a number from 0 to 1e15")
    }
    #expect(
      error(Labeled(table(x), labels: labels, weights: zeros))
        == "every weight is zero: no row counts")
    #expect(
      error(Labeled(table(x), labels: [1, 0]))
        == "60 rows of features come with 2 labels or weights")
    // Weights of zero take rows of one label away.
    var weights = [Double](repeating: 1, count: 60)
    weights[3] = 0
    #expect(error(Labeled(table(x), labels: labels, weights: weights)).contains("1 positive"))
  }

  @Test func `targets outside the objective are refused`() {
    var counts = GradientBoosting()
    counts.objective = .poisson
    #expect(
      error(Labeled(table(x), labels: x.map { $0 - 1 }), of: counts)
        == "the target of row 1 must be a number from 0 to 1e15; drop rows without a target")
    var numbers = GradientBoosting()
    numbers.objective = .regression
    #expect(
      error(Labeled(table(x), labels: x.map { $0 == 2 ? .infinity : $0 }), of: numbers)
        .contains("row 3"))
  }

  @Test func `columns that say nothing are named and ignored`() throws {
    let labels = x.map { $0 > 30 ? 1.0 : 0 }
    let columns = [
      FeatureColumn("x", .numbers(x)),
      FeatureColumn("empty", .numbers([Double](repeating: .nan, count: 60))),
      FeatureColumn("same", .numbers([Double](repeating: 4, count: 60))),
      FeatureColumn(
        "blank", .categories(Categories(codes: [Int32](repeating: -1, count: 60), levels: []))),
    ]
    let input = Labeled(FeatureTable(rowCount: 60, columns: columns), labels: labels)
    let fit = try GradientBoosting().fit(input, in: boostingContext())
    #expect(
      fit.trace.warnings.contains {
        $0.hasPrefix("empty, same, blank: constant, missing throughout")
      })
    #expect(fit.model.importance.splits[0] > 0)
  }

  @Test func `a constant target of a regression is predicted`() throws {
    var estimator = GradientBoosting()
    estimator.objective = .regression
    let input = Labeled(table(x), labels: [Double](repeating: 3, count: 60))
    let fit = try estimator.fit(input, in: boostingContext())
    #expect(try fit.model.predictions(input.features, on: .serial).allSatisfy { $0 == 3 })
    #expect(fit.trace.warnings.contains { $0.hasPrefix("training ended after 0 of 100 trees") })
  }

  @Test func `extreme numbers are ordinary values`() throws {
    var values = x
    values[0] = -.infinity
    values[59] = .infinity
    values[58] = 1e308
    values[1] = -1e308
    let labels = x.map { $0 > 30 ? 1.0 : 0 }
    var estimator = GradientBoosting()
    estimator.minDataInBin = 1
    let fit = try estimator.fit(Labeled(table(values), labels: labels), in: boostingContext())
    let predictions = try fit.model.predictions(table(values), on: .serial)
    #expect(zip(predictions, labels).allSatisfy { ($0 > 0.5) == ($1 > 0.5) })
  }

  @Test func `seventy thousand levels are a column like any other`() throws {
    let codes = (0..<70_000).map { Int32($0) }
    let column = FeatureColumn(
      "id", .categories(Categories(codes: codes, levels: codes.map { "\($0)" })))
    let other = FeatureColumn("x", .numbers(codes.map { Double($0 % 100) }))
    let labels = codes.map { $0 % 100 > 50 ? 1.0 : 0 }
    let input = Labeled(FeatureTable(rowCount: 70_000, columns: [column, other]), labels: labels)
    var estimator = GradientBoosting()
    estimator.iterations = 3
    let fit = try estimator.fit(input, in: boostingContext())
    #expect(fit.model.importance.gain[1] > 0)
  }

  @Test func `a table without the model's columns is refused`() throws {
    let labels = x.map { $0 > 30 ? 1.0 : 0 }
    let fit = try GradientBoosting().fit(Labeled(table(x), labels: labels), in: boostingContext())
    let other = FeatureTable(rowCount: 1, columns: [FeatureColumn("y", .numbers([1]))])
    #expect(throws: LearningError.featureMissing(name: "x")) {
      try fit.model.scores(other, on: .serial)
    }
    let kind = FeatureTable(
      rowCount: 1, columns: [FeatureColumn("x", .categories(Categories(codes: [0], levels: ["a"])))]
    )
    #expect(throws: LearningError.featureKind(name: "x", isCategorical: false)) {
      try fit.model.scores(kind, on: .serial)
    }
  }

  @Test func `a cancelled fit ends`() {
    let labels = x.map { $0 > 30 ? 1.0 : 0 }
    let context = FitContext(seed: Seed(1), isCancelled: { true })
    #expect(throws: LearningError.cancelled) {
      try GradientBoosting().fit(Labeled(table(x), labels: labels), in: context)
    }
  }

  @Test func `every parameter refuses what lies outside its domain`() {
    for field in GradientBoosting.schema.fields {
      for value in field.invalidExamples {
        #expect(throws: ParameterError.self, "\(field.name) \(value)") {
          try GradientBoosting(Parameters([(field.name, value)]))
        }
      }
    }
  }
}
