internal import Artifacts
internal import Evaluation
internal import Numerical
internal import Tabular

/// The groups of a sensitive column, those of few rows joined to one.
struct SensitiveGroups: Sendable {
  let column: String
  /// By row, a place in `names`; −1 for rows of groups that even together are too few to tell of.
  let codes: [Int]
  let names: [String]

  /// Nil where fewer than two groups can be told of.
  init?(_ slice: SliceColumn) {
    var counts = [Int](repeating: 0, count: slice.levels.count + 1)
    let missing = slice.levels.count
    for code in slice.codes { counts[code < 0 ? missing : code] += 1 }
    let kept = counts.indices.filter { counts[$0] >= Disclosure.leastRows }
    let others = counts.filter { $0 < Disclosure.leastRows }.reduce(0, +)
    let hasOthers = others >= Disclosure.leastRows
    var places = [Int](repeating: hasOthers ? kept.count : -1, count: counts.count)
    for (place, code) in kept.enumerated() { places[code] = place }
    names =
      kept.map { $0 == missing ? FairnessEvidence.missingGroup : slice.levels[$0] }
      + (hasOthers ? [FairnessEvidence.otherGroups] : [])
    codes = slice.codes.map { places[$0 < 0 ? missing : $0] }
    column = slice.name
    guard names.count > 1 else { return nil }
  }

  /// Which groups segments consist of.
  func composition(
    labels: [Int], names segments: [String], split: String
  ) -> FairnessEvidence.Composed {
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: names.count), count: segments.count)
    var all = [Int](repeating: 0, count: names.count)
    for (label, group) in zip(labels, codes) where group >= 0 {
      all[group] += 1
      if counts.indices.contains(label) { counts[label][group] += 1 }
    }
    return FairnessEvidence.Composed(
      column: column, split: split, groups: names, shares: Self.shares(all) ?? [],
      segments: zip(segments, counts).map { name, own in
        .init(name: name, rowCount: own.reduce(0, +), shares: Self.shares(own))
      })
  }

  /// Nil for too few rows to hide one.
  private static func shares(_ counts: [Int]) -> [Double]? {
    let total = counts.reduce(0, +)
    guard total >= Disclosure.leastRows else { return nil }
    return counts.map { Double($0) / Double(total) }
  }

  /// How scores of the rows treat the groups.
  func evidence(
    of rows: ScoredRows, threshold: Double, split: String, seed: Seed, on pool: WorkerPool
  ) throws(EvaluationError) -> FairnessEvidence.Scored {
    let told = codes.indices.filter { codes[$0] >= 0 }
    let rows = rows.selecting(told)
    let found = try GroupComparison(
      scores: rows.calibrated, labels: rows.labels, weights: rows.weights,
      by: told.map { codes[$0] },
      threshold: threshold,
      bootstrap: Bootstrap(replicateCount: 200, seed: seed.derived("fairness \(column)")),
      on: pool)
    return FairnessEvidence.Scored(
      column: column, split: split, threshold: threshold,
      groups: found.groups.map { group in
        .init(
          name: names[group.code], rowCount: group.rowCount,
          figures: group.estimates.map { Self.figure($0.measure, $0.estimate) })
      },
      gaps: found.gaps.map { gap in
        .init(
          measure: gap.measure, difference: Self.figure(gap.measure, gap.difference),
          ratio: gap.ratio.map { Self.figure(gap.measure, $0) })
      })
  }

  private static func figure(
    _ measure: String, _ estimate: GroupComparison.Estimate
  ) -> FairnessEvidence.Figure {
    .init(
      measure: measure, value: estimate.value, lower: estimate.interval?.lower,
      upper: estimate.interval?.upper)
  }
}

extension TrialData {
  /// The groups of every sensitive column among the given rows of the table.
  func sensitiveGroups(_ rows: [Int]) -> [SensitiveGroups] {
    sensitiveColumns.compactMap { name in
      table[name].flatMap { SensitiveGroups(Self.slice($0.selectingRows(rows))) }
    }
  }

  /// How scores of rows of the table treat the groups of the sensitive columns; nil where no column is sensitive.
  func fairness(
    of scores: ScoredRows, rows: [Int], threshold: Double, split: String, seed: Seed,
    on pool: WorkerPool
  ) throws(EvaluationError) -> FairnessEvidence? {
    guard !sensitiveColumns.isEmpty else { return nil }
    var scored: [FairnessEvidence.Scored] = []
    for groups in sensitiveGroups(rows) {
      scored.append(
        try groups.evidence(of: scores, threshold: threshold, split: split, seed: seed, on: pool))
    }
    return FairnessEvidence(scored: scored)
  }
}
