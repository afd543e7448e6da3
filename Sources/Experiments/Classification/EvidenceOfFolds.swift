internal import Evaluation
internal import Learning
internal import Numerical
internal import Tabular

/// A column by whose levels scores are broken down.
struct SliceColumn: Sendable {
  let name: String
  /// By training row, a place in `levels`; −1 for a missing value.
  let codes: [Int]
  let levels: [String]

  /// With the levels of few rows as one, which may name a customer each.
  var pooled: SliceColumn {
    var counts = [Int](repeating: 0, count: levels.count)
    for code in codes where code >= 0 { counts[code] += 1 }
    let kept = levels.indices.filter { counts[$0] >= Disclosure.leastRows }
    guard kept.count < levels.count else { return self }
    var places = [Int](repeating: kept.count, count: levels.count)
    for (place, level) in kept.enumerated() { places[level] = place }
    return SliceColumn(
      name: name, codes: codes.map { $0 < 0 ? $0 : places[$0] },
      levels: kept.map { levels[$0] } + ["(other)"])
  }
}

/// Draws curves and tables from scores out of fold.
struct EvidenceOfFolds {
  let folds: OutOfFold
  /// Of all folds together.
  let sorted: SortedScores
  let cut: ThresholdChoice
  let rule: ThresholdRule
  let metrics: [ClassificationMetric]
  let slices: [SliceColumn]
  /// Of the gains table; nil for as many as usual.
  let bins: Int?

  /// Curves keep as many points at most.
  private static let pointLimit = 500

  func evidence(
    trace: FitTrace, explanations: Explanations.Found,
    coefficients: [ClassificationEvidence.CoefficientRecord], modelBytes: Int
  ) throws(EvaluationError) -> ClassificationEvidence {
    let (raw, calibrated) = (sorted.raw, sorted.calibrated)
    let method: CalibrationMethod = folds.map.method
    return ClassificationEvidence(
      rowCount: raw.rowCount, eventCount: raw.positiveCount,
      foldCount: Set(folds.folds).count, calibrationMethod: method,
      roc: try ROCCurve(raw.groups, limit: Self.pointLimit),
      precisionRecall: try PrecisionRecallCurve(raw.groups, limit: Self.pointLimit),
      gains: try GainsTable(
        sorted.ranks, predicted: calibrated, bins: bins ?? GainsTable.standardBinCount),
      histogram: try ScoreHistogram(calibrated.groups),
      rawCalibration: try CalibrationCurve(raw.groups),
      calibration: try CalibrationCurve(calibrated.groups),
      cut: .init(
        rule: rule.words, threshold: cut.threshold, contactShare: cut.contactShare,
        confusion: cut.confusion, profit: try profit(calibrated.groups)),
      importance: explanations.importance, dependence: explanations.dependence,
      losses: trace.losses, coefficients: coefficients, slices: try sliced(),
      folds: try byFold(), modelBytes: modelBytes)
  }

  private func profit(_ groups: ScoreGroups) throws(EvaluationError) -> ProfitCurve? {
    guard case .profit(let campaign) = rule else { return nil }
    return try ProfitCurve(groups, campaign: campaign, limit: Self.pointLimit)
  }

  /// Every metric within the levels of columns, read from the same scores as over all rows.
  private func sliced() throws(EvaluationError) -> [ClassificationEvidence.SliceRecord] {
    let others = metrics.filter { $0.name != ClassificationMetric.rocAUC.name }
    let ranking = [ClassificationMetric.rocAUC] + others.filter { !$0.readsProbabilities }
    let reading = others.filter(\.readsProbabilities)
    var records: [ClassificationEvidence.SliceRecord] = []
    for column in slices {
      let ranked = try parts(of: column, folds.scores.logOdds, ranking)
      let predicted = try parts(of: column, folds.scores.calibrated, reading)
      for (part, twin) in zip(ranked, predicted) where part.rowCount >= Disclosure.leastRows {
        let found = Self.values(ranking, of: part) + Self.values(reading, of: twin)
        let figures = others.compactMap { other in found.first { $0.metric == other.name } }
        records.append(
          .init(
            column: column.name,
            level: part.code < 0 ? "(missing)" : column.levels[part.code],
            rowCount: part.rowCount, eventCount: part.positiveCount, meanScore: twin.meanScore,
            rate: part.rate, rocAUC: found.first?.value,
            rocAUCInterval: try? DeLong([part.scores]).interval(of: 0), metrics: figures))
      }
    }
    return records
  }

  private func parts(
    of column: SliceColumn, _ scores: [Double], _ metrics: [ClassificationMetric]
  ) throws(EvaluationError) -> [ScoreSlice] {
    try ScoreSlice.evaluate(
      scores: scores, labels: folds.scores.labels, weights: folds.scores.weights,
      by: folds.rows.map { column.codes[$0] }, metrics: metrics, threshold: cut.threshold)
  }

  private static func values(
    _ metrics: [ClassificationMetric], of part: ScoreSlice
  ) -> [ClassificationEvidence.SliceRecord.Figure] {
    zip(metrics, part.values).map { metric, result -> ClassificationEvidence.SliceRecord.Figure in
      let value = try? result.get()
      return .init(metric: metric.name, value: value.flatMap { $0.isFinite ? $0 : nil })
    }
  }

  /// Every metric of every fold, at the common cut.
  func byFold() throws(EvaluationError) -> [ClassificationEvidence.FoldRecord] {
    var values = metrics.map { _ in [Double?]() }
    for fold in Set(folds.folds).sorted() {
      let rows = folds.folds.indices.filter { folds.folds[$0] == fold }
      let own = try folds.scores.selecting(rows).sorted()
      for (index, metric) in metrics.enumerated() {
        let value = try? metric.value(own.scores(for: metric).groups, threshold: cut.threshold)
        values[index].append(value.flatMap { $0.isFinite ? $0 : nil })
      }
    }
    return zip(metrics, values).map { .init(metric: $0.name, values: $1) }
  }
}

extension TrialData {
  /// Quarters of a column of many numbers, else its values.
  private static let valueLimit = 20

  /// The columns that a study asks for, and the sensitive ones, by training row.
  func slices(_ asked: [String], training: Table) -> [SliceColumn] {
    let names = asked + sensitiveColumns.filter { !asked.contains($0) }
    return names.compactMap { name in training[name].map { Self.slice($0).pooled } }
  }

  static func slice(_ column: Column) -> SliceColumn {
    let texts = (0..<column.rowCount).map { column.text(at: $0) }
    if let numbers = column.numbers, Set(texts.compactMap { $0 }).count > valueLimit {
      let sorted = numbers.filter { !$0.isNaN }.sorted()
      let cuts = Quantiles.ofSorted(sorted, at: [0.25, 0.5, 0.75])
      let codes = numbers.map { number in
        number.isNaN ? -1 : cuts.count { number > $0 }
      }
      let names = cuts.map { cut in
        column.isDate ? "\(CivilDate(daysSinceEpoch: Int(cut.rounded(.down))))" : "\(cut)"
      }
      return SliceColumn(
        name: column.name, codes: codes,
        levels: names.map { "up to \($0)" } + ["above \(names[2])"])
    }
    let levels = Set(texts.compactMap { $0 }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(levels.enumerated().map { ($1, $0) }) { first, _ in first }
    return SliceColumn(
      name: column.name, codes: texts.map { text in text.flatMap { places[$0] } ?? -1 },
      levels: levels)
  }
}
