import CLibrary
import Experiments
import Foundation
import Testing

/// Lists of runs read from plain files, and what removing one leaves.
struct RunsFolderTests {
  private let folder: RunFolder
  private var runs: RunsFolder { RunsFolder(folder.path + "/runs") }

  init() throws { folder = try RunFolder() }

  private func run(k: Int, from time: Double = 0) throws -> RunDirectory {
    let study = try folder.study(shared: "{}", grid: "[{model: cuts, k: \(k)}]")
    return try folder.run(study, now: { time }).directory
  }

  private func latest() -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: runs.path + "/latest")
  }

  @Test func `a listing tells what a run came to`() throws {
    let study = try folder.study(
      shared: "{}", grid: "[{model: cuts, k: [2, 3]}, {model: reluctant, k: 3}]",
      tail: "gates: [{metric: segments.segments, max: 1}]")
    let directory = try folder.run(study, now: { 86_400 }).directory
    let (run, trials) = try directory.listing()
    #expect(run.name == directory.name)
    #expect(run.study == "demo")
    #expect(run.state == .complete)
    #expect(run.started == "1970-01-02T00:00:00Z")
    #expect((run.trialCount, run.endedCount, run.failedCount) == (3, 3, 1))
    #expect((run.gateCount, run.missedGateCount) == (1, 1))
    #expect(run.choices.map(\.model) == ["cuts"])
    #expect(run.choices.map(\.metric) == ["silhouette"])
    #expect(trials.count == 3)
    #expect(trials.count(where: \.isChosen) == 1)
    #expect(trials.last?.reason != nil)
  }

  @Test func `a run that was killed counts what its events tell`() throws {
    let directory = try run(k: 3)
    let events = """
      {"event":"started","time":"2026-01-02T03:04:05Z"}
      {"event":"done","time":"2026-01-02T03:04:06Z","trial":"a"}
      {"event":"failed","time":"2026-01-02T03:04:07Z","trial":"b"}
      {"event":"do
      """
    try Data(events.utf8).write(to: URL(filePath: directory.path + "/events.jsonl"))
    let run = try directory.listing().run
    #expect(run.state == .broken)
    #expect((run.endedCount, run.failedCount) == (2, 1))
    #expect(run.started == "2026-01-02T03:04:05Z")
  }

  @Test func `a stamp changes with any file behind the listing`() throws {
    let directory = try run(k: 3)
    let before = directory.stamp
    #expect(directory.stamp == before)
    try Data("[]".utf8).write(to: URL(filePath: directory.path + "/gates.json"))
    #expect(directory.stamp != before)
  }

  @Test func `links are no runs and are not removed through`() throws {
    let directory = try run(k: 3)
    #expect(latest() == directory.name)
    #expect(try runs.runs().map(\.name) == [directory.name])
    for name in ["latest", "../runs", "..", ".", ".hidden", "nothing"] {
      #expect(throws: RunError.self, "\(name)") { try runs.remove(name) }
    }
    #expect(FileManager.default.fileExists(atPath: directory.path + "/leaderboard.json"))
  }

  @Test func `removing the newest leaves latest at the one before, then none`() throws {
    let first = try run(k: 2, from: 1000)
    let second = try run(k: 3, from: 2000)
    #expect(latest() == second.name)
    try runs.remove(second.name)
    #expect(latest() == first.name)
    try runs.remove(first.name)
    #expect(latest() == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path) == [])
  }

  @Test func `what a link inside a run points to stays`() throws {
    let directory = try run(k: 3)
    let outside = folder.path + "/table.csv"
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/outside", withDestinationPath: outside)
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/folder", withDestinationPath: folder.path)
    try runs.remove(directory.name)
    #expect(FileManager.default.fileExists(atPath: outside))
  }

  @Test func `a run whose lock is held is running and is not removed`() throws {
    let directory = try run(k: 3)
    #expect(!directory.isRunning)
    let lock = open(directory.path + "/.lock", O_RDONLY)
    #expect(lock >= 0)
    // Runners may share the lock; one is enough.
    #expect(flock(lock, LOCK_SH) == 0)
    #expect(directory.isRunning)
    #expect(throws: RunError.busy(directory: directory.path)) { try runs.remove(directory.name) }
    close(lock)
    #expect(!directory.isRunning)
    try runs.remove(directory.name)
  }

  @Test func `a run is not removed while a report of it has its turn`() throws {
    let directory = try run(k: 3)
    #expect(!directory.isBusy)
    let turn = try directory.turn(unless: { false })
    #expect(directory.isBusy)
    #expect(!directory.isRunning)
    #expect(throws: RunError.busy(directory: directory.path)) { try runs.remove(directory.name) }
    try directory.writeReport(Data("x".utf8), to: "report/index.html")
    turn.end()
    try runs.remove(directory.name)
    #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path) == [])
  }

  @Test func `what a killed removal left is cleared by the next`() throws {
    let first = try run(k: 2)
    let second = try run(k: 3)
    try FileManager.default.moveItem(
      atPath: first.path, toPath: "\(runs.path)/.removed-\(first.name)")
    #expect(try runs.runs().map(\.name) == [second.name])
    try runs.remove(second.name)
    #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path) == [])
  }
}
