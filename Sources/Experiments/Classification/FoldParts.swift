internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// Rows to fit a classifier to, as it takes them, and rows to score with it.
///
/// Everything that prepares the rows was learnt from the fitted ones alone.
struct FoldPart: Sendable {
  let encoder: TableEncoder
  let transformers: [PropensityPipeline.Step<any Transformer>]
  let fitted: Labeled<Features>
  /// Places among the training rows of the rows to score; none for the part of all rows.
  let scoredRows: [Int]
  let scored: Features
}

extension Preparation {
  /// Prepares the rows of a split for models that follow the given steps.
  ///
  /// - Parameters:
  ///   - steps: of a trial, without the model.
  ///   - split: places among the training rows.
  func part(
    _ steps: [StageRecord], form: FeatureForm, features: [String], training: Table, data: TrialData,
    split: (train: [Int], test: [Int]), in work: StepWork
  ) throws(TrialFailure) -> FoldPart {
    let context = work.context
    let isWhole = split.train.count == training.rowCount
    let fittedTable = isWhole ? training : training.selectingRows(split.train)
    let prepared = try prepare(steps, form, features, fittedTable, in: work)
    // Trees of all trials behind these rows learn from bins that are made once.
    let labeled = Labeled(
      prepared.features, labels: data.labels(split.train), weights: data.weights(split.train),
      bins: form == .table ? SharedBins() : nil)
    do throws(ScoringError) {
      let scored = try PropensityPipeline.features(
        of: training.selectingRows(split.test), encoder: prepared.encoder,
        transformers: prepared.transformers, form: form, on: context.pool)
      return FoldPart(
        encoder: prepared.encoder, transformers: prepared.transformers, fitted: labeled,
        scoredRows: split.test, scored: scored.features)
    } catch {
      throw TrialFailure(reason: "\(error)")
    }
  }

  private func prepare(
    _ steps: [StageRecord], _ form: FeatureForm, _ features: [String], _ table: Table,
    in work: StepWork
  ) throws(TrialFailure) -> (
    encoder: TableEncoder, transformers: [PropensityPipeline.Step<any Transformer>],
    features: Features
  ) {
    guard let first = steps.first else { throw TrialFailure(reason: "it has no steps") }
    let pool = work.context.pool
    switch form {
    case .table:
      do {
        let options = try ColumnOptions(first.parameters)
        let encoder = try TableEncoder.fit(
          table, features: features, options: options, on: pool)
        let columns = try encoder.columns(of: table, on: pool)
        return (encoder, [], .table(FeatureTable(columns)))
      } catch {
        throw TrialFailure(reason: "\(first.name): \(error)")
      }
    case .matrix:
      var prepared = try encode(table, features: features, by: first, on: pool)
      for step in steps.dropFirst() { prepared = try apply(step, to: prepared, in: work) }
      return (prepared.encoder, prepared.steps, .matrix(prepared.matrix))
    }
  }
}
