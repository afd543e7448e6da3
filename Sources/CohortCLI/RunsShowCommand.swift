import ArgumentParser
import Experiments
import Foundation
import Numerical
import Reporting

extension RunsOptions {
  /// The run of a name in the folder, of a path or of `latest`.
  ///
  /// - Throws: `.notARun`.
  func run(named name: String) throws -> RunDirectory {
    let directory = RunDirectory(name, in: runs)
    guard FileManager.default.fileExists(atPath: directory.path + "/resolved.json") else {
      throw RunError.notARun(path: directory.path)
    }
    // Through a link such as `latest` to the run's own name.
    let url = URL(filePath: directory.path).resolvingSymlinksInPath()
    let own = "\(runs)/\(url.lastPathComponent)"
    let isHere = FileManager.default.fileExists(atPath: own + "/resolved.json")
    return RunDirectory(isHere ? own : directory.path, in: runs)
  }
}

struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What a run was asked, its trials in tiers, gates and files.",
    discussion: """
      Trials of a run that has not come to its end are checked and ranked anew, as cohort report does: with many of \
      them that takes longer than the other commands of the history.
      """)

  @Argument(help: "A run: a directory, a name in --runs, or latest.")
  var name = "latest"

  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  private struct Shown: Encodable {
    let run: RunListing
    let overrides: [String]
    let settings: Study
    let files: [String]
    let record: RunRecord?
  }

  func run() throws {
    let directory = try runs.run(named: name)
    var listing = try directory.listing().run
    if listing.state == .broken, directory.isRunning { listing.state = .running }
    let shown = Shown(
      run: listing, overrides: try directory.overrides(), settings: try directory.study(),
      files: try directory.fileNames(), record: try record(of: directory))
    if output.json { return try JSONOutput.write(shown) }
    try Console.write(
      HistoryReport.show(
        listing, study: shown.settings, overrides: shown.overrides, record: shown.record)
        + "\nfiles in \(directory.path)\n  \(shown.files.joined(separator: "  "))\n")
    output.say("next: \(next(shown, in: directory))")
  }

  /// As far as there is one: nothing before the first trial has ended.
  private func record(of directory: RunDirectory) throws -> RunRecord? {
    let pool = try compute.makePool()
    do {
      return try directory.snapshot(on: pool)
    } catch RunError.unfinished {
      return nil
    }
  }

  private func next(_ shown: Shown, in directory: RunDirectory) -> String {
    switch shown.run.state {
    case .running: return "cohort runs show \(shown.run.name), when it has ended"
    case .broken, .stopped: return "cohort run STUDY.yaml again goes on where it stopped"
    case .complete:
      guard let choice = shown.run.choices.first else { return "cohort report \(directory.path)" }
      return "cohort score \(directory.path)/trials/\(choice.trial)/model TABLE.csv -o scores.csv"
    }
  }
}

struct RunsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Settings and metrics in which two runs differ; cohort compare says more.")

  @Argument(help: "What was.")
  var a: String

  @Argument(help: "What is.")
  var b: String

  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let pool = try compute.makePool()
    let comparison = Comparison(
      try ComparedRun(name: a, reading: runs.run(named: a), on: pool),
      try ComparedRun(name: b, reading: runs.run(named: b), on: pool), on: pool)
    if output.json { return try JSONOutput.write(comparison) }
    try Console.write(HistoryReport.difference(comparison))
    output.say("next: cohort compare \(a) \(b)")
  }
}
