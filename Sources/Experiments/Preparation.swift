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
  /// How far each row lies from what its principal components keep; nil before such a step.
  var reconstructionErrors: [Double]?
  /// What the rows looked like before the first step, for artifacts; nil where none is made, or of few rows.
  var profile: TrainingProfile?
}

/// A clustering of the training rows and how it came about.
struct FittedClustering: Sendable {
  let pipeline: SegmentationPipeline
  /// Where the fit put the training rows.
  let assignments: Assignments
  let agreement: Agreement
  let trace: FitTrace

  /// The share of training rows that the model's rule puts where the fit had put them.
  struct Agreement: Sendable {
    /// More rows than this are sampled.
    static let rowLimit = 10_000

    let share: Double
    /// The rows it was measured on.
    let rowCount: Int
  }
}

/// Why a trial has no result, as a sentence for its row.
struct TrialFailure: Error, Hashable, Sendable {
  let reason: String
  /// Failed, or skipped for want of memory, which another run may have.
  let status: TrialRecord.Status
  /// False if the clock or the machine decided it.
  let isReproducible: Bool

  init(reason: String, status: TrialRecord.Status = .failed, isReproducible: Bool = true) {
    self.reason = reason
    self.status = status
    self.isReproducible = isReproducible
  }

  /// With what was being done in front of the reason.
  func during(_ part: String) -> TrialFailure {
    TrialFailure(reason: "\(part): \(reason)", status: status, isReproducible: isReproducible)
  }
}

/// Runs the steps of pipelines: each a pure function of the rows and its parameters.
struct Preparation: Sendable {
  let catalog: Catalog
  let stages: [PipelineStage]
  let study: Study

  /// Seeds of steps derive from the study's by name, so that no step depends on another's place.
  var seed: Seed { Seed(study.seed) }

  /// What the fit of a model draws from in place of the study's seed.
  private var fitSeed: Seed?

  /// With the seed of a trial for the fit of its model.
  func fitting(_ trial: Plan.Trial) -> Preparation {
    var preparation = self
    preparation.fitSeed = trial.seed.map(Seed.init)
    return preparation
  }

  init(catalog: Catalog, study: Study) {
    self.catalog = catalog
    self.study = study
    stages = PipelineStage.all(in: catalog).filter { $0.form == .matrix }
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
    _ record: StageRecord, to prepared: Prepared, in work: StepWork
  ) throws(TrialFailure) -> Prepared {
    guard let stage = stages.first(where: { $0.name == record.name }), !stage.isOff(record) else {
      return prepared
    }
    let context = work.context
    let model = try work.learn(
      record.name, needing: bytes(of: record, prepared.matrix), as: transformers(record)
    ) { () throws(TrialFailure) in
      let fit = try fit(record, prepared.matrix, in: context)
      guard case .transformer(let model) = fit.model else {
        throw TrialFailure(reason: "\(record.name) does not transform rows")
      }
      return model
    }
    var next = prepared
    next.matrix = try naming(record) { () throws(LearningError) in
      try model.transform(prepared.matrix, on: context.pool)
    }
    if let components = model as? PrincipalComponentsModel {
      next.reconstructionErrors = try naming(record) { () throws(LearningError) in
        try components.reconstructionErrors(of: prepared.matrix, on: context.pool)
          .map { $0.squareRoot() }
      }
    }
    next.steps.append(.init(algorithm: record.name, model: model))
    return next
  }

  /// The part of the last step that trials agreeing on its parameters share; nil where there is none.
  func stage(
    _ record: StageRecord, _ prepared: Prepared, in work: StepWork
  ) throws(TrialFailure) -> (any Sendable)? {
    guard let stage = catalog[record.name]?.stage else { return nil }
    let context = work.context
    let form = StageForm(of: stage, rows: prepared.matrix, on: context.pool)
    return try work.learn(
      stage.name, needing: bytes(of: record, prepared.matrix), as: form
    ) { () throws(TrialFailure) in
      try naming(record) { () throws(LearningError) -> any Sendable in
        try stage.compute(record.parameters, prepared.matrix, seeded(context, for: record))
      }
    }
  }

  /// What the fit of a step takes beside its rows, by the algorithm's own estimate.
  func bytes(of record: StageRecord, _ x: Matrix) -> Double? {
    try? catalog[record.name]?.predictedBytes(record.parameters, x.rowCount, x.columnCount)
  }

  /// What the fit of a classifier takes beside its rows, by the algorithm's own estimate.
  func bytes(of record: StageRecord, _ x: Features) -> Double? {
    try? catalog[classifier: record.name]?.predictedBytes(
      record.parameters, x.rowCount, x.columnCount)
  }

  private func transformers(_ record: StageRecord) -> StageForm<any Transformer> {
    StageForm { model, encoder in
      try model.encode(to: encoder)
    } decode: { decoder in
      guard case .transformer(let model)? = try catalog[record.name]?.decode(decoder) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: [], debugDescription: "\(record.name) does not transform rows"))
      }
      return model
    }
  }

  /// The last step: the clustering itself.
  ///
  /// - Parameter stage: what `stage` gave for the record; nil computes it here.
  func cluster(
    _ record: StageRecord, _ prepared: Prepared, from stage: (any Sendable)? = nil,
    in context: FitContext
  ) throws(TrialFailure) -> FittedClustering {
    let fit = try fit(record, prepared.matrix, from: stage, in: context)
    guard case .clusterer(let model) = fit.model else {
      throw TrialFailure(reason: "\(record.name) does not cluster")
    }
    let pipeline = SegmentationPipeline(
      encoder: prepared.encoder, transformers: prepared.steps,
      clusterer: .init(algorithm: record.name, model: model))
    return try naming(record) { () throws(LearningError) in
      let x = prepared.matrix
      guard let assignments = fit.assignments else {
        return FittedClustering(
          pipeline: pipeline, assignments: try model.assign(x, on: context.pool),
          agreement: .init(share: 1, rowCount: x.rowCount), trace: fit.trace)
      }
      return FittedClustering(
        pipeline: pipeline, assignments: assignments,
        agreement: try agreement(of: model, with: assignments.labels, on: x, in: context),
        trace: fit.trace)
    }
  }

  /// How often the model's rule puts a training row where the fit had put it; of long tables on a
  /// sample, since some rules compare every row with all that were fitted.
  private func agreement(
    of model: any Clusterer, with labels: [Int], on x: Matrix, in context: FitContext
  ) throws(LearningError) -> FittedClustering.Agreement {
    var rows = Array(0..<x.rowCount)
    if x.rowCount > FittedClustering.Agreement.rowLimit {
      var source = RandomSource(seed: seed.derived("assignment agreement"))
      rows = source.sample(FittedClustering.Agreement.rowLimit, outOf: x.rowCount)
    }
    let placed = try model.assign(x.selectingRows(rows), on: context.pool).labels
    let equal = zip(rows, placed).count { labels[$0] == $1 }
    return .init(share: Double(equal) / Double(max(rows.count, 1)), rowCount: rows.count)
  }

  func seeded(_ context: FitContext, for record: StageRecord) -> FitContext {
    var context = context
    context.seed = (fitSeed ?? seed).derived("fit \(record.name)")
    return context
  }

  private func fit(
    _ record: StageRecord, _ x: Matrix, from stage: (any Sendable)? = nil,
    in context: FitContext
  ) throws(TrialFailure) -> Fit<CatalogEntry.Model> {
    guard let entry = catalog[record.name] else {
      throw TrialFailure(reason: "there is no algorithm \(record.name)")
    }
    return try naming(record) { () throws(LearningError) in
      let context = seeded(context, for: record)
      guard let rest = entry.stage, let stage else {
        return try entry.fit(record.parameters, x, context)
      }
      return try rest.fit(record.parameters, x, stage, context)
    }
  }

  func naming<Value>(
    _ record: StageRecord, _ body: () throws(LearningError) -> Value
  ) throws(TrialFailure) -> Value {
    do throws(LearningError) {
      return try body()
    } catch .memory(let needed, let limit, let rows, let fitting) {
      let error = LearningError.memory(needed: needed, limit: limit, rows: rows, fitting: fitting)
      throw TrialFailure(reason: "\(record.name): \(error)", status: .skipped)
    } catch {
      throw TrialFailure(reason: "\(record.name): \(error)")
    }
  }
}
