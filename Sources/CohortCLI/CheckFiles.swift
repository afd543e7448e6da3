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

  /// Finds out whether the files can be written before there is work to lose; leaves nothing behind.
  ///
  /// - Throws: `ArtifactError`.
  func requireWritable() throws {
    for file in [junit, summary].compactMap({ $0 }) {
      let probe = try DurableFile(path: file)
      try probe.append(Data("\n".utf8))
    }
  }

  /// Writes both; returns why one could not be written.
  func write(_ outcome: RunOutcome) -> CommandError? {
    let failure = outcome.failure
    let beyondGates = failure?.status == .gate && !outcome.hasOpenGates ? nil : failure
    return write(
      junit: JUnitReport.render(outcome.summary.record, failure: beyondGates?.description),
      summary: PullRequestSummary.render(
        outcome.summary.record, failure: failure?.description, next: outcome.next))
  }

  /// For a run that died before it had a record.
  ///
  /// What stopped the run is the error to report; a file that cannot be written now is told beside it.
  func write(study: String, error: any Error) {
    let name = URL(filePath: study).deletingPathExtension().lastPathComponent
    let unwritten = write(
      junit: JUnitReport.render(study: name, error: "\(error)"),
      summary: PullRequestSummary.render(study: name, error: "\(error)"))
    if let unwritten { Console.say("warning: \(unwritten)") }
  }

  private func write(junit text: String, summary markdown: String) -> CommandError? {
    var unwritten: CommandError?
    for (file, content) in [(junit, text), (summary, markdown)] {
      guard let file else { continue }
      do throws(ArtifactError) {
        try DurableFile.write(Data(content.utf8), to: file)
      } catch {
        unwritten = unwritten ?? CommandError(ExitStatus(of: error) ?? .resources, "\(error)")
      }
    }
    return unwritten
  }
}
