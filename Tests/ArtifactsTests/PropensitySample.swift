import Artifacts
import Foundation
import Learning
import Numerical
import Tabular

/// Propensity models of 400 made-up customers.
enum PropensitySample {
  /// Columns: id (text), age (integer, some missing), balance (real), contact (category of three levels).
  ///
  /// Customers with a great balance who are called on a cell phone buy more often.
  static let (table, labels): (Table, [Double]) = {
    var random = RandomSource(seed: Seed(11))
    var (ages, balances, contacts): ([Int64], [Double], [Int32]) = ([], [], [])
    var labels: [Double] = []
    for _ in 0..<400 {
      ages.append(20 + Int64(random.uniform() * 50))
      balances.append((random.uniform() * 4000).rounded())
      contacts.append(Int32(random.uniform() * 3))
      let logOdds = (balances.last ?? 0) / 1000 - 2.5 + (contacts.last == 0 ? 1 : 0)
      labels.append(random.uniform() < Logistic.probability(ofLogOdds: logOdds) ? 1 : 0)
    }
    let table = Table(columns: [
      Column(name: "id", values: .text((0..<400).map { "c-\($0)" })),
      Column(
        name: "age", values: .integer(ages), missingRows: (0..<400).filter { $0 % 20 == 7 }),
      Column(name: "balance", values: .real(balances)),
      Column(
        name: "contact",
        values: .category(codes: contacts, levels: ["cellular", "post", "telephone"])),
    ])
    return (table, labels)
  }()

  static let features = ["age", "balance", "contact"]

  /// Standardised, as principal components, and logistic.
  static func linear(
    calibration: CalibrationMap = .none, components: Bool = true
  ) throws -> PropensityPipeline {
    let encoder = try TableEncoder.fit(table, features: features, options: EncodingOptions())
    let context = FitContext(seed: Seed(1))
    var x = try encoder.encode(table, on: .serial).matrix
    let scaling = try Standardize().fit(x, in: context).model
    x = try scaling.transform(x, on: .serial)
    var steps: [PipelineStep<any Transformer>] = [.init(algorithm: "standardize", model: scaling)]
    if components {
      let plane = try PrincipalComponents(Parameters([("components", .integer(3))]))
        .fit(x, in: context).model
      x = try plane.transform(x, on: .serial)
      steps.append(.init(algorithm: "pca", model: plane))
    }
    let model = try LogisticRegression().fit(Labeled(x, labels: labels), in: context).model
    return PropensityPipeline(
      encoder: encoder, transformers: steps,
      classifier: .init(algorithm: "logistic-regression", model: model), calibration: calibration)
  }

  static func boosted(calibration: CalibrationMap = .none) throws -> PropensityPipeline {
    let encoder = try TableEncoder.fit(table, features: features, options: ColumnOptions())
    let x = FeatureTable(try encoder.columns(of: table, on: .serial))
    let given = Parameters([("num_iterations", .integer(8)), ("num_leaves", .integer(4))])
    let model = try GradientBoosting(given).fit(
      Labeled(x, labels: labels), in: FitContext(seed: Seed(1))
    ).model
    return PropensityPipeline(
      encoder: encoder, transformers: [],
      classifier: .init(algorithm: "gradient-boosting", model: model), calibration: calibration)
  }

  /// Four bends; the scores need not be the model's for storage.
  static func isotonic() throws -> CalibrationMap {
    try CalibrationMethod.isotonic.fit(
      scores: [-2, -1, 0, 1, 2, 3, 4, 5], labels: [0, 0, 1, 0, 1, 1, 0, 1])
  }

  static func artifact(
    _ pipeline: PropensityPipeline, threshold: Double = 0.5, passthrough: [String] = ["id"],
    training: PropensityTraining? = nil
  ) throws -> PropensityArtifact {
    try PropensityArtifact(
      pipeline: pipeline, passthrough: passthrough, nullTokens: ["", "NA"],
      decision: PropensityDecision(
        cut: CutRule(rule: "the best F1", threshold: threshold), bandLimits: [0.8, 0.5, 0.2]),
      training: training
        ?? PropensityTraining(
          target: "bought", positive: "yes", rowCount: 400, eventCount: 190,
          leaks: [.init(column: "duration", finding: "alone 0.99 AUC", isExcluded: true)]),
      metrics: [
        EvidenceMetric(
          name: "roc_auc", value: 0.75, goal: "max", split: "holdout", rowCount: 100,
          interval: .init(lower: 0.7, upper: 0.8))
      ], lineage: Sample.lineage)
  }
}
