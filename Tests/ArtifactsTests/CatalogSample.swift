import Artifacts
import Foundation
import Learning
import Numerical
import Tabular

/// A small artifact for every algorithm of the catalogue that answers.
enum CatalogSample {
  static let clusterers = Catalog.standard.clusterers.map(\.name)
  static let classifiers = Catalog.standard.classifiers.map(\.name)
  static let algorithms = clusterers + classifiers

  /// Customers in two groups far apart: `spend`, `visits` (some missing), `plan` (a level is rare), `active`
  /// and `since`.
  static func table(rowCount: Int = 60, seed: UInt64 = 7) -> Table {
    var random = RandomSource(seed: Seed(seed))
    var (spend, visits): ([Double], [Int64]) = ([], [])
    var (plan, active, since): ([Int32], [Bool], [Int32]) = ([], [], [])
    for row in 0..<rowCount {
      let isLarge = row % 2 == 1
      spend.append((isLarge ? 500 : 20) + (random.uniform() * 400).rounded() / 8)
      visits.append((isLarge ? 30 : 1) + Int64(random.uniform() * 6))
      plan.append(row % 29 == 3 ? 2 : random.uniform() < (isLarge ? 0.8 : 0.3) ? 1 : 0)
      active.append(random.uniform() < 0.5)
      since.append(18_000 + Int32(random.uniform() * 2000))
    }
    return Table(columns: [
      Column(name: "id", values: .text((0..<rowCount).map { "c-\($0)" })),
      Column(name: "spend", values: .real(spend)),
      Column(
        name: "visits", values: .integer(visits),
        missingRows: (0..<rowCount).filter { $0 % 17 == 5 }),
      Column(
        name: "plan",
        values: .category(codes: plan, levels: ["basic", "premium", "trial"])),
      Column(name: "active", values: .boolean(active)),
      Column(name: "since", values: .date(since)),
    ])
  }

  static let features = ["spend", "visits", "plan", "active", "since"]

  /// Those of great spend buy, but for every seventh.
  private static let labels: [Double] = (0..<60).map { (row: Int) -> Double in
    let isLarge = row % 2 == 1
    return isLarge != (row % 7 == 0) ? 1 : 0
  }

  /// Every file of the artifact, the manifest among them.
  static func files(_ algorithm: String) throws -> [DurableDirectory.File] {
    guard let files = try published.get()[algorithm] else {
      throw CocoaError(.featureUnsupported)
    }
    return files
  }

  /// Made once: tests take them apart thousands of times.
  private static let published = Result {
    var published: [String: [DurableDirectory.File]] = [:]
    for name in algorithms { published[name] = try trained(name) }
    return published
  }

  /// The same, from the data anew.
  static func trained(_ algorithm: String) throws -> [DurableDirectory.File] {
    try clusterers.contains(algorithm)
      ? ArtifactWriter.files(of: try segmentation(algorithm))
      : ArtifactWriter.files(of: try propensity(algorithm))
  }

  private static let parameters: [String: Parameters] = [
    "k-means": Parameters([("k", .integer(3))]),
    "gaussian-mixture": Parameters([
      ("k", .integer(2)), ("covariance", .text("full")), ("regularization", .real(0.01)),
    ]),
    "dbscan": Parameters([("eps", .real(1.5)), ("min_samples", .integer(4))]),
    "hdbscan": Parameters([("min_cluster_size", .integer(6))]),
    "hierarchical": Parameters([
      ("linkage", .text("average")), ("k", .integer(2)), ("assignment", .text("neighbors")),
    ]),
    "decision-tree": Parameters([("max_depth", .integer(3))]),
    "random-forest": Parameters([("n_estimators", .integer(3)), ("max_depth", .integer(3))]),
    "extra-trees": Parameters([("n_estimators", .integer(3)), ("max_depth", .integer(3))]),
    "gradient-boosting": Parameters([
      ("num_iterations", .integer(3)), ("num_leaves", .integer(4)),
      ("min_data_in_leaf", .integer(4)),
    ]),
  ]

  private static let calibrations: [String: CalibrationMethod] = [
    "logistic-regression": .sigmoid, "decision-tree": .isotonic, "random-forest": .beta,
    "gradient-boosting": .isotonic,
  ]

  private static var encoding: EncodingOptions {
    var options = EncodingOptions()
    options.rareShare = 0.1
    options.missingIndicators = true
    return options
  }

  private static var context: FitContext { FitContext(seed: Seed(1)) }

  private static var lineage: Lineage {
    Lineage(
      dataFingerprint: "sha256:00", rowCount: 60, configuration: .object([:]), seed: 1,
      engineVersion: "0.1.0", trial: "0123456789ab")
  }

  /// The transformers of the pipeline and the rows behind them: k-means sees all of them, others the scale.
  private static func steps(
    before algorithm: String, _ encoded: Matrix
  ) throws -> ([PipelineStep<any Transformer>], Matrix) {
    let names = algorithm == "k-means" ? ["power", "standardize", "pca"] : ["standardize"]
    let given = ["pca": Parameters([("components", .integer(2)), ("whiten", .flag(true))])]
    var (steps, x): ([PipelineStep<any Transformer>], Matrix) = ([], encoded)
    for name in names {
      guard let entry = Catalog.standard[name],
        case .transformer(let model) = try entry.fit(given[name] ?? Parameters(), x, context).model
      else { throw CocoaError(.featureUnsupported) }
      x = try model.transform(x, on: .serial)
      steps.append(.init(algorithm: name, model: model))
    }
    return (steps, x)
  }

  private static func segmentation(_ algorithm: String) throws -> SegmentationArtifact {
    let table = Self.table()
    let encoder = try TableEncoder.fit(table, features: features, options: encoding)
    let (steps, x) = try Self.steps(
      before: algorithm, try encoder.encode(table, on: .serial).matrix)
    guard let entry = Catalog.standard[algorithm],
      case .clusterer(let model) = try entry.fit(parameters[algorithm] ?? Parameters(), x, context)
        .model
    else { throw CocoaError(.featureUnsupported) }
    let labels = try model.assign(x, on: .serial).labels
    let sizes = (0..<model.clusterCount).map { segment in labels.count { $0 == segment } }
    let unassigned = labels.count { $0 < 0 }
    return try SegmentationArtifact(
      pipeline: SegmentationPipeline(
        encoder: encoder, transformers: steps,
        clusterer: .init(algorithm: algorithm, model: model)),
      passthrough: ["id"], nullTokens: [""],
      sizes: sizes, unassigned: unassigned, agreement: (1, 60),
      metrics: [
        EvidenceMetric(name: "silhouette", value: 0.5, goal: "max", split: "all", rowCount: 60)
      ], description: algorithm == "k-means" ? description : nil,
      profile: TrainingProfile(of: table, encoder: encoder, on: .serial)?
        .answering(sizes: sizes, unassigned: unassigned),
      lineage: lineage)
  }

  /// Two questions; how well they describe anything does not matter here.
  private static var description: SegmentDescription {
    let tree = RuleTree(
      columns: [.init(name: "spend"), .init(name: "plan")],
      root: .question(
        column: 0, .atMost(200, missing: false), yes: .answer(0),
        no: .question(column: 1, .level("basic"), yes: .answer(1), no: .answer(2))))
    return SegmentDescription(tree: tree, balancedAccuracy: 0.9, rowCount: 60)
  }

  private static func propensity(_ algorithm: String) throws -> PropensityArtifact {
    guard let entry = Catalog.standard[classifier: algorithm] else {
      throw CocoaError(.featureUnsupported)
    }
    let table = Self.table()
    let encoder =
      entry.form == .matrix
      ? try TableEncoder.fit(table, features: features, options: encoding)
      : try TableEncoder.fit(table, features: features, options: ColumnOptions())
    var steps: [PipelineStep<any Transformer>] = []
    let rows: Features
    if entry.form == .matrix {
      var x = try encoder.encode(table, on: .serial).matrix
      (steps, x) = try Self.steps(before: algorithm, x)
      rows = .matrix(x)
    } else {
      rows = .table(FeatureTable(try encoder.columns(of: table, on: .serial)))
    }
    let model = try entry.fit(
      parameters[algorithm] ?? Parameters(), Labeled(rows, labels: labels), context
    ).model
    let logOdds = try model.logOdds(of: rows, on: .serial)
    let pipeline = PropensityPipeline(
      encoder: encoder, transformers: steps,
      classifier: .init(algorithm: algorithm, model: model),
      calibration: try calibration(of: algorithm, logOdds))
    let scores = try pipeline.probabilities(ofLogOdds: logOdds).calibrated
    return try PropensityArtifact(
      pipeline: pipeline, passthrough: ["id"], nullTokens: [""],
      decision: PropensityDecision(
        cut: CutRule(rule: "the best F1", threshold: 0.5), bandLimits: [0.8, 0.5, 0.2]),
      training: PropensityTraining(target: "bought", positive: "yes", rowCount: 60, eventCount: 30),
      metrics: [
        EvidenceMetric(name: "roc_auc", value: 0.75, goal: "max", split: "holdout", rowCount: 60)
      ],
      profile: TrainingProfile(of: table, encoder: encoder, on: .serial)?
        .answering(scores: scores),
      lineage: lineage)
  }

  private static func calibration(
    of algorithm: String, _ logOdds: [Double]
  ) throws -> CalibrationMap {
    let method = calibrations[algorithm] ?? .none
    let scores =
      method.needsProbabilities ? logOdds.map(Logistic.probability(ofLogOdds:)) : logOdds
    return try method.fit(scores: scores, labels: labels)
  }
}
