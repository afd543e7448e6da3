import Experiments
import Foundation
import Testing

struct RunDirectoryTests {
  private let folder: RunFolder
  private let summary: RunSummary

  init() throws {
    folder = try RunFolder()
    summary = try folder.run(try folder.study())
  }

  @Test func `a run is found by path, by name and as the latest`() throws {
    let runs = folder.path + "/runs"
    let name = try #require(summary.directory.path.split(separator: "/").last.map(String.init))
    for given in [summary.directory.path, summary.directory.path + "/", name, "latest"] {
      let record = try RunDirectory(given, in: runs).record()
      #expect(record.study == "demo")
      #expect(record.data.rowCount == 60)
    }
  }

  @Test func `what is read back is what the run returned`() throws {
    let record = try summary.directory.record()
    #expect(record.experiments[0].leaderboard == summary.record.experiments[0].leaderboard)
    #expect(record.experiments[0].evidence == summary.record.experiments[0].evidence)
    #expect(record.engineVersion == Engine.version)
  }

  @Test func `columns are recorded with their roles`() throws {
    let roles = try summary.directory.record().data.columns.map { "\($0.name) \($0.role)" }
    #expect(
      roles == [
        "customer id", "spend feature", "visits feature", "channel feature",
        "bought target",
      ])
  }

  @Test(arguments: ["leaderboard.json", "data.json", "gates.json"])
  func `a damaged file is named`(file: String) throws {
    let path = "\(summary.directory.path)/\(file)"
    try Data("{".utf8).write(to: URL(filePath: path))
    #expect(throws: RunError.damaged(file: path, fault: .unreadable)) {
      try summary.directory.record()
    }
  }

  @Test func `a directory that is no run is refused`() throws {
    #expect(throws: RunError.notARun(path: folder.path)) {
      try RunDirectory(folder.path, in: "runs").record()
    }
  }

  @Test func `a report is written beside the run`() throws {
    try summary.directory.writeReport(Data("x".utf8), to: "report/index.html")
    let path = summary.directory.path + "/report/index.html"
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
    #expect(try summary.directory.reportFormats() == [.html, .md])
  }

  @Test func `a report of a run that is gone brings nothing back`() throws {
    let directory = summary.directory
    try RunsFolder(folder.path + "/runs").remove(directory.name)
    #expect(throws: RunError.notARun(path: directory.path)) {
      _ = try directory.turn(unless: { false })
    }
    #expect(throws: RunError.notARun(path: directory.path)) {
      try directory.writeReport(Data("x".utf8), to: "report/index.html")
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path))
  }
}
