import ArgumentParser
import Experiments

/// Which study, and what the command line changes in it.
struct StudyOptions: ParsableArguments {
  @Argument(help: "A study (YAML).")
  var study: String

  @Option(
    name: [.customShort("S"), .long],
    help: ArgumentHelp(
      "Override one key, by its dotted path; repeatable.", valueName: "key=value"))
  var set: [String] = []

  @Option(help: "Override the study's seed.")
  var seed: UInt64?

  func read() throws -> StudyFile {
    try StudyReader().read(path: study, overrides: set, seed: seed)
  }

  /// The study whose text was read before.
  func read(text: String) throws -> StudyFile {
    try StudyReader().read(text: text, path: study, overrides: set, seed: seed)
  }
}

/// Where runs are kept.
struct RunsOptions: ParsableArguments {
  @Option(help: "The folder of run directories.")
  var runs = "runs"

  func validate() throws {
    if runs.isEmpty { throw ValidationError("--runs needs the name of a folder") }
  }
}
