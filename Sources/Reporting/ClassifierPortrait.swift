internal import Experiments

/// The chosen classifier: its metrics, then its pictures by the question they answer.
struct ClassifierPortrait {
  let title: String
  let metrics: [TableView]
  let parts: [Part]

  struct Part {
    let heading: String
    let introduction: String
    let figures: [Figure]
  }

  /// Nil without a winner or its evidence.
  init?(_ board: Leaderboard, anchor: String, within budget: PageBudget) {
    guard let chosen = board.experiment.chosen,
      let evidence = board.experiment.classification[chosen.trial.id]
    else { return nil }
    title = board.varying.phrase(for: chosen.trial)
    metrics = MetricSummary(chosen.trial).map { [$0.table] } ?? []
    let plots = Plots(
      evidence: evidence, row: chosen, board: board, id: anchor + "-chosen", budget: budget)
    parts = [
      plots.models, plots.ranking, plots.probabilities, plots.decisions, plots.columns,
      plots.dependence, plots.robustness,
    ]
    .filter { !$0.figures.isEmpty }
  }

  var figures: [Figure] { parts.flatMap(\.figures) }
}

/// The pictures of one classifier, whichever its evidence has.
private struct Plots {
  typealias Part = ClassifierPortrait.Part

  let evidence: ClassificationEvidence
  let row: LeaderboardRow
  let board: Leaderboard
  let id: String
  let budget: PageBudget

  private var trial: TrialRecord { row.trial }

  var ranking: Part {
    part(
      "Who comes first", "How well the scores put positives before negatives.",
      [
        ROCPlot(evidence, of: trial, limit: budget.outlinePoints)?.figure(id: id + "-roc"),
        PrecisionRecallPlot(evidence, of: trial, limit: budget.outlinePoints)?
          .figure(id: id + "-precision"),
        GainsPlot(evidence)?.figure(id: id + "-gains"),
      ])
  }

  var probabilities: Part {
    part(
      "What the scores mean", "Whether a score can be read as a probability.",
      [
        CalibrationPlot(evidence, of: trial)?.figure(id: id + "-calibration"),
        ScoreHistogramPlot(evidence)?.figure(id: id + "-histogram"),
      ])
  }

  var models: Part {
    Part(
      heading: "Model beside model", introduction: "The best trial of each model on the same rows.",
      figures: ModelComparison(board, limit: budget.comparedPoints)?.figures(id: id + "-models")
        ?? [])
  }

  var decisions: Part {
    let plot = CutPlot(evidence, limit: budget.outlinePoints)
    return part(
      "Whom to contact", "What the chosen cut does, and what other cuts would earn.",
      [plot?.figure(id: id + "-cut"), plot?.profitFigure(id: id + "-profit")])
  }

  var columns: Part {
    part(
      "What the scores hang on", "Which columns matter, and in which direction.",
      [
        ImportancePlot(evidence, listing: budget.features)?.figure(id: id + "-importance"),
        CoefficientPlot(board, listing: budget.features)?.figure(id: id + "-coefficients"),
      ])
  }

  var dependence: Part {
    part(
      "How the prediction moves with a column",
      "Each column takes other values while all else stays as it is; columns that move together in "
        + "life are parted here.",
      evidence.dependence.prefix(budget.dependences).enumerated().map { index, record in
        DependencePlot(record, limit: budget.expectations)?
          .figure(id: "\(id)-dependence-\(index)")
      })
  }

  var robustness: Part {
    part(
      "Where it holds", "Whether the figures hold in parts of the rows, and how the model learned.",
      [
        SlicePlot(
          evidence, of: trial, ranking: board.experiment.metric, listing: budget.features)?
          .figure(id: id + "-slices"),
        FoldPlot(evidence, of: trial, ranking: board.experiment.metric)?
          .figure(id: id + "-folds"),
        LossPlot(evidence, limit: budget.outlinePoints)?.figure(id: id + "-losses"),
      ])
  }

  private func part(_ heading: String, _ introduction: String, _ figures: [Figure?]) -> Part {
    Part(heading: heading, introduction: introduction, figures: figures.compactMap { $0 })
  }
}
