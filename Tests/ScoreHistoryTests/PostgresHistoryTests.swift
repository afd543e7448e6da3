import Artifacts
import Foundation
import ScoreHistory
import Testing

/// One server for all: starting one takes a second.
@Suite(.serialized, .enabled(if: PostgresServer.canStart, "no PostgreSQL server is installed"))
struct PostgresHistoryTests {
  @Test func `a history in PostgreSQL keeps what one in SQLite keeps`() throws {
    let server = try PostgresServer()
    let place = try ScoreHistoryPlace(server.address())
    try adds(to: place, server)
    try refuses(place, server)
    try leavesNothingBehind(place, server)
    try needsNoRightToCreate(server)
  }

  private func adds(to place: ScoreHistoryPlace, _ server: PostgresServer) throws {
    let customers = ["a\tb", "c\\d", "e\nf", "Müller", "\\N"]
    let parts = [ScoredBatch.part(customers), ScoredBatch.part(["x"], from: 5)]
    let outcome = try ScoredBatch.add(parts, to: place)
    #expect(outcome.added == 6 && outcome.present == 0)
    #expect(try ScoredBatch.add(parts, to: place).present == 6)
    #expect(try server.ask("SELECT count(*) FROM score") == "6")
    #expect(
      try server.ask(
        "SELECT raw, calibrated, band, segment IS NULL, reasons, as_of FROM score WHERE customer = 'x'"
      )
        == "\(6.0 / 7)|\(6.0 / 7 / 3)|High|t|[\"plan = \\\"b\\\" raises\"]|2027-01-31")
    #expect(
      try server.ask(
        "SELECT count(*) FROM score WHERE customer IN (E'a\\tb', E'e\\nf', E'c\\\\d', E'\\\\N')")
        == "4")
  }

  private func refuses(_ place: ScoreHistoryPlace, _ server: PostgresServer) throws {
    #expect {
      try ScoredBatch.add([ScoredBatch.part(["x", "new"], from: 5, shift: 1)], to: place)
    } throws: { error in
      if case .otherScores(_, 1, "bank/7", "2027-01-31") = error as? ScoreHistoryError {
        true
      } else {
        false
      }
    }
    #expect(throws: ScoreHistoryError.repeatedCustomers(column: "id", count: 1)) {
      try ScoredBatch.add([ScoredBatch.part(["y", "y"])], to: place)
    }
    #expect(try server.ask("SELECT count(*) FROM score") == "6")
  }

  private func leavesNothingBehind(_ place: ScoreHistoryPlace, _ server: PostgresServer) throws {
    func abandon() throws {
      var history = try ScoreHistoryBatch(place, ScoredBatch.key, columns: ["id"], customer: nil)
      let part = history.preparation(ScoredBatch.part(["gone"]))
      try history.append([part], reaching: ScoringProgress())
    }
    try abandon()
    #expect(try server.ask("SELECT count(*) FROM score") == "6")
    #expect(throws: ScoreHistoryError.self) {
      try ScoredBatch.add(
        [ScoredBatch.part(["a"])],
        to: ScoreHistoryPlace(server.address().replacing("/postgres", with: "/nowhere")))
    }
  }

  private func needsNoRightToCreate(_ server: PostgresServer) throws {
    _ = try server.ask("CREATE ROLE writer LOGIN; GRANT SELECT, INSERT ON score TO writer")
    let place = try ScoreHistoryPlace(server.address(user: "writer"))
    #expect(try ScoredBatch.add([ScoredBatch.part(["w"])], to: place).added == 1)
    _ = try server.ask("REVOKE INSERT ON score FROM writer")
    #expect {
      try ScoredBatch.add([ScoredBatch.part(["v"])], to: place)
    } throws: { error in
      if case .unavailable = error as? ScoreHistoryError { true } else { false }
    }
  }
}
