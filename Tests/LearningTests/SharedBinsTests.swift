import Foundation
import Learning
import Numerical
import Testing

/// Fits to the same rows bin them once, and are the fits they would be alone.
struct SharedBinsTests {
  /// `boostingSample` with bins to share.
  private static func shared(
    _ input: Labeled<FeatureTable>
  ) -> (input: Labeled<FeatureTable>, bins: SharedBins) {
    let bins = SharedBins()
    let labeled = Labeled(
      input.features, labels: input.labels, weights: input.weights, bins: bins)
    return (labeled, bins)
  }

  /// Every second row without weight.
  private static func weighted(_ rowCount: Int) -> Labeled<FeatureTable> {
    let input = boostingSample(rowCount)
    return Labeled(
      input.features, labels: input.labels,
      weights: input.labels.indices.map { Double($0 % 2 * 3) })
  }

  private static func boosting(_ change: (inout GradientBoosting) -> Void) -> GradientBoosting {
    var estimator = GradientBoosting()
    estimator.iterations = 5
    change(&estimator)
    return estimator
  }

  private static func bytes(_ model: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(model)
  }

  /// Fits each estimator alone and behind shared bins, and compares the models.
  private static func fitsAlike<E: Estimator>(
    _ estimators: [E], to input: Labeled<FeatureTable>, seed: UInt64 = 1
  ) throws -> SharedBins where E.Input == Labeled<FeatureTable> {
    let shared = Self.shared(input)
    for estimator in estimators {
      let alone = try estimator.fit(input, in: boostingContext(seed))
      let together = try estimator.fit(shared.input, in: boostingContext(seed))
      #expect(try bytes(together.model) == bytes(alone.model))
      #expect(together.trace == alone.trace)
    }
    return shared.bins
  }

  @Test func `settings of boosting that agree on the bins share them`() throws {
    // 11 categories: their column stands by statistics, so that bins are drawn with the seed.
    let bins = try Self.fitsAlike(
      [
        Self.boosting { _ in }, Self.boosting { $0.learningRate = 0.3 },
        Self.boosting { ($0.leaves, $0.l2) = (7, 3) }, Self.boosting { $0.baggingFraction = 0.5 },
        Self.boosting { $0.histograms = .exact },
      ], to: boostingSample(800))
    #expect(bins.binningCount == 1)
  }

  @Test(arguments: ["bins", "rows of a bin", "rows of a leaf", "zeros", "missing", "categories"])
  func `settings that decide the bins have bins of their own`(setting: String) throws {
    let other = Self.boosting {
      switch setting {
      case "bins": $0.maxBins = 15
      case "rows of a bin": $0.minDataInBin = 40
      // A column that no division into parts so large can use is left out.
      case "rows of a leaf": $0.minDataInLeaf = 300
      case "zeros": $0.zeroIsMissing = true
      case "missing": $0.usesMissing = false
      default: $0.categoryTreatment = .sets
      }
    }
    let bins = try Self.fitsAlike([Self.boosting { _ in }, other], to: boostingSample(800))
    #expect(bins.binningCount == 2)
  }

  @Test func `a tree and both forests share bins`() throws {
    var (forest, extra) = (RandomForest(), ExtraTrees())
    (forest.trees, extra.trees) = (4, 4)
    let input = boostingSample(600)
    let shared = Self.shared(input)
    #expect(
      try Self.bytes(DecisionTree().fit(shared.input, in: boostingContext()).model)
        == Self.bytes(DecisionTree().fit(input, in: boostingContext()).model))
    #expect(
      try Self.bytes(forest.fit(shared.input, in: boostingContext()).model)
        == Self.bytes(forest.fit(input, in: boostingContext()).model))
    #expect(
      try Self.bytes(extra.fit(shared.input, in: boostingContext()).model)
        == Self.bytes(extra.fit(input, in: boostingContext()).model))
    #expect(shared.bins.binningCount == 1 && shared.bins.keptCount == 1)
  }

  @Test func `rows without weight and rows of early stopping are left out alike`() throws {
    var forest = RandomForest()
    forest.trees = 3
    let (input, bins) = Self.shared(Self.weighted(800))
    let stopped = Self.boosting { $0.earlyStoppingRounds = 2 }
    // Forests leave out rows without weight, early stopping its share of the rows, boosting none.
    for _ in 0..<2 {
      _ = try forest.fit(input, in: boostingContext())
      _ = try stopped.fit(input, in: boostingContext())
      _ = try Self.boosting { _ in }.fit(input, in: boostingContext())
    }
    #expect(bins.binningCount == 3)
    #expect(try Self.fitsAlike([forest, forest], to: Self.weighted(800)).binningCount == 1)
    #expect(try Self.fitsAlike([stopped, stopped], to: Self.weighted(800)).binningCount == 1)
    // Other rows are watched.
    _ = try Self.boosting { ($0.earlyStoppingRounds, $0.validationFraction) = (2, 0.3) }
      .fit(input, in: boostingContext())
    #expect(bins.binningCount == 4)
  }

  @Test func `a seed has bins of its own only where something is drawn`() throws {
    let input = boostingSample(800)
    for (estimator, count) in [
      (Self.boosting { $0.categoryTreatment = .sets }, 1),
      (Self.boosting { $0.categoryTreatment = .statistics }, 2),
      // Of more rows than that a sample is looked at.
      (Self.boosting { ($0.categoryTreatment, $0.binSample) = (.sets, 100) }, 2),
    ] {
      let shared = Self.shared(input)
      for seed in [3, 4] as [UInt64] {
        let alone = try estimator.fit(input, in: boostingContext(seed))
        let together = try estimator.fit(shared.input, in: boostingContext(seed))
        #expect(try Self.bytes(together.model) == Self.bytes(alone.model))
      }
      #expect(shared.bins.binningCount == count)
    }
  }

  @Test func `bins take no more memory than the rows`() throws {
    let shared = Self.shared(boostingSample(800))
    for maxBins in [20, 40, 60, 80, 100, 120, 140] {
      _ = try Self.boosting { $0.maxBins = maxBins }.fit(shared.input, in: boostingContext())
    }
    #expect(shared.bins.binningCount == 7)
    // Four columns of 8 bytes a value; of bins 4 bytes by column and 8 by row.
    #expect(shared.bins.keptCount == 2)
    #expect(shared.bins.keptBytes == 800 * 2 * 12)
    // Those used last are still there.
    _ = try Self.boosting { $0.maxBins = 140 }.fit(shared.input, in: boostingContext())
    #expect(shared.bins.binningCount == 7)
  }

  @Test func `fits side by side share bins without a trace in the models`() throws {
    let input = boostingSample(2000)
    let shared = Self.shared(input)
    let estimators = (1...8).map { step in Self.boosting { $0.learningRate = Double(step) / 10 } }
    let models = WorkerPool(threadCount: 4).map(count: estimators.count) { index in
      try? Self.bytes(estimators[index].fit(shared.input, in: boostingContext()).model)
    }
    for (estimator, model) in zip(estimators, models) {
      #expect(try model == Self.bytes(estimator.fit(input, in: boostingContext()).model))
    }
    // Those that begin together may make the bins together.
    #expect((1...4).contains(shared.bins.binningCount) && shared.bins.keptCount == 1)
  }

  @Test func `the catalogue hands bins on`() throws {
    let shared = Self.shared(boostingSample(600))
    let input = Labeled(
      Features.table(shared.input.features), labels: shared.input.labels, bins: shared.bins)
    let entry = try #require(Catalog.standard[classifier: "gradient-boosting"])
    for leaves in [4, 8] {
      _ = try entry.fit(
        Parameters([("num_iterations", .integer(2)), ("num_leaves", .integer(leaves))]), input,
        boostingContext())
    }
    #expect(shared.bins.binningCount == 1)
  }
}
