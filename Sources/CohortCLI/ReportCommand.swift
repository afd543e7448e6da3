import ArgumentParser
import Experiments

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a run again.",
    discussion: """
      Of a run that has not come to its end, the report ranks the trials that have ended and says that it is partial.

      EXAMPLES
        cohort report runs/latest
        cohort report runs/latest --format md

      EXIT CODES
        0 done, 1 the run is damaged, 2 usage or no run, 5 it stopped before a trial had ended or its trials cannot \
      be ranked, 7 out of disk or permission, 8 it runs and no trial has ended yet, 130 interrupted
      """)

  @Argument(help: ArgumentHelp("A run directory, or its name in --runs.", valueName: "run"))
  var name: String

  @Option(help: "html, md, json, or several separated by commas (default: as the study says).")
  var format: String?

  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let directory = RunDirectory(name, in: runs.runs)
    let report = try RunReport(directory, formats: try formats(), say: output.say)
    let pool = try compute.makePool()
    let record = try report.write { try directory.snapshot(on: pool) }
    if let partial = record.partial { output.say("\(partial) have ended") }
    if output.json { try JSONOutput.write(record) }
  }

  private func formats() throws -> [Study.Report.Format]? {
    try format?.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let format = Study.Report.Format(rawValue: String(name)) else {
        let known = Study.Report.Format.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError(.usage, "there is no report format \(name); there are \(known)")
      }
      return format
    }
  }
}
