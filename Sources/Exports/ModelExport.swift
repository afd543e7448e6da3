public import Artifacts
public import Foundation
import Learning
public import Numerical
import Tabular

/// A model in the languages of other programs.
///
/// Every form but LightGBM's, which another program has to read, is evaluated here by its own rules and
/// compared with the model on 10,000 made-up rows before it is handed out.
public struct ModelExport: Sendable {
  public enum Form: String, Hashable, Sendable, CaseIterable {
    /// ONNX in doubles: opset 21, ai.onnx.ml 5.
    case onnx
    /// ONNX for older runtimes: opset 17, ai.onnx.ml 3.
    case onnxWide = "onnx-wide"
    case sql
    /// The questions that describe segments, as a query.
    case sqlRules = "sql-rules"
    case lightgbm
    /// A model directory of MLflow around the wide ONNX.
    case mlflow
  }

  /// What an export is on disk.
  public enum Product: Sendable {
    case file(Data)
    case directory([DurableDirectory.File])
  }

  private let artifact: StoredArtifact
  private let pool: WorkerPool

  public init(of artifact: StoredArtifact, on pool: WorkerPool) {
    self.artifact = artifact
    self.pool = pool
  }

  /// - Parameters:
  ///   - dialect: Of `sql` and `sqlRules`.
  ///   - table: What they read, such as `customers` or `crm.customers`.
  /// - Throws: `ExportError`.
  /// - Complexity: O(size of the model) for the form; the comparison scores 10,000 rows twice.
  public func product(
    _ form: Form, dialect: SQLDialect = .postgresql, table: String = "customers"
  ) throws(ExportError) -> Product {
    switch form {
    case .lightgbm:
      return .file(Data(try supported(form) { () throws(Obstacle) in try lightGBMText() }.utf8))
    case .sql:
      let plan = try plan(for: form)
      let query = try supported(form) { () throws(Obstacle) in
        try dialect.requireCells(of: plan.inputs)
        let query = try SQLQuery(plan)
        try dialect.requireRoom(for: query)
        return query
      }
      try compare(form, plan, within: 1e-12) { query.answers(to: $0, on: pool) }
      return .file(Data((heading + dialect.text(query, table: table)).utf8))
    case .sqlRules:
      let rules = try supported(form) { () throws(Obstacle) in try RulesQuery(artifact.content) }
      if let row = rules.firstDifference(on: pool) {
        throw .disagreement(form: form, output: "segment", row: row)
      }
      return .file(
        Data((heading + rules.note + dialect.text(rules.query, table: table)).utf8))
    case .onnx:
      return .file(file(of: try graph(form, .exact, try plan(for: form))))
    case .onnxWide:
      return .file(file(of: try graph(form, .wide, try plan(for: form))))
    case .mlflow:
      let plan = try plan(for: form)
      guard plan.inputs.count > 1 else { throw .unsupported(form: form, .singleColumn) }
      let graph = try graph(form, .wide, plan)
      let package = MLflowModel(graph, file: file(of: graph), plan: plan)
      return .directory(package.files())
    }
  }

  private func supported<Value>(
    _ form: Form, _ body: () throws(Obstacle) -> Value
  ) throws(ExportError) -> Value {
    do throws(Obstacle) {
      return try body()
    } catch {
      throw .unsupported(form: form, error)
    }
  }

  private func plan(for form: Form) throws(ExportError) -> ScoringPlan {
    try supported(form) { () throws(Obstacle) in
      switch artifact.content {
      case .segmentation(let artifact): try ScoringPlan(artifact)
      case .propensity(let artifact): try ScoringPlan(artifact)
      }
    }
  }

  private func lightGBMText() throws(Obstacle) -> String {
    guard case .propensity(let propensity) = artifact.content,
      let model = propensity.pipeline.classifier.model as? GradientBoostingModel
    else { throw .boostingOnly(algorithm: artifact.manifest.algorithm) }
    return model.lightGBMText
  }

  private func graph(
    _ form: Form, _ profile: ONNXGraph.Profile, _ plan: ScoringPlan
  ) throws(ExportError) -> ONNXGraph {
    let graph = ONNXGraph(plan, profile)
    // The sums of trees leave the wide form as floats.
    let tolerance = profile == .exact ? 1e-12 : 2e-6
    try compare(form, plan, within: tolerance) { graph.answers(to: $0, on: pool) }
    return graph
  }

  /// Refuses a form that answers otherwise than the model.
  private func compare(
    _ form: Form, _ plan: ScoringPlan, within tolerance: Double,
    _ answers: (Table) -> ExportAnswers
  ) throws(ExportError) {
    let table = CheckRows(plan).table
    let expected = try ExportAnswers(of: artifact.content, to: table, on: pool)
    let difference = answers(table).difference(
      from: expected, within: tolerance,
      calibrated: plan.calibratedTolerance(beside: tolerance))
    if let (output, row) = difference {
      throw .disagreement(form: form, output: output, row: row)
    }
  }

  private var heading: String {
    "-- \(artifact.manifest.algorithm), \(artifact.identity), by cohort \(artifact.manifest.producer.version)\n"
  }

  private func file(of graph: ONNXGraph) -> Data {
    var properties = [
      (key: "cohort.artifact", value: artifact.identity),
      (key: "cohort.kind", value: artifact.manifest.kind),
    ]
    // A graph cannot ask: who runs it has to.
    if let consent = artifact.inputs.consent {
      properties.append((key: "cohort.consent", value: consent.column))
    }
    return graph.file(
      name: artifact.manifest.algorithm, producer: artifact.manifest.producer.version,
      properties: properties)
  }
}
