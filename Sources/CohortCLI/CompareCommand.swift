import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Numerical
import Reporting

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show what differs between two runs or two models, and hold B to rules.",
    discussion: """
      A and B are runs (a directory, a name in --runs, or latest) or models (directories as cohort score \
      takes them, or name@alias in --store). Classifiers that scored the same rows are compared row by row, \
      and fold by fold where they had the same folds.

      A rule is [experiment.][split.]metric, then drop, rise, change or worse, then > or >= and a number or \
      a percentage of A's value; or metric, then < <= > >= and a bound for B. Without a split, the metric \
      that ranks trials is meant.

      EXAMPLES
        cohort compare shop-1f0c22aa latest
        cohort compare old/model new/model --format html -o comparison.html
        cohort compare main latest --fail-on 'holdout.roc_auc drop>0.005' --fail-on 'brier worse>2%'

      JSON has kind, same, sides, settings, data, experiments or model, and rules. The chosen trials of an \
      experiment stand under chosen, two models under candidate: metrics (name, split, direction, a, b, \
      difference, interval, method, p_value, fold_test, verdict), settings, figures, pairing, scores, \
      segments. B is the better one where verdict is better; differences are B - A. Where both have the \
      same folds, fold_test (folds, difference, interval, p_value) is the t-test over them, corrected for \
      training parts that overlap; better and worse then take both tests, as tiers do.

      EXIT CODES
        0 done, 2 usage or an unknown metric, 3 a rule failed, 1 or 6 a run or a model is damaged
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, md, html }

  @Argument(help: "What was: a run or a model.")
  var a: String

  @Argument(help: "What is: another of the same kind.")
  var b: String

  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp("What must not be, from A to B; repeatable.", valueName: "rule"))
  var rules: [String] = []

  @Option(help: "text, json, md or html (default: as OUT ends, else text).")
  var format: Format?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write (default: standard output).")
  var file: String?

  @OptionGroup var runs: RunsOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if output.json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other; give one")
    }
    if let file, file.isEmpty { throw ValidationError("-o needs the name of a file") }
  }

  func run() throws {
    let rules = try rules.map { try ComparisonRule($0) }
    let pool = try compute.makePool()
    let comparison = try compare(on: pool).holding(rules)
    try write(comparison)
    let broken = comparison.brokenRules
    guard let first = broken.first else { return }
    let others = broken.count == 1 ? "" : " and \(broken.count - 1) more"
    throw CommandError(
      .gate, "the rule '\(first.rule.text)'\(others) was not kept; see the table of rules")
  }

  private func compare(on pool: WorkerPool) throws -> Comparison {
    switch (try place(a), try place(b)) {
    case (.run(let first), .run(let second)):
      return Comparison(
        try ComparedRun(name: a, reading: RunDirectory(first, in: runs.runs), on: pool),
        try ComparedRun(name: b, reading: RunDirectory(second, in: runs.runs), on: pool), on: pool)
    case (.model(let first), .model(let second)):
      return try Comparison(
        ComparedModel(name: a, reading: first, on: pool),
        ComparedModel(name: b, reading: second, on: pool), on: pool)
    case (.unusable(let reason), _), (_, .unusable(let reason)):
      throw CommandError(.artifact, reason)
    case (.run, .model): throw ComparisonError.differentKinds(a: "run", b: "model")
    case (.model, .run): throw ComparisonError.differentKinds(a: "model", b: "run")
    }
  }

  private func place(_ name: String) throws -> GateReference {
    guard let place = try ReferencePlaces(runs: runs.runs, store: store.store).find(name) else {
      throw ComparisonError.notComparable(path: name)
    }
    return place
  }

  private var chosenFormat: Format {
    if output.json { return .json }
    if let format { return format }
    let ending = file.flatMap { $0.split(separator: ".").last.map(String.init) } ?? ""
    return ending == "markdown" ? .md : Format(rawValue: ending) ?? .text
  }

  private func write(_ comparison: Comparison) throws {
    let text: String
    switch chosenFormat {
    case .text: text = ComparisonReport.text(comparison)
    case .md: text = ComparisonReport.markdown(comparison)
    case .json: text = String(decoding: try CanonicalJSON.encode(comparison), as: UTF8.self)
    case .html:
      let charts = ChartBundle(folder: ApplicationFolder()).load().map(ChartLibrary.init(script:))
      if charts == nil { output.say("the page has tables only; cohort setup adds the pictures") }
      text = ComparisonReport.html(comparison, charts: charts)
    }
    guard let file else { return try Console.write(text) }
    try DurableFile.write(Data(text.utf8), to: file)
    output.say("comparison: \(file)")
  }
}
