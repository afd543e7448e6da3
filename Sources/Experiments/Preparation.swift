internal import Artifacts
internal import Learning
internal import Numerical
internal import Tabular

/// What the steps before the model have made of the training rows, shared by all trials behind them.
struct Prepared: Sendable {
  var encoder: TableEncoder
  var steps: [SegmentationPipeline.Step<any Transformer>]
  /// The rows as the next step sees them.
  var matrix: Matrix
  /// The plane to draw segments on, once the columns are scaled.
  var map: SegmentMap?
}

/// Why a trial has no result, as a sentence for its row.
struct TrialFailure: Error, Hashable, Sendable {
  let reason: String
}

/// Runs the steps of pipelines: each a pure function of the rows and its parameters.
struct Preparation: Sendable {
  let catalog: Catalog
  let stages: [PipelineStage]
  let study: Study

  /// Seeds of steps derive from the study's by name, so that no step depends on another's place.
  var seed: Seed { Seed(study.seed) }

  init(catalog: Catalog, study: Study) {
    self.catalog = catalog
    self.study = study
    stages = PipelineStage.all(in: catalog)
  }

  /// The number of steps before the model.
  var depth: Int { stages.count }

  /// The steps before the plane of the segments is fitted.
  var mapDepth: Int {
    stages.firstIndex { $0.name == PrincipalComponents.schema.name } ?? depth
  }

  /// The first step: columns become numbers.
  func encode(
    _ table: Table, features: [String], by record: StageRecord, on pool: WorkerPool
  ) throws(TrialFailure) -> Prepared {
    do {
      let options = try EncodingOptions(record.parameters)
      let encoder = try TableEncoder.fit(table, features: features, options: options, on: pool)
      let encoded = try encoder.encode(table, on: pool)
      return Prepared(encoder: encoder, steps: [], matrix: encoded.matrix)
    } catch {
      throw TrialFailure(reason: "\(record.name): \(error)")
    }
  }

  /// A further step; a step that is left out changes nothing.
  func apply(
    _ record: StageRecord, to prepared: Prepared, in context: FitContext
  ) throws(TrialFailure) -> Prepared {
    guard let stage = stages.first(where: { $0.name == record.name }), !stage.isOff(record) else {
      return prepared
    }
    let fit = try fit(record, prepared.matrix, in: context)
    guard case .transformer(let model) = fit.model else {
      throw TrialFailure(reason: "\(record.name) does not transform rows")
    }
    var next = prepared
    next.matrix = try naming(record) { () throws(LearningError) in
      try model.transform(prepared.matrix, on: context.pool)
    }
    next.steps.append(.init(algorithm: record.name, model: model))
    return next
  }

  /// The last step: the clustering itself.
  func cluster(
    _ record: StageRecord, _ prepared: Prepared, in context: FitContext
  ) throws(TrialFailure) -> (pipeline: SegmentationPipeline, labels: [Int], trace: FitTrace) {
    let fit = try fit(record, prepared.matrix, in: context)
    guard case .clusterer(let model) = fit.model else {
      throw TrialFailure(reason: "\(record.name) does not cluster")
    }
    let assignments = try naming(record) { () throws(LearningError) in
      try model.assign(prepared.matrix, on: context.pool)
    }
    let pipeline = SegmentationPipeline(
      encoder: prepared.encoder, transformers: prepared.steps,
      clusterer: .init(algorithm: record.name, model: model))
    return (pipeline, assignments.labels, fit.trace)
  }

  private func fit(
    _ record: StageRecord, _ x: Matrix, in context: FitContext
  ) throws(TrialFailure) -> Fit<CatalogEntry.Model> {
    guard let entry = catalog[record.name] else {
      throw TrialFailure(reason: "there is no algorithm \(record.name)")
    }
    var context = context
    context.seed = seed.derived("fit \(record.name)")
    return try naming(record) { () throws(LearningError) in
      try entry.fit(record.parameters, x, context)
    }
  }

  private func naming<Value>(
    _ record: StageRecord, _ body: () throws(LearningError) -> Value
  ) throws(TrialFailure) -> Value {
    do throws(LearningError) {
      return try body()
    } catch {
      throw TrialFailure(reason: "\(record.name): \(error)")
    }
  }
}
