import Tabular

/// The parts of a model card that every kind of model has.
extension PipelineArtifact {
  /// Joins what is known of this kind of model with what every model has.
  ///
  /// - Parameters:
  ///   - details: What kind of model it is and how it answers.
  ///   - training: What it has learnt from.
  ///   - caveats: What to keep in mind.
  func assembledCard(
    title: String, summary: String, details: [ModelCardDocument.Section],
    training: [ModelCardDocument.Section], caveats: [String]
  ) -> ModelCardDocument {
    ModelCardDocument(
      title: title, summary: summary, notes: governance.notes,
      sensitiveColumns: governance.sensitiveColumns, allowedColumns: governance.allowedColumns,
      sections: [detailsSection] + details + [useSection, outOfScopeSection, factorsSection]
        + [metricsSection, evaluationSection, trainingSection] + training
        + [ethicsSection, caveatsSection(caveats)])
  }

  private func caveatsSection(_ caveats: [String]) -> ModelCardDocument.Section {
    .init("caveats", "Caveats and recommendations", (governance.notes.limitations ?? []) + caveats)
  }

  private typealias Section = ModelCardDocument.Section

  private var detailsSection: Section {
    let run = lineage.run.map { "run \($0), " } ?? ""
    return Section(
      "model_details", "Model details",
      [
        "Owner: \(governance.notes.owner ?? "not said"). To be reviewed by: "
          + "\(governance.notes.reviewBy ?? "not said").",
        "Algorithm \(algorithm), \(run)trial \(lineage.trial), seed \(lineage.seed), "
          + "cohort \(lineage.engineVersion).",
      ])
  }

  private var useSection: Section {
    Section(
      "intended_use", "Intended use",
      [
        governance.notes.intendedUse ?? "Not said.",
        "Use: cohort score with this directory and a table. Ids pass through and never enter the model.",
      ],
      [
        .init(
          columns: ["column", "kind", "role", "missing values", "unknown levels"],
          rows: inputs.fields.map(row))
      ])
  }

  private var outOfScopeSection: Section {
    Section("out_of_scope_use", "Out-of-scope use", [governance.notes.outOfScopeUse ?? "Not said."])
  }

  private var factorsSection: Section {
    let sensitive = governance.sensitiveColumns
    let columns = inputs.fields.filter { $0.role == .feature }.map(\.name)
    return Section(
      "factors", "Factors",
      [
        "The model reads: \(CardText.list(columns)).",
        sensitive.isEmpty
          ? "No column was declared sensitive."
          : "Declared sensitive, not read by the model: \(CardText.list(sensitive)).",
      ])
  }

  /// With a column for intervals if any metric has one.
  private var metricsSection: Section {
    let hasIntervals = metrics.contains { $0.interval != nil }
    let interval = hasIntervals ? ["interval (95 %)"] : []
    return Section(
      "metrics", "Metrics", [],
      [
        .init(
          columns: ["metric", "value"] + interval + ["better", "split", "rows"],
          rows: metrics.map { row($0, withInterval: hasIntervals) })
      ])
  }

  private var evaluationSection: Section {
    var splits: [String] = []
    for metric in metrics where !splits.contains(metric.split) { splits.append(metric.split) }
    let words = splits.map { split in
      switch split {
      case "folds": "folds: every row was scored by a model that had not seen it"
      case "holdout": "holdout: rows that no fit has seen, measured once"
      case "train", "all": "\(split): the rows that were learnt from"
      default: split
      }
    }
    let parts = lineage.table?.parts.map { [$0.name, "\($0.rowCount)", "\($0.digest)"] } ?? []
    return Section(
      "evaluation_data", "Evaluation data", words.isEmpty ? ["None."] : words.map { "\($0)." },
      parts.isEmpty
        ? [] : [.init(columns: ["rows", "count", "SHA-256 of row numbers"], rows: parts)])
  }

  private var trainingSection: Section {
    let filters = lineage.table?.filters.map { "Rows by \($0.sentence)." } ?? []
    let unread = lineage.table?.unreadColumns ?? []
    return Section(
      "training_data", "Training data",
      ["Data \(lineage.dataFingerprint) (\(lineage.rowCount) rows learnt from)."] + filters
        + (unread.isEmpty ? [] : ["Not read: \(CardText.list(unread))."]))
  }

  private func row(_ field: InputSchema.Field) -> [String] {
    [
      field.name, field.kind.rawValue, field.role.rawValue,
      field.role == .id ? "–" : field.missing.rawValue, field.unseen?.rawValue ?? "–",
    ]
  }

  private func row(_ metric: EvidenceMetric, withInterval: Bool) -> [String] {
    let interval = metric.interval.map { "\($0.lower) – \($0.upper)" } ?? "–"
    return [metric.name, "\(metric.value)"] + (withInterval ? [interval] : [])
      + [metric.goal, metric.split, "\(metric.rowCount)"]
  }
}

/// What a card says of people.
extension PipelineArtifact {
  fileprivate var ethicsSection: ModelCardDocument.Section {
    let allowed = governance.allowedColumns
    let consent =
      inputs.consent.map { rule in
        "Rows without consent (column \(rule.column)) were not learnt from and are not scored."
      } ?? "Nobody was asked for consent in the table."
    return ModelCardDocument.Section(
      "ethical_considerations", "Ethical considerations",
      [
        consent,
        "Levels of fewer than \(Disclosure.leastRows) training rows are not kept, and neither are ids, "
          + "personal columns or single rows, except by models of density, which keep rows as numbers.",
        allowed.isEmpty
          ? "No feature looked like personal data."
          : "Features that look personal and were allowed by name: \(CardText.list(allowed)).",
        fairnessWords,
      ], fairnessTables)
  }

  private var fairnessWords: String {
    guard let fairness = governance.fairness else {
      return governance.sensitiveColumns.isEmpty
        ? "Groups were not compared, since no column was declared sensitive."
        : "Groups of the sensitive columns were not compared."
    }
    let ratios = fairness.scored.compactMap { scored in
      scored.selectionRatio.map { ratio in
        "\(scored.column) (\(scored.split)) \(CardText.figure(ratio))"
          + (ratio < FairnessEvidence.fourFifths ? ", below four fifths" : "")
      }
    }
    let screening =
      ratios.isEmpty
      ? ""
      : " Least over greatest selection rate, a screening number: "
        + "\(ratios.joined(separator: "; "))."
    return "Groups of sensitive columns were compared; differences are evidence to judge, no "
      + "verdict.\(screening)"
  }

  private var fairnessTables: [ModelCardDocument.Table] {
    guard let fairness = governance.fairness else { return [] }
    return fairness.scored.map(Self.table) + fairness.composed.map(Self.table)
  }

  private static func table(_ scored: FairnessEvidence.Scored) -> ModelCardDocument.Table {
    var measures: [String] = []
    for figure in scored.groups.flatMap(\.figures) where !measures.contains(figure.measure) {
      measures.append(figure.measure)
    }
    return .init(
      columns: ["\(scored.column) (\(scored.split))", "rows"] + measures,
      rows: scored.groups.map { group in
        [group.name, "\(group.rowCount)"]
          + measures.map { measure in
            group.figures.first { $0.measure == measure }.map { CardText.figure($0.value) } ?? "–"
          }
      })
  }

  private static func table(_ composed: FairnessEvidence.Composed) -> ModelCardDocument.Table {
    let all = ["all"] + composed.shares.map(CardText.percent)
    return .init(
      columns: ["segment by \(composed.column)"] + composed.groups,
      rows: [all]
        + composed.segments.map { segment in
          [segment.name]
            + (segment.shares?.map(CardText.percent) ?? composed.groups.map { _ in "–" })
        })
  }
}
