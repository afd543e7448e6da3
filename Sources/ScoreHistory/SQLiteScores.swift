import Artifacts
import DurableSQLite
import Foundation
import GRDB

/// A history in an SQLite file, written so that whoever commits has it on the device.
final class SQLiteScores: ScoreHistoryStore {
  private let path: String
  private let key: ScoreHistoryKey
  private let queue: DatabaseQueue

  init(path: String, _ key: ScoreHistoryKey) throws(ScoreHistoryError) {
    self.path = path
    self.key = key
    try Self.checkPlace(path)
    queue = try Self.translating(path) {
      try DurableDatabase.open(path)
    }
    try Self.translating(path) {
      try queue.writeWithoutTransaction { database in
        // Asks for the write lock and gives it back: scoring is not worth beginning without.
        try database.inTransaction(.immediate) { .rollback }
        try database.execute(sql: ScoreHistorySQL.temporary(real: "REAL", whole: "INTEGER"))
      }
    }
  }

  /// A link could lead two processes to one file and two journals.
  private static func checkPlace(_ path: String) throws(ScoreHistoryError) {
    do throws(ArtifactError) {
      if try DurableFile.isPlain(path) == false {
        throw .notRegularFile(path: path)
      }
    } catch .storage(let error) {
      throw .storage(error)
    } catch {
      throw .unavailable(place: path, reason: "it is a link or no plain file")
    }
  }

  func stage(_ rows: [ScoreHistoryRow]) throws(ScoreHistoryError) {
    try Self.translating(path) {
      try queue.writeWithoutTransaction { database in
        // Of the temporary table alone; other connections are not kept waiting.
        try database.inTransaction(.deferred) {
          let statement = try database.cachedStatement(
            sql: "INSERT INTO temp.\(ScoreHistorySQL.batch) VALUES (?, ?, ?, ?, ?, ?)")
          for row in rows {
            try statement.execute(arguments: [
              row.customer, row.raw, row.calibrated, row.band, row.segment, row.reasons,
            ])
          }
          return .commit
        }
      }
    }
  }

  func commit(customerColumn: String) throws(ScoreHistoryError) -> ScoreHistoryOutcome {
    let (path, key) = (path, key)
    let arguments: StatementArguments = [key.model, key.version, key.day]
    return try Self.translating(path) {
      try queue.write { database in
        func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
          try Int.fetchOne(database, sql: sql, arguments: arguments) ?? 0
        }
        try database.execute(
          sql: ScoreHistorySQL.history(real: "REAL", day: "TEXT", whole: "INTEGER"))
        let repeated = try count(ScoreHistorySQL.repeated)
        guard repeated == 0 else {
          throw ScoreHistoryError.repeatedCustomers(column: customerColumn, count: repeated)
        }
        let marks = ["?", "?", "?"]
        let others = try count(
          ScoreHistorySQL.others(differs: "IS NOT", key: marks), arguments)
        guard others == 0 else {
          throw ScoreHistoryError.otherScores(
            place: path, count: others, version: key.reference, day: key.day)
        }
        let total = try count("SELECT count(*) FROM \(ScoreHistorySQL.batch)")
        try database.execute(
          sql: ScoreHistorySQL.insertion(key: marks), arguments: arguments)
        let added = database.changesCount
        return ScoreHistoryOutcome(added: added, present: total - added)
      }
    }
  }

  private static func translating<Value>(
    _ path: String, _ body: () throws -> Value
  ) throws(ScoreHistoryError) -> Value {
    do {
      return try body()
    } catch let error as ScoreHistoryError {
      throw error
    } catch let error as DatabaseError {
      throw ScoreHistoryError(error, path)
    } catch {
      throw .refused(place: path, reason: "a stored value cannot be read")
    }
  }
}

extension ScoreHistoryError {
  fileprivate init(_ error: DatabaseError, _ path: String) {
    switch DatabaseRefusal(error, at: path) {
    case .busy: self = .busy(place: path)
    case .storage(let error): self = .storage(error)
    case .content(let reason): self = .refused(place: path, reason: reason)
    }
  }
}
