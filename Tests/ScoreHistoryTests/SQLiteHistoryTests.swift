import Artifacts
import Foundation
import GRDB
import ScoreHistory
import Testing

struct SQLiteHistoryTests {
  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "scores.db").path)
  }

  private func rows(_ path: String, _ sql: String = "SELECT * FROM score ORDER BY customer") throws
    -> [String]
  {
    try DatabaseQueue(path: path).read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.databaseValues.map { value in
          value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(value)"
        }.joined(separator: "|")
      }
    }
  }

  @Test func `scores are kept with model, version and day, those without an answer are not`() throws
  {
    try withFile { path in
      let outcome = try ScoredBatch.add(
        [ScoredBatch.part(["a", "b", "c"], refused: [2]), ScoredBatch.part(["d"], from: 3)],
        to: ScoreHistoryPlace("sqlite://\(path)"))
      #expect(outcome.added == 3 && outcome.present == 0)
      let found = try rows(path)
      #expect(
        found.map { $0.split(separator: "|").prefix(4).joined(separator: " ") }
          == ["a bank 7 2027-01-31", "b bank 7 2027-01-31", "d bank 7 2027-01-31"])
      let raw = try DatabaseQueue(path: path).read { database in
        try Double.fetchAll(database, sql: "SELECT raw FROM score ORDER BY customer")
      }
      let expected = [1.0, 2, 4].map { $0 / 7 }
      #expect(raw == expected)
      #expect(found[0].hasSuffix("|High|-|[\"plan = \\\"b\\\" raises\"]"))
      #expect(found[1].hasSuffix("|Low|-|-"))
    }
  }

  @Test func `the same batch again adds nothing, another day adds all`() throws {
    try withFile { path in
      let place = try ScoreHistoryPlace("sqlite://\(path)")
      let parts = [ScoredBatch.part((0..<100).map { "c\($0)" })]
      try ScoredBatch.add(parts, to: place)
      let again = try ScoredBatch.add(parts, to: place)
      #expect(again.added == 0 && again.present == 100)
      let later = ScoreHistoryKey(model: "bank", version: 7, day: "2027-02-28")
      #expect(try ScoredBatch.add(parts, to: place, later).added == 100)
      #expect(try rows(path, "SELECT count(*) FROM score") == ["200"])
    }
  }

  @Test func `other scores under the same key are refused and nothing is added`() throws {
    try withFile { path in
      let place = try ScoreHistoryPlace("sqlite://\(path)")
      try ScoredBatch.add([ScoredBatch.part(["a", "b"])], to: place)
      #expect(
        throws: ScoreHistoryError.otherScores(
          place: path, count: 2, version: "bank/7", day: "2027-01-31")
      ) {
        try ScoredBatch.add([ScoredBatch.part(["a", "b", "new"], shift: 0.5)], to: place)
      }
      #expect(try rows(path, "SELECT count(*) FROM score") == ["2"])
    }
  }

  @Test func `a customer must be named, and once`() throws {
    try withFile { path in
      let place = try ScoreHistoryPlace("sqlite://\(path)")
      #expect(throws: ScoreHistoryError.repeatedCustomers(column: "id", count: 2)) {
        try ScoredBatch.add([ScoredBatch.part(["a", "b", "a", "a"])], to: place)
      }
      #expect(throws: ScoreHistoryError.noCustomer(column: "id", row: 12)) {
        try ScoredBatch.add([ScoredBatch.part(["a", ""], from: 10)], to: place)
      }
      #expect(throws: ScoreHistoryError.noCustomerColumn(name: "client")) {
        try ScoreHistoryBatch(place, ScoredBatch.key, columns: ["id"], customer: "client")
      }
      #expect(throws: ScoreHistoryError.noCustomerColumn(name: nil)) {
        try ScoreHistoryBatch(place, ScoredBatch.key, columns: [], customer: nil)
      }
    }
  }

  @Test func `a batch that never commits leaves no scores`() throws {
    try withFile { path in
      let place = try ScoreHistoryPlace("sqlite://\(path)")
      var history = try ScoreHistoryBatch(place, ScoredBatch.key, columns: ["id"], customer: nil)
      try history.append(
        [history.preparation(ScoredBatch.part(["a"]))], reaching: ScoringProgress())
      #expect(try rows(path, "SELECT count(*) FROM sqlite_master") == ["0"])
      // While it gathers, others are not kept waiting.
      #expect(try ScoredBatch.add([ScoredBatch.part(["b"])], to: place).added == 1)
      #expect(try history.commit().added == 1)
    }
  }

  @Test func `another table of the name is not touched`() throws {
    try withFile { path in
      try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE score (a, b)") }
      #expect {
        try ScoredBatch.add([ScoredBatch.part(["a"])], to: ScoreHistoryPlace("sqlite://\(path)"))
      } throws: { error in
        if case .refused = error as? ScoreHistoryError { true } else { false }
      }
    }
  }

  @Test func `a place that cannot be written is refused before there is work to lose`() throws {
    try withFile { path in
      let missing = try ScoreHistoryPlace("sqlite://\(path)/none/scores.db")
      #expect(throws: ScoreHistoryError.self) {
        try ScoreHistoryBatch(missing, ScoredBatch.key, columns: ["id"], customer: nil)
      }
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: path + ".other")
      #expect {
        try ScoreHistoryBatch(
          ScoreHistoryPlace("sqlite://\(path)"), ScoredBatch.key, columns: ["id"], customer: nil)
      } throws: { error in
        if case .unavailable = error as? ScoreHistoryError { true } else { false }
      }
    }
  }

  @Test(arguments: [
    "scores.db", "sqlite://", "sqlite:///folder/", "mysql://host/db", "",
    "postgresql://user:sec%ret@host/db",
    "postgresql://u:secret@h/d?nonsense=1",
  ])
  func `a place in no known form is refused without repeating it`(text: String) {
    #expect(throws: ScoreHistoryError.unreadablePlace) { try ScoreHistoryPlace(text) }
    #expect(!ScoreHistoryError.unreadablePlace.description.contains("sec"))
  }

  @Test func `places are told without passwords`() throws {
    let place = try ScoreHistoryPlace("postgresql://anna:s3cret@db.example:5433/crm")
    #expect(place.description == "postgresql://db.example:5433/crm")
    #expect(try ScoreHistoryPlace("sqlite://my%20scores.db").description == "my scores.db")
  }
}
