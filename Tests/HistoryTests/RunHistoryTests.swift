import Experiments
import Foundation
import History
import Numerical
import TestSupport
import Testing

/// The index of runs: always what the plain files say, whatever becomes of it.
struct RunHistoryTests {
  private let folder: HistoryFolder

  init() throws {
    folder = try HistoryFolder()
    try folder.write(run: "shop-00000001", started: "2026-01-01T10:00:00Z", values: [0.2, 0.4])
    try folder.write(run: "shop-00000002", started: "2026-01-03T10:00:00Z", values: [0.3])
    try folder.write(run: "bank-00000003", started: "2026-01-02T10:00:00Z", values: [0.1])
  }

  private func history() throws -> RunHistory {
    try RunHistory(RunsFolder(folder.path), on: .serial)
  }

  private let newestFirst = ["shop-00000002", "bank-00000003", "shop-00000001"]

  @Test func `runs are listed newest first, cold and warm alike`() throws {
    let cold = try history()
    #expect(FileManager.default.fileExists(atPath: folder.index))
    let warm = try history()
    #expect(try cold.runs().map(\.name) == newestFirst)
    #expect(try warm.runs() == cold.runs())
    #expect(try warm.trials() == cold.trials())
    #expect(warm.notes == [])
  }

  @Test func `a run that was written since is read again, one that is gone is forgotten`() throws {
    _ = try history()
    try folder.write(run: "bank-00000003", started: "2026-01-09T10:00:00Z", values: [0.5, 0.6])
    try FileManager.default.removeItem(atPath: folder.path + "/shop-00000001")
    let runs = try history().runs()
    #expect(runs.map(\.name) == ["bank-00000003", "shop-00000002"])
    #expect(runs.map(\.trialCount) == [2, 1])
    #expect(try history().trials().count == 3)
  }

  @Test(arguments: ["not a database at all, but long enough to look at", ""])
  func `a damaged index is made anew`(content: String) throws {
    _ = try history()
    try Data(content.utf8).write(to: URL(filePath: folder.index))
    #expect(try history().runs().map(\.name) == newestFirst)
    #expect(try history().notes == [])
  }

  @Test func `an index torn in its middle is made anew`() throws {
    _ = try history()
    var bytes = try Data(contentsOf: URL(filePath: folder.index))
    bytes.replaceSubrange(
      4096..<bytes.count, with: Data(repeating: 0xAB, count: bytes.count - 4096))
    try bytes.write(to: URL(filePath: folder.index))
    let found = try history()
    #expect(try found.runs().map(\.name) == newestFirst)
    #expect(found.notes.count == 1)
  }

  // The table that is looked at on opening is sound, what it holds is not.
  @Test func `an index that opens and cannot answer is read anew`() throws {
    let sound = try history()
    let runs = try sound.runs()
    let trials = try sound.trials()
    var bytes = try Data(contentsOf: URL(filePath: folder.index))
    let (name, other) = (Data("\"state\"".utf8), Data("\"stale\"".utf8))
    var found = 0
    while let place = bytes.range(of: name) {
      bytes.replaceSubrange(place, with: other)
      found += 1
    }
    #expect(found > 0)
    try bytes.write(to: URL(filePath: folder.index))
    let torn = try history()
    #expect(try torn.runs() == runs)
    #expect(try torn.trials() == trials)
    #expect(!FileManager.default.fileExists(atPath: folder.index))
    #expect(try history().runs() == runs)
  }

  @Test func `an index that cannot be made is kept in memory`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.index + "/full", withIntermediateDirectories: true)
    let found = try history()
    #expect(try found.runs().map(\.name) == newestFirst)
    #expect(found.notes.first?.contains("in memory") == true)
    #expect(FileManager.default.fileExists(atPath: folder.index + "/full"))
  }

  @Test func `conditions choose trials by their metrics`() throws {
    var query = TrialQuery()
    query.conditions = [.init(metric: "silhouette", sign: .above, value: 0.2)]
    #expect(try history().trials(query).map { $0.metrics["silhouette"] } == [0.4, 0.3])
    query.conditions.append(.init(metric: "silhouette", sign: .atMost, value: 0.3))
    #expect(try history().trials(query).map(\.run) == ["shop-00000002"])
    query.conditions = [.init(metric: "no\"such'; DROP TABLE run", sign: .above, value: 0)]
    #expect(try history().trials(query) == [])
    query = TrialQuery()
    query.run = "shop-00000001"
    query.limit = 1
    #expect(try history().trials(query).map { $0.metrics["silhouette"] } == [0.2])
    #expect(try history().metricNames() == ["silhouette"])
  }

  @Test func `a run that cannot be read does not hide the others`() throws {
    try Data("{".utf8).write(
      to: URL(filePath: folder.path + "/shop-00000001/leaderboard.json"))
    let found = try history()
    #expect(try found.runs().map(\.name) == ["shop-00000002", "bank-00000003"])
    #expect(try found.unreadable().count == 1)
  }

  @Test func `a folder that is not there has no runs, and none is made`() throws {
    let found = try RunHistory(RunsFolder(folder.path + "/none"), on: .serial)
    #expect(try found.runs() == [])
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
  }

  @Test func `ten thousand trials are all listed, whatever the threads`() throws {
    let values = (0..<10_000).map { Double($0) / 10_000 }
    try folder.write(run: "wide-00000004", started: "2026-01-04T10:00:00Z", values: values)
    let found = try RunHistory(RunsFolder(folder.path), on: WorkerPool(threadCount: 4))
    var query = TrialQuery()
    query.run = "wide-00000004"
    #expect(try found.trials(query).map { $0.metrics["silhouette"] } == values)
  }

  @Test(arguments: [
    ("silhouette > 0.4", TrialQuery.Sign.above, 0.4), ("silhouette<=1e-3", .atMost, 0.001),
    ("  silhouette >=-1 ", .atLeast, -1),
  ])
  func `conditions are read`(text: String, sign: TrialQuery.Sign, value: Double) {
    #expect(
      TrialQuery.Condition(text) == .init(metric: "silhouette", sign: sign, value: value))
  }

  @Test(arguments: ["", "silhouette", "silhouette > ", "> 3", "a b > 3", "a > 3 4", "a > nan"])
  func `what is no condition is not read`(text: String) {
    #expect(TrialQuery.Condition(text) == nil)
  }
}

/// A folder of run directories with as much as listings read.
final class HistoryFolder {
  let path: String
  var index: String { path + "/.index.sqlite" }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(run: String, started: String, values: [Double]) throws {
    let rows = values.enumerated().map { index, value in
      """
      {"isChosen":\(index == 0),"rank":\(index + 1),"unmet":[],"trial":{"experiment":"segments",\
      "id":"t\(index)","metrics":[{"direction":"max","name":"silhouette","rowCount":9,\
      "split":"all","value":\(value)}],"model":"k-means","stages":[],"status":"done",\
      "warnings":[]}}
      """
    }
    let study = run.split(separator: "-").first.map(String.init) ?? run
    let files = [
      "resolved.json": "{}",
      "plan.jsonl": String(repeating: "{}\n", count: values.count),
      "events.jsonl":
        "{\"event\":\"started\",\"time\":\"\(started)\"}\n{\"event\":\"complete\"}\n",
      "leaderboard.json": """
      {"engine":"1","experiments":[{"direction":"max","id":"segments","leaks":[],\
      "metric":"silhouette","rows":[\(rows.joined(separator: ","))],"task":"cluster"}],\
      "study":"\(study)"}

      """,
    ]
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(run)", withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(filePath: "\(path)/\(run)/\(name)"))
    }
  }
}
