import Experiments
import Foundation
import Testing

@Suite struct TrialClaimsTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"

  private func claims(isWatched: Bool = false) throws -> TrialClaims {
    try TrialClaims(RunDirectory(path: folder), isWatched: isWatched)
  }

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

  @Test func `the claim of the dead is free, but watched processes leave it`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let free = try claims()
    let watched = try claims(isWatched: true)
    // No process has this number: it is above what the system gives.
    try Data("2147483647 3".utf8).write(to: URL(filePath: folder + "/.claims/abc"))
    #expect(try free.notes().map(\.owner) == [2_147_483_647])
    #expect(try watched.take("abc") == nil)
    #expect(try free.take("abc") != nil)
    #expect(try watched.take("abc") != nil)
  }

  @Test func `steps show in the notes of watched processes`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let claims = try claims(isWatched: true)
    let held = HeldClaims(claims)
    #expect(try held.hold("abc"))
    let before = try claims.notes()
    try held.noteStep()
    #expect(try claims.notes() != before)
    held.releaseAll()
    #expect(try claims.notes().isEmpty)
  }
}
