import Learning
import Numerical
import TestSupport
import Testing

struct TargetStatisticsTests {
  private func input(_ rowCount: Int, levels: Int, seed: UInt64, isInformative: Bool)
    -> Labeled<FeatureTable>
  {
    var random = RandomSource(seed: Seed(seed))
    let effects = RandomSource(seed: Seed(77))
    let codes = (0..<rowCount).map { _ in Int32(random.integer(below: levels)) }
    let labels = codes.map { code -> Double in
      let share = isInformative ? effects.uniform(at: Int(code)) : 0.3
      return random.uniform() < share ? 1 : 0
    }
    let column = FeatureColumn(
      "k", .categories(Categories(codes: codes, levels: (0..<levels).map { "\($0)" })))
    return Labeled(FeatureTable(rowCount: rowCount, columns: [column]), labels: labels)
  }

  private func squaredError(_ treatment: CategoryTreatment, isInformative: Bool, levels: Int) throws
    -> (fitted: Double, held: Double)
  {
    let training = input(4000, levels: levels, seed: 1, isInformative: isInformative)
    let other = input(4000, levels: levels, seed: 2, isInformative: isInformative)
    var estimator = GradientBoosting()
    (estimator.categoryTreatment, estimator.iterations) = (treatment, 30)
    let model = try estimator.fit(training, in: boostingContext()).model
    func error(_ part: Labeled<FeatureTable>) throws -> Double {
      let predictions = try model.predictions(part.features, on: .serial)
      return zip(predictions, part.labels).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(part.labels.count)
    }
    return (try error(training), try error(other))
  }

  @Test func `categories that say something are used`() throws {
    // Shares uniform on 0…1 leave a variance of 1/6 on average, the constant has 1/4.
    let errors = try squaredError(.statistics, isInformative: true, levels: 40)
    #expect(errors.held < 0.19)
  }

  @Test func `labels do not leak through rare categories`() throws {
    // Two rows per category and no effect: the variance is 0.3 · 0.7 = 0.21, and a fit that sees its own
    // labels would fall far below it on the fitted rows.
    let errors = try squaredError(.statistics, isInformative: false, levels: 2000)
    #expect(errors.held < 0.225)
  }

  @Test func `the common mean counts the more, the less categories differ`() {
    func strength(_ labels: [Double], weights: [Double]? = nil) -> Double {
      let codes = labels.indices.map { Int32($0 / 4) }
      return CategoryPrior.strength(
        Categories(codes: codes, levels: ["a", "b"]), labels: labels, weights: weights, mean: 0.5)
    }
    // Means 3/4 and 1/4: squares 8/4, between 8/16, within (2 - 1/2) / (8 - 2) = 1/4,
    // spread (1/2 - 1/4) / (8 - 32/8) = 1/16.
    #expect(strength([1, 1, 1, 0, 0, 0, 0, 1]) == 4)
    #expect(strength([1, 1, 0, 0, 0, 0, 1, 1]) == 8)
    // Nothing varies within: not less than one row.
    #expect(strength([1, 1, 1, 1, 0, 0, 0, 0]) == 1)
    #expect(strength([1, 1, 1, 0, 0, 0, 0, 1], weights: [Double](repeating: 0, count: 8)) == 1)
  }

  @Test func `divisions by statistics bear the penalty of categories`() throws {
    let training = input(4000, levels: 40, seed: 1, isInformative: true)
    let reach = try [0.0, 1000].map { penalty in
      var estimator = GradientBoosting()
      (estimator.iterations, estimator.leaves, estimator.categoryL2) = (1, 2, penalty)
      estimator.startsFromAverage = false
      return try estimator.fit(training, in: boostingContext()).model.trees[0].leaves.map {
        abs($0.value)
      }.max() ?? 0
    }
    // Half of 4000 rows have a hessian of 500 together: 1000 more make steps a third, but divisions
    // may move.
    #expect(reach[1] < 0.6 * reach[0])
  }

  @Test func `statistics hold back every leaf, sets do not`() throws {
    let training = input(4000, levels: 40, seed: 1, isInformative: true)
    func reach(_ treatment: CategoryTreatment, _ penalty: Double) throws -> Double {
      var estimator = GradientBoosting()
      (estimator.iterations, estimator.leaves, estimator.statisticsL2) = (1, 2, penalty)
      (estimator.startsFromAverage, estimator.categoryTreatment) = (false, treatment)
      return try estimator.fit(training, in: boostingContext()).model.trees[0].leaves.map {
        abs($0.value)
      }.max() ?? 0
    }
    #expect(try reach(.statistics, 1000) < 0.6 * reach(.statistics, 0))
    #expect(try reach(.sets, 1000) == reach(.sets, 0))
  }

  @Test func `treatments follow the rule and are reported`() throws {
    let small = input(500, levels: 5, seed: 1, isInformative: true).features.columns[0]
    let large = input(500, levels: 60, seed: 1, isInformative: true)
    let table = FeatureTable(
      rowCount: 500,
      columns: [
        FeatureColumn("small", small.values),
        FeatureColumn("large", large.features.columns[0].values),
      ])
    let fit = try GradientBoosting().fit(
      Labeled(table, labels: large.labels), in: boostingContext())
    #expect(
      fit.trace.diagnostics.categoryColumns == [
        CategoryColumn(name: "small", levelCount: 5, usesTargetStatistics: false),
        CategoryColumn(name: "large", levelCount: 60, usesTargetStatistics: true),
      ])
  }

  @Test func `models of statistics ask for categories, in LightGBM's text too`() throws {
    let training = input(4000, levels: 300, seed: 1, isInformative: true)
    let model = try GradientBoosting().fit(training, in: boostingContext()).model
    #expect(model.trees.allSatisfy { $0.nodes.allSatisfy(\.isCategorical) })
    let scores = try model.scores(training.features, on: .serial)
    let again = try GradientBoostingModel(lightGBMText: model.lightGBMText)
    #expect(again.trees == model.trees)
    for row in 0..<200 {
      guard case .categories(let categories) = training.features.columns[0].values else { return }
      let value = [Double(categories.codes[row])]
      #expect(value.withUnsafeBufferPointer { model.score($0) } == scores[row])
    }
  }
}
