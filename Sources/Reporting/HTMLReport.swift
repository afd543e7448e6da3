public import Experiments

/// A run as one self-contained page: opens offline, from a file, in any current browser.
///
/// The page loads nothing and sends nothing (a content security policy forbids both). Its root element
/// carries `data-ready="true"` once every picture is drawn, and `data-undrawn` counts those that could
/// not be. It stays below 2 MB with the usual bundle of 0.9 MB however many rows, trials or features the
/// run had: what is left out is said where it is missing.
public enum HTMLReport {
  /// The page of `run`; without `charts` it has the tables and says how to get the pictures.
  public static func render(_ run: RunRecord, charts library: ChartLibrary?) -> String {
    let budget = PageBudget(experiments: run.experiments.count)
    let sections = run.experiments.enumerated().map { index, experiment in
      Section(experiment, anchor: "experiment-\(index + 1)", within: budget)
    }
    let charts = sections.flatMap(\.charts)
    let drawing = library.map { library in
      Page.Drawing(library: library.script, payload: Chart.payload(charts).scriptText)
    }
    let page = Page(
      title: run.study, summary: DataSection(run.data).size,
      isComplete: library == nil || charts.isEmpty, partial: PartialText(run).map { [$0] } ?? [],
      gates: GateTable(run.gates).map { [$0] } ?? [],
      sections: sections,
      data: DataSection(run.data), reproduction: Page.Reproduction(run),
      drawing: drawing.map { [$0] } ?? [])
    return Templates.render(page)
  }
}

extension Section {
  init(_ experiment: ExperimentRecord, anchor: String, within budget: PageBudget) {
    let board = Leaderboard(experiment)
    self.anchor = anchor
    name = experiment.id
    hasWinner = experiment.chosen != nil
    verdict = Verdict(board).sentences
    warnings = experiment.chosen?.trial.warnings ?? []
    leaks = LeakBox(experiment).map { [$0] } ?? []
    leaderboard = LeaderboardSection(board, limit: budget.trials)
    let measured = SelectionCurves.measured(board, within: budget)
    let criteria = SelectionCurves.criteria(board, within: budget)
    curves =
      [measured?.section(id: anchor + "-curve")].compactMap { $0 }
      + criteria.enumerated().map { $1.section(id: "\(anchor)-criterion-\($0)") }
    portrait = Portrait(board, anchor: anchor, within: budget).map { [$0] } ?? []
    classifier = ClassifierPortrait(board, anchor: anchor, within: budget).map { [$0] } ?? []
    models = ModelPortrait.all(board, anchor: anchor, within: budget)
    fairness = FairnessSection(experiment).map { [$0] } ?? []
    notes = MethodNotes.notes(for: board)
  }

  var charts: [Chart] {
    let pictures =
      curves.flatMap(\.figures) + portrait.flatMap(\.figures) + classifier.flatMap(\.figures)
      + models.flatMap(\.figures)
    return pictures.flatMap(\.charts)
  }
}

extension Page.Reproduction {
  init(_ run: RunRecord) {
    engineVersion = run.engineVersion
    let scoring = run.experiments.compactMap { experiment in
      experiment.chosen.map { chosen in
        Command(
          purpose: experiment.task == .classify
            ? "Score customers with the chosen trial of \(experiment.id)"
            : "Assign customers to segments with the chosen trial of \(experiment.id)",
          line: "cohort score RUN/trials/\(chosen.trial.id)/model CUSTOMERS.csv")
      }
    }
    commands =
      [
        Command(
          purpose: "Run the study again; only what is missing is computed",
          line: "cohort run STUDY.yaml"),
        Command(purpose: "Build this report again", line: "cohort report RUN"),
      ] + scoring
  }
}
