public import Artifacts
import Foundation

/// One line of the log: who did what to which version, and why.
///
/// An entry is stored as the canonical JSON that is hashed, with the hash of the entry before it inside: whoever
/// changes or removes one has to write every later one anew, and the head hash then differs.
public struct LogEntry: Hashable, Sendable, Codable {
  public enum Action: String, Hashable, Sendable, Codable {
    case register, restore, describe, sign, promote, rollback, quarantine, retire, collect
  }

  /// Counts from 1 without a gap.
  public let sequence: Int
  public let at: String
  public let actor: String
  public let action: Action
  public var name: String?
  public var version: Int?
  public var digest: String?
  public var alias: String?
  /// Where the alias pointed before.
  public var from: Int?
  /// Of the alias, after the move.
  public var generation: Int?
  public var reason: String?
  /// What else the action decided upon, such as the results of the gates.
  public var detail: JSONValue?
  /// The hash of the entry before, empty for the first.
  public let previous: String

  init(_ action: Action, by author: Author, after head: LogHead) {
    sequence = head.sequence &+ 1
    at = author.timestamp
    actor = author.name
    self.action = action
    previous = head.hash
  }
}

/// The last entry of a log: whoever knows its hash knows whether anything before it was changed.
public struct LogHead: Hashable, Sendable, Codable {
  public let sequence: Int
  public let hash: String

  static let beginning = LogHead(sequence: 0, hash: "")
}

/// An entry as it is stored.
struct StoredLogEntry {
  let sequence: Int
  let hash: String
  let bytes: Data

  init(sequence: Int, hash: String, bytes: Data) {
    self.sequence = sequence
    self.hash = hash
    self.bytes = bytes
  }

  init(_ entry: LogEntry) throws {
    sequence = entry.sequence
    bytes = try CanonicalJSON.encode(entry)
    hash = ContentHash.hexadecimal(bytes)
  }

  /// The entry, if it follows `head` and its bytes are those that were hashed.
  ///
  /// - Throws: `.brokenLog`.
  func checked(after head: LogHead) throws(RegistryError) -> LogEntry {
    guard sequence == head.sequence + 1 else {
      throw .brokenLog(sequence: head.sequence + 1, .missing)
    }
    guard ContentHash.hexadecimal(bytes) == hash, let entry = try? decoded() else {
      throw .brokenLog(sequence: sequence, .changed)
    }
    guard entry.sequence == sequence, entry.previous == head.hash else {
      throw .brokenLog(sequence: sequence, .misplaced)
    }
    return entry
  }

  func decoded() throws -> LogEntry { try CanonicalJSON.decode(from: bytes) }
}
