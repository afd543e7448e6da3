internal import Evaluation
internal import Learning
internal import Numerical

/// Refits the models of trials behind the same prepared rows.
///
/// Trials whose models share a costly part of the fit, such as the merge tree of several cuts, share it for
/// every refit as well. Refits run side by side with serial fits, or one after another on all threads
/// where that many fits would not keep the memory limit together; the results are the same.
struct Refits: Sendable {
  let rows: RefitRows
  private let catalog: Catalog
  private var stages: [RefitRows.Input: Result<any Sendable, TrialFailure>] = [:]

  /// A refitted model, what it was fitted to, and where it put those rows.
  struct Refit: Sendable {
    let model: any Clusterer
    let subject: RefitSubject
    let labels: [Int]
  }

  private init(_ rows: RefitRows, catalog: Catalog) {
    self.rows = rows
    self.catalog = catalog
  }

  /// Nil where the experiment does not ask for stability.
  ///
  /// - Parameter isShared: whether several trials share the costly part of their refits.
  init?(
    of trial: Plan.Trial, in experiment: Study.Experiment, _ prepared: Prepared, isShared: Bool,
    _ preparation: Preparation, work: StepWork
  ) throws(TrialFailure) {
    guard let options = experiment.stability else { return nil }
    do throws(EvaluationError) {
      self.init(
        try RefitRows(
          prepared.matrix, options: options, figures: experiment.refitFigures,
          seed: preparation.seed, on: work.context.pool), catalog: preparation.catalog)
    } catch {
      throw TrialFailure(reason: "stability: \(error)")
    }
    if isShared, let model = trial.stages.last { try share(model, in: work) }
  }

  /// Whether the stages of all refits keep the memory limit together.
  private func keepsStages(
    _ stage: CatalogEntry.Stage, of record: StageRecord, _ context: FitContext
  ) -> Bool {
    guard let limit = context.memoryLimit else { return true }
    let bytes = try? stage.heldBytes(record.parameters, rows.x.rowCount, rows.x.columnCount)
    return (bytes ?? 0) * Double(rows.inputs.count) <= limit
  }

  /// Computes the part of every refit that trials agreeing on `record`'s stage parameters share; nothing where all
  /// of them together are too much to keep, so that every refit goes alone.
  private mutating func share(
    _ record: StageRecord, in work: StepWork
  ) throws(TrialFailure) {
    guard let stage = catalog[record.name]?.stage, keepsStages(stage, of: record, work.context)
    else { return }
    stages = try work.learn(
      stage.name, needing: bytes(of: record), as: form(of: stage, on: work.context.pool)
    ) {
      let inputs = rows.inputs
      let computed = each(inputs, of: record, in: work.context) {
        (input, context) throws(TrialFailure) -> any Sendable in
        let subject = rows.subject(of: input)
        return try Self.naming(record) { () throws(LearningError) in
          try stage.compute(
            record.parameters, subject.x, Self.seeded(context, subject.seed, record))
        }
      }
      return Dictionary(zip(inputs, computed)) { first, _ in first }
    }
  }

  /// Stored in the order of the inputs, if all of them could be computed.
  private func form(
    of stage: CatalogEntry.Stage, on pool: WorkerPool
  ) -> StageForm<[RefitRows.Input: Result<any Sendable, TrialFailure>]> {
    StageForm { stages, encoder in
      var list = encoder.unkeyedContainer()
      for input in rows.inputs {
        guard let value = try stages[input]?.get() else { continue }
        try list.encode(StageForm(of: stage, rows: rows.x, on: pool).writing(value))
      }
    } decode: { decoder in
      var list = try decoder.unkeyedContainer()
      var stages: [RefitRows.Input: Result<any Sendable, TrialFailure>] = [:]
      for input in rows.inputs {
        let place = try list.superDecoder()
        stages[input] = .success(try stage.decode(place, rows.subject(of: input).x, pool))
      }
      return stages
    }
  }

  /// The results of `body` for every input, in order, each ending by itself.
  func each<Value: Sendable>(
    _ inputs: [RefitRows.Input], of record: StageRecord, in context: FitContext,
    _ body: (RefitRows.Input, FitContext) throws(TrialFailure) -> Value
  ) -> [Result<Value, TrialFailure>] {
    let isSideBySide = keepsMemory(record, context)
    var inner = context
    if isSideBySide { inner.pool = .serial }
    let pool = isSideBySide ? context.pool : .serial
    return pool.map(count: inputs.count) { index in
      if context.isCancelled() {
        return .failure(TrialFailure(reason: "\(record.name): \(LearningError.cancelled)"))
      }
      do throws(TrialFailure) {
        return .success(try body(inputs[index], inner))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Whether a fit for each thread keeps the memory limit.
  private func keepsMemory(_ record: StageRecord, _ context: FitContext) -> Bool {
    guard let limit = context.memoryLimit else { return true }
    return (bytes(of: record) ?? 0) * Double(context.pool.threadCount) <= limit
  }

  private func bytes(of record: StageRecord) -> Double? {
    try? catalog[record.name]?.predictedBytes(
      record.parameters, rows.x.rowCount, rows.x.columnCount)
  }

  /// The rows made ready for many fits of samples; nil for an algorithm that fits copies.
  func table(
    for record: StageRecord, in context: FitContext
  ) throws(TrialFailure) -> CatalogEntry.Table? {
    guard let sampling = catalog[record.name]?.sampling else { return nil }
    return try Self.naming(record) { () throws(LearningError) in
      try sampling.prepare(record.parameters, rows.x, context)
    }
  }

  /// Fits the model of `record` to the rows of `input`.
  ///
  /// - Parameter table: of the same record.
  func refit(
    _ record: StageRecord, to input: RefitRows.Input, of table: CatalogEntry.Table?,
    in context: FitContext
  ) throws(TrialFailure) -> Refit {
    guard let entry = catalog[record.name] else {
      throw TrialFailure(reason: "there is no algorithm \(record.name)")
    }
    let stage = try stages[input]?.get()
    let subject = rows.subject(of: input)
    let seeded = Self.seeded(context, subject.seed, record)
    return try Self.naming(record) { () throws(LearningError) in
      if let sampling = entry.sampling, let table, subject.isSample {
        let fit = try sampling.fit(record.parameters, table, subject.rows, seeded)
        return Refit(
          model: Self.clusterer(fit.model, of: record), subject: subject, labels: fit.labels)
      }
      let x = subject.x
      let fit =
        if let rest = entry.stage, let stage {
          try rest.fit(record.parameters, x, stage, seeded)
        } else {
          try entry.fit(record.parameters, x, seeded)
        }
      let model = Self.clusterer(fit.model, of: record)
      let labels =
        if let assignments = fit.assignments {
          assignments.labels
        } else {
          try model.assign(x, on: context.pool).labels
        }
      return Refit(model: model, subject: subject, labels: labels)
    }
  }

  private static func clusterer(
    _ model: CatalogEntry.Model, of record: StageRecord
  ) -> any Clusterer {
    guard case .clusterer(let model) = model else {
      preconditionFailure("\(record.name) stands last in a pipeline and does not cluster")
    }
    return model
  }

  private static func seeded(
    _ context: FitContext, _ seed: Seed, _ record: StageRecord
  ) -> FitContext {
    var context = context
    context.seed = seed.derived("fit \(record.name)")
    return context
  }

  private static func naming<Value>(
    _ record: StageRecord, _ body: () throws(LearningError) -> Value
  ) throws(TrialFailure) -> Value {
    do throws(LearningError) {
      return try body()
    } catch {
      throw TrialFailure(reason: "\(record.name): \(error)")
    }
  }
}
