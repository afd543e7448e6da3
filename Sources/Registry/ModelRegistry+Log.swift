import Artifacts
import Foundation
import GRDB

/// The log: appended to by every change, in the transaction of the change.
extension ModelRegistry {
  /// All entries, of one model or of all, after the whole chain was checked.
  ///
  /// - Parameter anchor: A head hash noted earlier, which has to be among the entries.
  /// - Throws: `.brokenLog` at the first entry that is not what it was, `.otherHead`.
  public func log(
    of name: String? = nil, anchor: String? = nil
  ) throws(RegistryError) -> (entries: [LogEntry], head: LogHead) {
    let stored = try database.read { database throws in
      if let name { _ = try Self.model(name, in: database) }
      return try Self.stored(in: database)
    }
    var head = LogHead.beginning
    var entries: [LogEntry] = []
    var isAnchored = anchor == nil
    for line in stored {
      let entry = try line.checked(after: head)
      head = LogHead(sequence: line.sequence, hash: line.hash)
      isAnchored = isAnchored || line.hash == anchor
      if name == nil || entry.name == name { entries.append(entry) }
    }
    guard isAnchored else { throw .otherHead(anchor: anchor ?? "") }
    return (entries, head)
  }

  static func entries(of name: String, in database: Database) throws -> [LogEntry] {
    try stored(in: database).map { try $0.decoded() }.filter { $0.name == name }
  }

  static func stored(in database: Database) throws -> [StoredLogEntry] {
    try Row.fetchAll(database, sql: "SELECT * FROM log ORDER BY sequence").map {
      StoredLogEntry(
        sequence: try $0.decode(Int.self, forColumn: "sequence"),
        hash: try $0.decode(String.self, forColumn: "hash"),
        bytes: try $0.decode(Data.self, forColumn: "entry"))
    }
  }

  static func head(in database: Database) throws -> LogHead {
    let row = try Row.fetchOne(
      database, sql: "SELECT sequence, hash FROM log ORDER BY sequence DESC LIMIT 1")
    guard let row else { return .beginning }
    return LogHead(
      sequence: try row.decode(Int.self, forColumn: "sequence"),
      hash: try row.decode(String.self, forColumn: "hash"))
  }

  /// - Returns: The head after it.
  @discardableResult
  static func append(
    _ action: LogEntry.Action, by author: Author, in database: Database,
    _ fill: (inout LogEntry) throws -> Void
  ) throws -> LogHead {
    var entry = LogEntry(action, by: author, after: try head(in: database))
    try fill(&entry)
    let stored = try StoredLogEntry(entry)
    try database.execute(
      sql: "INSERT INTO log (sequence, hash, entry) VALUES (?, ?, ?)",
      arguments: [stored.sequence, stored.hash, stored.bytes])
    return LogHead(sequence: stored.sequence, hash: stored.hash)
  }
}
