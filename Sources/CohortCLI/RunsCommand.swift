import ArgumentParser
import Experiments
import Foundation
import History
import Numerical
import Reporting

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare and remove runs.",
    discussion: """
      EXAMPLES
        cohort runs list --study bank-segments
        cohort runs show latest
        cohort runs trials --where 'silhouette > 0.4'
        cohort runs rm --older-than 30d --keep 5 --dry-run

      The list is read from an index, .index.sqlite in --runs, which may be deleted at any time.

      EXIT CODES
        0 done, 1 a run is damaged, 2 usage or no such run, 7 no permission, 8 the run is running
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsTrialsCommand.self, RunsDiffCommand.self,
      RunsRemoveCommand.self,
    ],
    defaultSubcommand: RunsListCommand.self)
}

extension RunsOptions {
  /// The runs of the folder; what is worth knowing about the index is told with --verbose.
  func history(_ output: OutputOptions) throws -> RunHistory {
    try Platform.prepare()
    let pool = WorkerPool(threadCount: ProcessInfo.processInfo.activeProcessorCount)
    let history = try RunHistory(RunsFolder(runs), on: pool)
    if output.verbose { for note in history.notes { output.say("note: \(note)") } }
    for fault in try history.unreadable() { output.say("warning: \(fault)") }
    return history
  }
}

/// How long a list may be.
struct ListLimit: ParsableArguments {
  @Option(help: "At most so many.")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be from 1, found \(limit)") }
  }
}

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "A line per run, newest first.")

  @Option(help: "Only runs of this study.")
  var study: String?

  @Flag(help: "Only runs with failed trials, missed gates, no result or no end.")
  var failed = false

  @OptionGroup var most: ListLimit
  @OptionGroup var runs: RunsOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var listed = try runs.history(output).runs()
    if let study { listed.removeAll { $0.study != study } }
    if failed { listed.removeAll { !$0.needsALook } }
    if let limit = most.limit { listed = Array(listed.prefix(limit)) }
    if output.json { return try JSONOutput.write(listed) }
    guard let first = listed.first else {
      return output.say("no runs in \(runs.runs); next: cohort run STUDY.yaml")
    }
    try Console.write(HistoryReport.runs(listed))
    output.say("next: cohort runs show \(first.name)")
  }
}

extension RunListing {
  fileprivate var needsALook: Bool {
    failedCount > 0 || missedGateCount > 0 || state == .broken || choices.isEmpty
  }
}

struct RunsTrialsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trials", abstract: "A line per trial, of all runs or of one.")

  @Argument(help: ArgumentHelp("One run (default: all).", valueName: "run"))
  var name: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Such as 'silhouette > 0.4'; repeatable.", valueName: "condition"))
  var conditions: [String] = []

  @Flag(help: "Only failed trials.")
  var failed = false

  @OptionGroup var most: ListLimit
  @OptionGroup var runs: RunsOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let history = try runs.history(output)
    var query = TrialQuery()
    query.conditions = try conditions.map { text in
      guard let condition = TrialQuery.Condition(text) else {
        throw CommandError(
          .usage, "the condition \(text) cannot be read; write it as 'silhouette > 0.4'")
      }
      return condition
    }
    try requireMetrics(query, in: history)
    query.run = try name.map { try runs.run(named: $0).name }
    query.onlyFailed = failed
    query.limit = most.limit
    let trials = try history.trials(query)
    if output.json { return try JSONOutput.write(trials) }
    guard !trials.isEmpty else { return output.say("no such trial in \(runs.runs)") }
    let asked = query.conditions.map(\.metric)
    try Console.write(
      HistoryReport.trials(trials, metrics: asked.isEmpty ? ranking(history) : asked))
  }

  private func requireMetrics(_ query: TrialQuery, in history: RunHistory) throws {
    guard !query.conditions.isEmpty else { return }
    let known = try history.metricNames()
    for condition in query.conditions where !known.contains(condition.metric) {
      throw CommandError(
        .usage,
        "no trial has a metric \(condition.metric); there are \(known.joined(separator: ", "))")
    }
  }

  /// The metrics by which runs chose.
  private func ranking(_ history: RunHistory) -> [String] {
    var names: [String] = []
    for name in ((try? history.runs()) ?? []).flatMap(\.choices).map(\.metric)
    where !names.contains(name) { names.append(name) }
    return Array(names.prefix(3))
  }
}
