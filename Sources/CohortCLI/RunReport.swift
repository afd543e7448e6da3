import Artifacts
import Experiments
import Foundation
import Reporting

/// Writes the report of a run in the formats its study asks for.
struct RunReport {
  let directory: RunDirectory
  let formats: [Study.Report.Format]
  let say: (String) -> Void

  init(
    _ directory: RunDirectory, formats: [Study.Report.Format]? = nil,
    say: @escaping (String) -> Void
  ) throws {
    self.directory = directory
    let usual = try directory.reportFormats()
    self.formats = formats ?? usual
    self.say = say
  }

  /// Reads the run and writes its report in one turn, so that the report of a part never replaces that of the
  /// whole; returns what was read.
  @discardableResult
  func write(_ read: () throws -> RunRecord) throws -> RunRecord {
    let turn = try directory.turn(unless: { Interrupts.isRequested })
    let record = try read()
    for format in formats {
      switch format {
      case .html:
        let charts = ChartBundle(folder: ApplicationFolder()).load().map(ChartLibrary.init(script:))
        if charts == nil { say("the report has tables only; cohort setup adds the pictures") }
        try write(HTMLReport.render(record, charts: charts), to: "report/index.html")
      case .md: try write(MarkdownReport.render(record), to: "report.md")
      case .json:
        try write(
          String(decoding: try CanonicalJSON.encode(record), as: UTF8.self),
          to: "report/report.json")
      }
    }
    turn.end()
    return record
  }

  private func write(_ text: String, to name: String) throws {
    try directory.writeReport(Data(text.utf8), to: name)
    say("report: \(directory.path)/\(name)")
  }
}
