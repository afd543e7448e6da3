import Artifacts
import Exports
import Foundation
import Learning
import Numerical
import Tabular

/// Models of 600 made-up customers, stored and read back.
enum ExportSample {
  /// Columns: id (text), age (integer, some missing), balance (real, skewed), news (boolean), contact
  /// (category of three levels and one rare one, some missing).
  static let (table, labels): (Table, [Double]) = {
    var random = RandomSource(seed: Seed(5))
    let count = 600
    let ages = (0..<count).map { _ in 20 + Int64(random.uniform() * 50) }
    let balances = (0..<count).map { _ in 100 / (random.uniform() + 0.01) - 500 }
    let news = (0..<count).map { _ in random.uniform() < 0.4 }
    let contacts = (0..<count).map { $0 < 3 ? Int32(3) : Int32(random.uniform() * 3) }
    let labels = (0..<count).map { row in
      let logOdds = balances[row] / 500 + (news[row] ? 1 : 0) - (contacts[row] == 1 ? 1 : 0)
      return random.uniform() < Logistic.probability(ofLogOdds: logOdds) ? 1.0 : 0
    }
    let some = (0..<count).filter { $0 % 20 == 7 }
    let table = Table(columns: [
      Column(name: "id", values: .text((0..<count).map { "c\($0)" })),
      Column(name: "age", values: .integer(ages), missingRows: some),
      Column(name: "balance", values: .real(balances)),
      Column(name: "news", values: .boolean(news)),
      Column(
        name: "contact",
        values: .category(
          codes: contacts.enumerated().map { $0.offset % 20 == 9 ? -1 : $0.element },
          levels: ["cell's", "post", "telephone", "visit"]),
        missingRows: (0..<count).filter { $0 % 20 == 9 }),
    ])
    return (table, labels)
  }()

  static let features = ["age", "balance", "news", "contact"]

  private static var context: FitContext { FitContext(seed: Seed(1)) }

  /// Encoded rows after the given steps, and the steps.
  private static func prepared(
    _ methods: [any Preparation], _ features: [String] = ExportSample.features
  ) throws -> (TableEncoder, [PipelineStep<any Transformer>], Matrix) {
    var options = EncodingOptions()
    options.missingIndicators = true
    let encoder = try TableEncoder.fit(table, features: features, options: options)
    var x = try encoder.encode(table, on: .serial).matrix
    var steps: [PipelineStep<any Transformer>] = []
    for method in methods {
      let model = try method.model(of: x)
      x = try model.transform(x, on: .serial)
      steps.append(.init(algorithm: method.name, model: model))
    }
    return (encoder, steps, x)
  }

  /// Something that makes a transformer of rows.
  protocol Preparation {
    var name: String { get }
    func model(of x: Matrix) throws -> any Transformer
  }

  struct Power: Preparation {
    var name: String { "power" }
    func model(of x: Matrix) throws -> any Transformer {
      try PowerTransform().fit(x, in: context).model
    }
  }

  struct Logarithm: Preparation {
    var name: String { "power" }
    func model(of x: Matrix) throws -> any Transformer {
      try PowerTransform(Parameters([("method", .text("log1p"))])).fit(x, in: context).model
    }
  }

  struct Scaling: Preparation {
    var name: String { "standardize" }
    func model(of x: Matrix) throws -> any Transformer {
      try Standardize().fit(x, in: context).model
    }
  }

  struct Components: Preparation {
    var name: String { "pca" }
    func model(of x: Matrix) throws -> any Transformer {
      try PrincipalComponents(Parameters([("components", .integer(3))])).fit(x, in: context).model
    }
  }

  static func segments<Clustering: Estimator>(
    _ name: String, _ clustering: Clustering, after methods: [any Preparation],
    of features: [String] = ExportSample.features, description: SegmentDescription? = nil
  ) throws -> SegmentationArtifact where Clustering.Input == Matrix, Clustering.Model: Clusterer {
    let (encoder, steps, x) = try prepared(methods, features)
    let model = try clustering.fit(x, in: context).model
    let sizes = (0..<model.clusterCount).map { 100 + $0 }
    return try SegmentationArtifact(
      pipeline: SegmentationPipeline(
        encoder: encoder, transformers: steps, clusterer: .init(algorithm: name, model: model)),
      passthrough: ["id"], nullTokens: [""], sizes: sizes, agreement: (1, 600), metrics: [],
      description: description, lineage: lineage)
  }

  static func linear(_ calibration: CalibrationMap = .none) throws -> PropensityArtifact {
    let (encoder, steps, x) = try prepared([Power(), Scaling(), Components()])
    let model = try LogisticRegression().fit(Labeled(x, labels: labels), in: context).model
    return try artifact(
      PropensityPipeline(
        encoder: encoder, transformers: steps,
        classifier: .init(algorithm: "logistic-regression", model: model),
        calibration: calibration))
  }

  static func trees<Learner: Estimator>(
    _ name: String, _ learner: Learner, _ calibration: CalibrationMap = .none,
    consent: ConsentRule? = nil
  ) throws -> PropensityArtifact
  where Learner.Input == Labeled<FeatureTable>, Learner.Model: Classifier {
    let encoder = try TableEncoder.fit(table, features: features, options: ColumnOptions())
    let x = FeatureTable(try encoder.columns(of: table, on: .serial))
    let model = try learner.fit(Labeled(x, labels: labels), in: context).model
    return try artifact(
      PropensityPipeline(
        encoder: encoder, transformers: [], classifier: .init(algorithm: name, model: model),
        calibration: calibration), consent: consent)
  }

  static func boosted(
    _ calibration: CalibrationMap = .none, consent: ConsentRule? = nil
  ) throws -> PropensityArtifact {
    let given = Parameters([("num_iterations", .integer(30)), ("num_leaves", .integer(8))])
    return try trees(
      "gradient-boosting", try GradientBoosting(given), calibration, consent: consent)
  }

  private static func artifact(
    _ pipeline: PropensityPipeline, consent: ConsentRule? = nil
  ) throws -> PropensityArtifact {
    try PropensityArtifact(
      pipeline: pipeline, passthrough: ["id"], nullTokens: [""], consent: consent,
      decision: PropensityDecision(
        cut: CutRule(rule: "a fixed threshold", threshold: 0.5), bandLimits: [0.8, 0.5, 0.2]),
      training: PropensityTraining(
        target: "bought", positive: "yes", rowCount: 600, eventCount: 300), metrics: [],
      lineage: lineage)
  }

  /// A model of raw columns whose encoder was fitted with `options`.
  static func refusing(_ options: EncodingOptions) throws -> SegmentationArtifact {
    let encoder = try TableEncoder.fit(table, features: features, options: options)
    let x = try encoder.encode(table, on: .serial).matrix
    let model = try KMeans(Parameters([("k", .integer(2))])).fit(x, in: context).model
    return try SegmentationArtifact(
      pipeline: SegmentationPipeline(
        encoder: encoder, transformers: [], clusterer: .init(algorithm: "k-means", model: model)),
      passthrough: ["id"], nullTokens: [""], sizes: [300, 300], agreement: (1, 600), metrics: [],
      lineage: lineage)
  }

  /// A map of each method, learnt from scores that need not be the model's.
  static func calibration(_ method: CalibrationMethod) throws -> CalibrationMap {
    let scores = [-2.0, -1, 0, 1, 2, 3, 4, 5]
    return try method.fit(
      scores: method.needsProbabilities
        ? scores.map { Logistic.probability(ofLogOdds: $0) } : scores,
      labels: [0, 0, 1, 0, 1, 1, 0, 1])
  }

  static let lineage = Lineage(
    dataFingerprint: "sha256:00", rowCount: 600, configuration: .object([:]), seed: 1,
    engineVersion: "0.1.0", run: "demo-1", trial: "0123456789ab")

  /// Stores an artifact and hands the export of what is read back to `body`.
  @discardableResult
  static func withExport<Value>(
    of artifact: some ArtifactContent, _ body: (ModelExport) throws -> Value
  ) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try ArtifactWriter.publish(artifact, to: folder.path + "/model")
    return try body(
      ModelExport(
        of: try ArtifactReader.load(folder.path + "/model"), on: WorkerPool(threadCount: 2)))
  }
}
