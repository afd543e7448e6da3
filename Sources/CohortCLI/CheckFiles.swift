import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Reporting

/// Files that a CI job reads.
struct CheckFiles: ParsableArguments {
  @Option(help: ArgumentHelp("Write gates as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "Write half a page of Markdown, as for \"$GITHUB_STEP_SUMMARY\".", valueName: "file"))
  var summary: String?

  func validate() throws {
    for (flag, file) in [("--junit", junit), ("--summary", summary)] where file?.isEmpty == true {
      throw ValidationError("\(flag) needs the name of a file")
    }
  }

  func write(_ outcome: RunOutcome) throws {
    let failure = outcome.failure
    if let junit {
      let beyondGates = failure?.status == .gate && !outcome.hasOpenGates ? nil : failure
      try write(
        JUnitReport.render(outcome.summary.record, failure: beyondGates?.description), to: junit)
    }
    if let summary {
      try write(
        PullRequestSummary.render(
          outcome.summary.record, failure: failure?.description, next: outcome.next), to: summary)
    }
  }

  /// For a run that died before it had a record.
  ///
  /// What stopped the run is the error to report; a file that cannot be written now is told beside it.
  func write(study: String, error: any Error) {
    let name = URL(filePath: study).deletingPathExtension().lastPathComponent
    do {
      if let junit { try write(JUnitReport.render(study: name, error: "\(error)"), to: junit) }
      if let summary {
        try write(PullRequestSummary.render(study: name, error: "\(error)"), to: summary)
      }
    } catch {
      Console.say("warning: \(error)")
    }
  }

  private func write(_ text: String, to file: String) throws {
    try DurableFile.write(Data(text.utf8), to: file)
  }
}
