import Experiments
import Foundation
import Testing

@Suite struct TrialClaimsTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"

  private var directory: RunDirectory { RunDirectory(path: folder) }

  private func claims(for watcher: RunWatcher? = nil) throws -> TrialClaims {
    try TrialClaims(directory, watcher: watcher?.place)
  }

  /// Leaves a claim as a process does that has died.
  private func leave(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder + "/.claims/abc"))
  }

  /// No process has this number: it is above what the system gives.
  private static let dead: Int32 = 2_147_483_647

  @Test func `a trial has one claim at a time, and none once it is let go`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let claims = try claims()
    var first = try claims.take("abc")
    #expect(first != nil)
    #expect(try claims.take("abc") == nil)
    #expect(try claims.notes().map(\.trial) == ["abc"])
    first = nil
    #expect(first == nil)
    #expect(try claims.notes().isEmpty)
    #expect(try claims.take("abc") != nil)
  }

  @Test func `the claim of the dead is free, for watched processes too`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let free = try claims()
    let watched = try claims(for: try RunWatcher(directory, study: "name: demo"))
    for claims in [free, watched] {
      try leave("\(Self.dead) 3")
      #expect(try free.notes().map(\.owner) == [Self.dead])
      #expect(try claims.take("abc") != nil)
    }
  }

  @Test func `watched processes leave the claim of a dead one to its watcher while that lives`()
    throws
  {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var other: RunWatcher? = try RunWatcher(directory, study: "name: demo")
    let name = try #require(other?.place.path.split(separator: "/").last)
    let own = try RunWatcher(directory, study: "name: demo")
    let ownName = try #require(own.place.path.split(separator: "/").last)
    let watched = try claims(for: own)
    try leave("\(Self.dead) 3 \(name)")
    #expect(try watched.take("abc") == nil)
    #expect(try watched.notes().map(\.owner) == [Self.dead])
    // As the system does when the watcher dies.
    withExtendedLifetime(other) {}
    other = nil
    #expect(other == nil)
    #expect(try watched.take("abc") != nil)
    try leave("\(Self.dead) 3 \(ownName)")
    #expect(try watched.take("abc") == nil)
    #expect(try claims().take("abc") != nil)
  }

  @Test func `a file that a dead watcher has left counts as dead`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let own = try RunWatcher(directory, study: "name: demo")
    let watched = try claims(for: own)
    try Data().write(to: URL(filePath: folder + "/.watchers/\(Self.dead)-1"))
    for watcher in ["\(Self.dead)-1", "\(Self.dead)-2", "../.claims/abc", "?"] {
      try leave("\(Self.dead) 3 \(watcher)")
      #expect(try watched.take("abc") != nil, "\(watcher)")
    }
  }

  @Test func `watchers of one process number have names of their own`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let watchers = try (0..<3).map { _ in try RunWatcher(directory, study: "name: demo") }
    let paths = watchers.map(\.place.path)
    #expect(Set(paths).count == 3)
    for path in paths {
      #expect(WatcherPlace(path: path)?.path == path)
      #expect(try WatcherPlace(path: path)?.studyText() == "name: demo")
    }
    withExtendedLifetime(watchers) {}
    for path in ["", "1-1", ".watchers/1-1", "runs/a/.claims/1-1", "runs/a/.watchers/..", "a/b/"] {
      #expect(WatcherPlace(path: path) == nil, "\(path)")
    }
  }

  @Test func `steps show in the notes of watched processes`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let claims = try claims(for: try RunWatcher(directory, study: "name: demo"))
    let held = HeldClaims(claims)
    #expect(try held.hold("abc"))
    let before = try claims.notes()
    try held.noteStep()
    #expect(try claims.notes() != before)
    held.releaseAll()
    #expect(try claims.notes().isEmpty)
  }
}
