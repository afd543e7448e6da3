import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// A table with numbers, missing values, zeros and categories, and a target that depends on them.
func boostingSample(_ rowCount: Int, seed: UInt64 = 1) -> Labeled<FeatureTable> {
  var random = RandomSource(seed: Seed(seed))
  let a = (0..<rowCount).map { _ in random.normal() }
  let b = (0..<rowCount).map { _ in random.uniform() < 0.3 ? .nan : random.normal() }
  let c = (0..<rowCount).map { _ in random.uniform() < 0.5 ? 0 : random.exponential() }
  let d = (0..<rowCount).map { _ in Int32(random.integer(below: 12)) - 1 }
  let labels = (0..<rowCount).map { row -> Double in
    let effect = d[row] < 0 ? 0 : Double(d[row] * 7 % 5) - 2
    let score = a[row] + (b[row].isNaN ? 1 : b[row] * c[row]) + effect - 0.5
    return random.uniform() < 1 / (1 + exp(-score)) ? 1 : 0
  }
  let columns = [
    FeatureColumn("a", .numbers(a)), FeatureColumn("b", .numbers(b)),
    FeatureColumn("c", .numbers(c)),
    FeatureColumn("d", .categories(Categories(codes: d, levels: (0..<11).map { "level \($0)" }))),
  ]
  return Labeled(FeatureTable(rowCount: rowCount, columns: columns), labels: labels)
}

private func boosting(_ change: (inout GradientBoosting) -> Void = { _ in }) -> GradientBoosting {
  var estimator = GradientBoosting()
  estimator.iterations = 20
  change(&estimator)
  return estimator
}

private func logLoss(_ predictions: [Double], _ labels: [Double]) -> Double {
  zip(predictions, labels).reduce(0) { $0 - log($1.1 > 0.5 ? $1.0 : 1 - $1.0) }
    / Double(labels.count)
}

struct BoostingFitTests {
  @Test(arguments: ["quantized", "exact", "bagging", "goss", "by node"])
  func `the number of threads does not change a bit`(mode: String) throws {
    // Enough rows for shared histograms and for partitions in several pieces.
    let input = boostingSample(70_000)
    let estimator = boosting {
      $0.iterations = 6
      $0.histograms = mode == "exact" ? .exact : .quantized
      if mode == "bagging" { ($0.baggingFraction, $0.baggingFrequency) = (0.6, 2) }
      if mode == "goss" { ($0.sampling, $0.learningRate) = (.goss, 0.5) }
      if mode == "by node" { ($0.featureFraction, $0.featureFractionByNode) = (0.8, 0.7) }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let models = try [1, 2, 3, 8].map {
      try encoder.encode(estimator.fit(input, in: boostingContext(7, threads: $0)).model)
    }
    #expect(models.allSatisfy { $0 == models[0] })
  }

  @Test func `rounded sums predict as well as exact ones`() throws {
    let (input, other) = (boostingSample(8000), boostingSample(8000, seed: 2))
    let losses = try [HistogramArithmetic.quantized, .exact].map { histograms in
      let fit = try boosting { ($0.iterations, $0.histograms) = (40, histograms) }
        .fit(input, in: boostingContext())
      return logLoss(try fit.model.predictions(other.features, on: .serial), other.labels)
    }
    // Roundings are a thousandth of the noise of 8000 rows, but may turn a near tie.
    #expect(abs(losses[0] - losses[1]) < 0.003)
    // The target is known up to its own noise; the prior alone has a loss of about 0.69.
    #expect(losses[0] < 0.5)
  }

  @Test(arguments: ["bagging", "goss", "columns"])
  func `trees of a part of the data still learn`(mode: String) throws {
    let (input, other) = (boostingSample(8000), boostingSample(8000, seed: 2))
    let fit = try boosting {
      $0.iterations = 40
      if mode == "bagging" { ($0.baggingFraction, $0.baggingFrequency) = (0.5, 1) }
      if mode == "goss" { $0.sampling = .goss }
      if mode == "columns" { $0.featureFraction = 0.5 }
    }.fit(input, in: boostingContext())
    let loss = logLoss(try fit.model.predictions(other.features, on: .serial), other.labels)
    #expect(loss < 0.55)
  }

  @Test func `exclusive or needs two levels of one tree`() throws {
    // Four groups, one of them larger, so that the first division gains anything.
    let rows = (0..<210).map { $0 < 200 ? ($0 % 2, $0 / 2 % 2) : (1, 1) }
    let labels = rows.map { $0.0 == $0.1 ? 0.0 : 1.0 }
    let table = FeatureTable(
      rowCount: 210,
      columns: [
        FeatureColumn("x", .numbers(rows.map { Double($0.0) })),
        FeatureColumn("y", .numbers(rows.map { Double($0.1) })),
      ])
    let estimator = boosting {
      ($0.objective, $0.iterations, $0.learningRate) = (.regression, 30, 0.5)
      ($0.minDataInLeaf, $0.minDataInBin, $0.histograms) = (5, 1, .exact)
    }
    let fit = try estimator.fit(Labeled(table, labels: labels), in: boostingContext())
    let predictions = try fit.model.predictions(table, on: .serial)
    // Each tree halves what is left; thirty leave 2⁻³⁰.
    #expect(zip(predictions, labels).allSatisfy { isClose($0, $1, within: 1e-6) })
  }

  @Test func `missing values alone can carry the signal`() throws {
    let values = (0..<400).map { $0 % 4 == 0 ? Double.nan : Double($0 % 7) }
    let labels = values.map { $0.isNaN ? 1.0 : 0.0 }
    let table = FeatureTable(rowCount: 400, columns: [FeatureColumn("x", .numbers(values))])
    let fit = try boosting { $0.iterations = 50 }.fit(
      Labeled(table, labels: labels), in: boostingContext())
    let predictions = try fit.model.predictions(table, on: .serial)
    #expect(zip(predictions, labels).allSatisfy { ($0 > 0.5) == ($1 > 0.5) })
    #expect(fit.model.trees[0].nodes.count == 1)
  }

  @Test func `monotone columns never lower a prediction`() throws {
    let input = boostingSample(4000)
    let fit = try boosting { $0.monotone = .directions([1, 0, -1, 0]) }.fit(
      input, in: boostingContext())
    for row in 0..<60 {
      let values = try #require(firstNumbers(input.features, row))
      for (column, sign) in [(0, 1.0), (2, -1.0)] {
        let sweep = stride(from: -3.0, through: 3, by: 0.1).map { step -> Double in
          var changed = values
          changed[column] = step
          return changed.withUnsafeBufferPointer { sign * fit.model.score($0) }
        }
        #expect(zip(sweep, sweep.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
  }

  private func firstNumbers(_ table: FeatureTable, _ row: Int) -> [Double]? {
    table.columns.map { column in
      switch column.values {
      case .numbers(let numbers): numbers[row]
      case .categories(let categories): Double(categories.codes[row])
      }
    }
  }

  @Test func `single rows and batches score alike`() throws {
    let input = boostingSample(3000)
    // 80 leaves leave the fast way of batches.
    for leaves in [31, 60, 80] {
      let fit = try boosting { ($0.leaves, $0.iterations, $0.statisticsL2) = (leaves, 10, 0) }.fit(
        input, in: boostingContext())
      #expect(fit.model.trees.contains { $0.leaves.count > leaves / 2 })
      let batch = try fit.model.scores(input.features, on: WorkerPool(threadCount: 2))
      for row in 0..<3000 {
        let values = try #require(firstNumbers(input.features, row))
        #expect(values.withUnsafeBufferPointer { fit.model.score($0) } == batch[row])
        let plain = values.withUnsafeBufferPointer { values in
          fit.model.trees.reduce(0) { sum, tree in
            sum + (values.baseAddress.map { tree.leaves[tree.leaf(of: $0)].value } ?? 0)
          }
        }
        #expect(plain == batch[row])
      }
    }
  }

  @Test func `levels are matched by name and unknown ones count as missing`() throws {
    let input = boostingSample(2000)
    let fit = try boosting().fit(input, in: boostingContext())
    guard case .categories(let categories) = input.features.columns[3].values else { return }
    // The same rows under levels in reverse order, one of them renamed.
    let names = categories.levels.reversed().map { $0 == "level 4" ? "new" : $0 }
    let codes = categories.codes.map { $0 < 0 ? -1 : 10 - $0 }
    let renamed = FeatureTable(
      rowCount: 2000,
      columns: [FeatureColumn("extra", .numbers([Double](repeating: 1, count: 2000)))]
        + [FeatureColumn("d", .categories(Categories(codes: codes, levels: names)))]
        + input.features.columns.prefix(3))
    let without = FeatureTable(
      rowCount: 2000,
      columns: input.features.columns.prefix(3) + [
        FeatureColumn(
          "d",
          .categories(
            Categories(
              codes: categories.codes.map { $0 == 4 ? -1 : $0 }, levels: categories.levels)))
      ])
    #expect(
      try fit.model.scores(renamed, on: .serial) == fit.model.scores(without, on: .serial))
  }

  @Test func `early stopping keeps the trees up to the best loss`() throws {
    let (input, other) = (boostingSample(1500), boostingSample(1500, seed: 2))
    let estimator = boosting {
      ($0.iterations, $0.earlyStoppingRounds, $0.learningRate) = (400, 5, 0.3)
    }
    let fit = try estimator.fit(input, validation: other, in: boostingContext())
    let losses = fit.trace.losses
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(fit.model.treeCount == best + 1)
    #expect(losses.count == best + 6)
    let loss = logLoss(try fit.model.predictions(other.features, on: .serial), other.labels)
    #expect(isClose(loss, losses[best], within: 1e-12))
    // Without a part of one's own a share of the rows is kept.
    let alone = try estimator.fit(input, in: boostingContext())
    #expect(alone.trace.losses.count < 400)
  }

  @Test func `adding trees to a model goes on where it ended`() throws {
    let input = boostingSample(3000)
    let whole = try boosting {
      ($0.iterations, $0.histograms, $0.categoryTreatment) = (20, .exact, .sets)
    }.fit(
      input, in: boostingContext())
    let half = boosting {
      ($0.iterations, $0.histograms, $0.categoryTreatment) = (10, .exact, .sets)
    }
    let first = try half.fit(input, in: boostingContext())
    let both = try half.fit(
      input, validation: nil, continuing: first.model, in: boostingContext())
    #expect(both.model.treeCount == 20)
    let scores = try whole.model.scores(input.features, on: .serial)
    let joined = try both.model.scores(input.features, on: .serial)
    // Scores are summed in another order, which may turn a last bit of a gradient.
    #expect(zip(scores, joined).allSatisfy { isClose($0, $1, within: 1e-6) })
  }

  @Test func `a weight of two is a row twice`() throws {
    let input = boostingSample(1500)
    let weights = input.labels.indices.map { $0 % 3 == 0 ? 2.0 : 1.0 }
    let rows = input.labels.indices.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] }
    // Without limits on rows, which weights do not change.
    let estimator = boosting {
      ($0.histograms, $0.minDataInLeaf, $0.minDataInBin) = (.exact, 1, 1)
      ($0.minHessianInLeaf, $0.iterations, $0.leaves) = (5, 5, 6)
      $0.categoryTreatment = .sets
    }
    let weighted = try estimator.fit(
      Labeled(input.features, labels: input.labels, weights: weights), in: boostingContext())
    let doubled = try estimator.fit(input.selectingRows(rows), in: boostingContext())
    let a = try weighted.model.scores(input.features, on: .serial)
    let b = try doubled.model.scores(input.features, on: .serial)
    // Bins are cut by rows, so that a few bounds differ.
    let far = zip(a, b).count { abs($0 - $1) > 0.05 }
    #expect(far < 75)
  }

  @Test func `a stored model is read without loss and a forged one refused`() throws {
    let model = try boosting { $0.iterations = 3 }.fit(
      boostingSample(1000), in: boostingContext()
    ).model
    let encoded = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(GradientBoostingModel.self, from: encoded) == model)
    let text = String(decoding: encoded, as: UTF8.self)
    let tree = model.trees[0]
    // A child that is its own parent's ancestor, a leaf too many, a feature that is not there.
    for (from, to) in [
      ("\"features\":[", "\"features\":["), ("binary", "unary"),
      ("\"shape\":[3,3]", "\"shape\":[3,2]"),
      ("\(tree.nodes.count),\(tree.leaves.count)", "\(tree.nodes.count),\(tree.leaves.count + 1)"),
    ] where from != to {
      let forged = Data(text.replacingOccurrences(of: from, with: to).utf8)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(GradientBoostingModel.self, from: forged)
      }
    }
  }
}
