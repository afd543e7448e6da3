import Experiments
import Foundation
import Testing

/// Runs that were killed: the files of a whole one without what is written last.
struct RunSnapshotTests {
  private let folder: RunFolder
  private let whole: RunSummary
  private var run: RunDirectory { whole.directory }

  init() throws {
    folder = try RunFolder()
    whole = try folder.run(try folder.study())
  }

  private func lose(_ names: String...) throws {
    for name in names { try FileManager.default.removeItem(atPath: "\(run.path)/\(name)") }
  }

  private func openJournal() throws {
    let line = "{\"event\":\"started\",\"time\":\"2026-01-02T03:04:05Z\"}\n"
    try Data(line.utf8).write(to: URL(filePath: run.path + "/events.jsonl"))
  }

  @Test func `a run that has come to its end is read as it is`() throws {
    let snapshot = try run.snapshot()
    #expect(snapshot.partial == nil)
    #expect(snapshot.experiments[0].leaderboard == whole.record.experiments[0].leaderboard)
    // One that is called again, and killed, has lost nothing.
    try openJournal()
    #expect(try run.snapshot().partial == nil)
  }

  @Test func `a run without a leaderboard is ranked as the run itself would`() throws {
    try lose("leaderboard.json", "gates.json")
    let snapshot = try run.snapshot()
    #expect(snapshot.partial == .init(ended: 8, planned: 8))
    #expect(snapshot.partial?.description == "partial: 8 of 8 trials")
    let (found, told) = (snapshot.experiments[0], whole.record.experiments[0])
    #expect(found.leaderboard == told.leaderboard)
    #expect(found.tiers == told.tiers)
    #expect(found.evidence == told.evidence)
    #expect(found.timings == told.timings)
    #expect(snapshot.data == whole.record.data)
    #expect(throws: RunError.self) { try run.record() }
  }

  @Test func `what was ranked as a part says so, although the run ends meanwhile`() throws {
    let (gates, aside) = (run.path + "/gates.json", folder.path + "/gates.json")
    try openJournal()
    try FileManager.default.moveItem(atPath: gates, toPath: aside)
    let lost = try #require(whole.record.experiments[0].leaderboard.last?.trial.id)
    try lose("trials/\(lost)")
    // A named pipe is read when somebody writes to it: by then the run has been taken for a part.
    let plan = run.path + "/plan.jsonl"
    let lines = try Data(contentsOf: URL(filePath: plan))
    try lose("plan.jsonl")
    #expect(mkfifo(plan, 0o600) == 0)
    Thread.detachNewThread {
      guard let pipe = FileHandle(forWritingAtPath: plan) else { return }
      try? FileManager.default.moveItem(atPath: aside, toPath: gates)
      try? pipe.write(contentsOf: lines)
      try? pipe.close()
    }
    let snapshot = try run.snapshot()
    #expect(FileManager.default.fileExists(atPath: gates))
    #expect(snapshot.partial == .init(ended: 7, planned: 8))
    #expect(snapshot.experiments[0].leaderboard.last?.trial.status == .stopped)
  }

  @Test func `trials that have not ended follow, with the reason`() throws {
    let rows = whole.record.experiments[0].leaderboard
    let lost = rows.suffix(3).map(\.trial.id)
    try openJournal()
    try lose("leaderboard.json", "gates.json")
    for id in lost { try lose("trials/\(id)") }
    let snapshot = try run.snapshot()
    #expect(snapshot.partial == .init(ended: 5, planned: 8))
    let found = snapshot.experiments[0].leaderboard
    #expect(found.prefix(5).map(\.trial.id) == rows.prefix(5).map(\.trial.id))
    #expect(Set(found.suffix(3).map(\.trial.id)) == Set(lost))
    for row in found.suffix(3) {
      #expect(row.trial.status == .stopped)
      #expect(row.trial.reason == "the run stopped before this trial ended")
      #expect(row.rank == nil)
    }
    let listed = try run.listing()
    #expect(listed.run.state == .broken)
    #expect(Set(listed.trials.map(\.trial)) == Set(rows.prefix(5).map(\.trial.id)))
    #expect(listed.trials.allSatisfy { $0.rank == nil && $0.metrics["silhouette"] != nil })
  }

  @Test func `without an ended trial there is nothing to tell`() throws {
    try lose("leaderboard.json", "gates.json", "trials")
    let error = RunError.unfinished(
      directory: run.path, ended: 0, planned: 8, isRunning: false)
    #expect(throws: error) { try run.snapshot() }
    try lose("plan.jsonl")
    #expect(throws: RunError.self) { try run.snapshot() }
    #expect(throws: RunError.notARun(path: folder.path)) {
      try RunDirectory(folder.path, in: "runs").snapshot()
    }
  }

  @Test func `a run that was stopped before its first trial tells nothing either`() throws {
    let stopped = try folder.run(try folder.study(), in: "none", isCancelled: { true })
    #expect(stopped.record.partial == .init(ended: 0, planned: 8))
    let error = RunError.unfinished(
      directory: stopped.directory.path, ended: 0, planned: 8, isRunning: false)
    #expect(throws: error) { try stopped.directory.snapshot() }
  }

  @Test func `trials that limits leave out are not waited for`() throws {
    let cut = try folder.run(try folder.study(tail: "limits: {max_trials: 3}"), in: "cut")
    for name in ["leaderboard.json", "gates.json"] {
      try FileManager.default.removeItem(atPath: "\(cut.directory.path)/\(name)")
    }
    let snapshot = try cut.directory.snapshot()
    #expect(snapshot.partial == .init(ended: 3, planned: 3))
    #expect(snapshot.experiments[0].leaderboard == cut.record.experiments[0].leaderboard)
  }

  @Test func `a run that goes on under higher limits is a part again`() throws {
    let first = try folder.run(try folder.study(tail: "limits: {max_trials: 3}"), in: "grown")
    #expect(first.ending == .complete)
    let (path, killed) = (first.directory.path, folder.path + "/killed")
    let second = try folder.run(
      try folder.study(), in: "grown",
      onProgress: { progress in
        guard progress.finished == 5 else { return }
        try? FileManager.default.copyItem(atPath: path, toPath: killed)
      })
    let snapshot = try RunDirectory(killed, in: "runs").snapshot()
    #expect(snapshot.partial == .init(ended: 5, planned: 8))
    #expect(second.record.partial == nil)
    #expect(try folder.contents(of: second) == folder.contents(of: whole))
  }

  @Test(.timeLimit(.minutes(2)))
  func `who is told to stop takes nothing back from who has come to the end`() throws {
    let study = try folder.study()
    var endings: [RunSummary.Ending] = []
    // Whichever time the first runner asks whether to stop, another takes the rest meanwhile and writes down the end.
    for moment in 1...8 {
      let (seen, asked) = (Progress(), Ticks())
      nonisolated(unsafe) let place = folder
      let stopped = try folder.run(
        study, in: "two-\(moment)",
        isCancelled: {
          guard seen.finished >= 3 else { return false }
          if asked.next() == moment { _ = try? place.run(study, in: "two-\(moment)") }
          return true
        }, onProgress: { seen.add($0) })
      endings.append(stopped.ending)
      if asked.next() <= moment { continue }
      #expect(stopped.record.partial == nil)
      #expect(try folder.contents(of: stopped) == folder.contents(of: whole))
      #expect(try stopped.directory.listing().run.state == .complete)
    }
    #expect(endings.contains(.interrupted))
  }

  @Test func `the engine is the one of the run`() throws {
    try lose("leaderboard.json", "gates.json")
    #expect(try run.snapshot().engineVersion == whole.record.engineVersion)
    let place = URL(filePath: run.path + "/environment.json")
    let text = try String(contentsOf: place, encoding: .utf8)
    let older = text.replacing(
      "\"engine\":\"\(whole.record.engineVersion)\"", with: "\"engine\":\"0.0.9\"")
    try Data(older.utf8).write(to: place)
    #expect(try run.snapshot().engineVersion == "0.0.9")
    try lose("environment.json")
    #expect(try run.snapshot().engineVersion == whole.record.engineVersion)
  }

  @Test func `what another runner has ended since is ranked too`() throws {
    let study = try folder.study()
    let seen = Progress()
    let stopped = try folder.run(
      study, in: "shared", isCancelled: { seen.finished >= 3 }, onProgress: { seen.add($0) })
    let left = stopped.directory
    let told = try left.snapshot()
    #expect(told.partial == .init(ended: stopped.endedCount, planned: 8))
    #expect(told.experiments[0].leaderboard == stopped.record.experiments[0].leaderboard)
    // Another is at work, and has ended all but one.
    let descriptor = open(left.path + "/.lock", O_RDWR)
    #expect(flock(descriptor, LOCK_SH | LOCK_NB) == 0)
    let last = try #require(whole.record.experiments[0].leaderboard.last?.trial.id)
    for id in try folder.trials(of: whole) {
      let place = "\(left.path)/trials/\(id)"
      try? FileManager.default.removeItem(atPath: place)
      if id == last { continue }
      try FileManager.default.copyItem(atPath: "\(run.path)/trials/\(id)", toPath: place)
    }
    let alive = try left.snapshot()
    #expect(alive.partial == .init(ended: 7, planned: 8))
    #expect(alive.experiments[0].leaderboard.last?.trial.status == .planned)
    close(descriptor)
    let killed = try left.snapshot()
    #expect(killed.partial == .init(ended: 7, planned: 8))
    #expect(killed.experiments[0].leaderboard.last?.trial.status == .stopped)
  }

  @Test func `a run that misses nothing stays whole while it is called again`() throws {
    let before = try folder.contents(of: whole)
    let (gates, lost) = (run.path + "/gates.json", Ticks())
    let again = try folder.run(
      try folder.study(),
      onProgress: { _ in
        if !FileManager.default.fileExists(atPath: gates) { _ = lost.next() }
      })
    #expect(lost.next() == 1)
    #expect(try folder.contents(of: again) == before)
  }

  @Test func `a run that was stopped says so, until it has come to its end`() throws {
    let seen = Progress()
    let study = try folder.study(tail: "limits: {time_limit: 30s}")
    let stopped = try folder.run(
      study, in: "limited", uptime: { seen.finished < 3 ? 0 : 100 }, onProgress: { seen.add($0) })
    #expect(stopped.ending == .timeLimit)
    #expect(stopped.record.partial == .init(ended: stopped.endedCount, planned: 8))
    #expect(try stopped.directory.snapshot().partial == stopped.record.partial)
    let resumed = try folder.run(study, in: "limited", uptime: { 0 })
    #expect(resumed.ending == .complete)
    #expect(resumed.record.partial == nil)
  }
}
