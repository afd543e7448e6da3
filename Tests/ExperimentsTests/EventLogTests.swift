import Experiments
import Foundation
import Testing

@Suite struct EventLogTests {
  private let path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"

  private func lines() throws -> [Data] {
    try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n")).map { Data($0) }
  }

  @Test func `every line can be checked`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let log = try EventLog(path, now: { 0 })
    try log.append("started")
    try log.append("failed", trial: "abc", reason: "because", seconds: 1.5)
    #expect(try lines().map { EventLog.event($0)?.event } == ["started", "failed"])
    let changed = String(decoding: try lines()[1], as: UTF8.self)
      .replacing("because", with: "bacause")
    #expect(EventLog.event(Data(changed.utf8)) == nil)
  }

  @Test(arguments: ["{\"event\":\"do", "x", String(repeating: "y", count: 10_000)])
  func `an incomplete line is cut before the next`(torn: String) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let log = try EventLog(path, now: { 0 })
    try log.append("started")
    let whole = try Data(contentsOf: URL(filePath: path))
    try (whole + Data(torn.utf8)).write(to: URL(filePath: path))
    // The file was replaced: a new process opens it.
    try EventLog(path, now: { 0 }).append("complete")
    #expect(try lines().map { EventLog.event($0)?.event } == ["started", "complete"])
  }

  @Test func `two writers do not cut each other's lines`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let logs = [try EventLog(path, now: { 0 }), try EventLog(path, now: { 0 })]
    DispatchQueue.concurrentPerform(iterations: 400) { index in
      try? logs[index % 2].append("done", trial: "\(index)")
    }
    #expect(Set(try lines().compactMap { EventLog.event($0)?.trial }).count == 400)
  }
}
