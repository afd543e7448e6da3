internal import Artifacts
internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// What moves a classifier: how much each column matters, and which way.
struct Explanations {
  /// Fitted to all training rows.
  let pipeline: PropensityPipeline
  /// Fitted without the first fold, whose rows it is asked about.
  let outOfFold: PropensityPipeline
  let rows: ClassificationRows
  let data: TrialData
  let seed: Seed

  struct Found: Sendable {
    var importance: [ClassificationEvidence.ColumnRecord]
    var dependence: [ClassificationEvidence.DependenceRecord]
  }

  /// Rows of the first fold that columns are shuffled among.
  private static let permutedRows = 2_000
  private static let shuffles = 5
  /// Columns whose dependence is shown.
  private static let shownColumns = 6

  func all(in context: FitContext) throws(TrialFailure) -> Found {
    let pool = context.pool
    let importance = try importance(in: context)
    let shown = importance.prefix(Self.shownColumns).filter { $0.permutation > 0 }
    var dependence: [ClassificationEvidence.DependenceRecord] = []
    let partial = PartialDependence(pipeline, training: rows.training, seed: seed)
    for column in shown {
      try context.requireTime()
      if let record = try partial.record(of: column.column, on: pool) { dependence.append(record) }
    }
    return Found(importance: importance, dependence: dependence)
  }

  /// By falling permutation importance; columns of equal importance in the order of the table.
  private func importance(
    in context: FitContext
  ) throws(TrialFailure) -> [ClassificationEvidence.ColumnRecord] {
    let pool = context.pool
    let places = sampledRows()
    let sample = rows.training.selectingRows(places)
    let labels = data.labels(places)
    guard labels.contains(1), labels.contains(0) else { return [] }
    let base = try area(sample, labels, on: pool)
    let fitted = fittedShares()
    let contributions = try pipeline.meanContributions(of: sample, on: pool)
    var records: [ClassificationEvidence.ColumnRecord] = []
    for (index, name) in rows.features.enumerated() {
      try context.requireTime()
      guard let column = sample[name] else { continue }
      var drops: [Double] = []
      for shuffle in 0..<Self.shuffles {
        var source = RandomSource(seed: seed.derived("permutation", index).derived("", shuffle))
        let order = source.permutation(count: sample.rowCount)
        let permuted = sample.replacing(column.selectingRows(order))
        drops.append(base - (try area(permuted, labels, on: pool)))
      }
      let moments = Moments(drops)
      records.append(
        .init(
          column: name, fitted: fitted?[name], permutation: moments.mean,
          permutationSpread: (moments.sampleVariance ?? 0).squareRoot(),
          contribution: contributions[name]))
    }
    return records.enumerated().sorted {
      ($1.element.permutation, $0.offset) < ($0.element.permutation, $1.offset)
    }.map(\.element)
  }

  private func sampledRows() -> [Int] {
    let places = rows.splits[0].test
    guard places.count > Self.permutedRows else { return places }
    var source = RandomSource(seed: seed.derived("permutation rows"))
    return source.sample(Self.permutedRows, outOf: places.count).sorted().map { places[$0] }
  }

  private func area(
    _ table: Table, _ labels: [Double], on pool: WorkerPool
  ) throws(TrialFailure) -> Double {
    do {
      let features = try outOfFold.features(of: table, on: pool).features
      let scores = try outOfFold.logOdds(features, on: pool)
      return try BinaryScores(scores: scores, labels: labels).groups.rocAUC()
    } catch {
      throw TrialFailure(reason: "permutation importance: \(error)")
    }
  }

  /// What the fit itself says, as shares by column; nil where it says nothing or columns were mixed.
  private func fittedShares() -> [String: Double]? {
    guard let importance = pipeline.classifier.model.columnImportance,
      pipeline.keepsColumns, importance.values.count == pipeline.encoder.featureInputs.count
    else { return nil }
    var sums: [String: Double] = [:]
    for (value, input) in zip(importance.values, pipeline.encoder.featureInputs) {
      sums[pipeline.encoder.inputs[input].name, default: 0] += value
    }
    let total = importance.values.reduce(0, +)
    return total > 0 ? sums.mapValues { $0 / total } : nil
  }
}

extension PropensityPipeline {
  /// What every column of the table adds to or takes from a row's score, in the mean over the rows.
  fileprivate func meanContributions(
    of table: Table, on pool: WorkerPool
  ) throws(TrialFailure) -> [String: Double] {
    let values: Matrix
    do throws(ScoringError) {
      values = try contributions(to: table, on: pool).values
    } catch {
      throw TrialFailure(reason: "contributions: \(error)")
    }
    var means: [String: Double] = [:]
    for (column, input) in encoder.inputs.enumerated() {
      let total = values.column(column).reduce(0) { $0 + abs($1) }
      means[input.name] = total / Double(max(values.rowCount, 1))
    }
    return means
  }

  /// Whether every column of the classifier is one of the encoder's: no components were taken.
  var keepsColumns: Bool {
    !transformers.contains { step in
      (step.model as? PrincipalComponentsModel).map { !$0.isIdentity } ?? false
    }
  }

  /// Of a linear model, by matrix column; empty for others.
  var coefficients: [ClassificationEvidence.CoefficientRecord] {
    guard let model = classifier.model as? LogisticRegressionModel else { return [] }
    let names =
      keepsColumns
      ? encoder.featureNames : model.coefficients.indices.map { "component \($0 + 1)" }
    return zip(names, model.coefficients.values).enumerated().map { index, pair in
      .init(
        feature: pair.0, coefficient: pair.1, oddsRatio: Logistic.odds(ofLogOdds: pair.1),
        standardError: model.standardErrors.map { $0[index + 1] })
    }
  }
}
