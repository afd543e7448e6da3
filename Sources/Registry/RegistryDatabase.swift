import Artifacts
import DurableSQLite
import Foundation
import GRDB

/// `registry.sqlite`, in which whoever commits has it on the device, and whoever is killed has done nothing.
struct RegistryDatabase: Sendable {
  static let fileName = "registry.sqlite"

  let path: String
  private let queue: DatabaseQueue

  /// - Parameters:
  ///   - creating: Whether to begin a registry where there is none.
  ///   - patience: For how many seconds a lock of another process is waited for.
  /// - Throws: `.noRegistry`, `.newer`, `.damaged`, `.busy`, `.storage`.
  init(in folder: String, creating: Bool, patience: TimeInterval) throws(RegistryError) {
    let path = "\(folder)/\(Self.fileName)"
    self.path = path
    let exists = try Self.checkPlace(path)
    guard exists || creating else { throw .noRegistry(folder: folder) }
    queue = try Self.translating(path) {
      try DurableDatabase.open(path, patience: patience)
    }
    let isMade = try read { database throws in try Self.isMade(database, path) }
    if isMade { return }
    guard creating else { throw .noRegistry(folder: folder) }
    try write { database throws in
      if try !Self.isMade(database, path) { try database.execute(sql: RegistrySchema.sql) }
    }
  }

  /// Whether the file exists; a link could lead two processes to one file and two journals.
  private static func checkPlace(_ path: String) throws(RegistryError) -> Bool {
    let isPlain: Bool?
    do throws(ArtifactError) { isPlain = try DurableFile.isPlain(path) } catch {
      throw RegistryError(error)
    }
    guard isPlain != false else {
      throw .damaged(path: path, reason: "its file is a link or no plain file")
    }
    return isPlain != nil
  }

  /// Whether the tables are there; an empty file is what a process killed at its beginning leaves.
  private static func isMade(_ database: Database, _ path: String) throws -> Bool {
    let identifier = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if identifier == 0, version == 0, tables == 0 { return false }
    guard identifier == RegistrySchema.applicationIdentifier else {
      throw RegistryError.damaged(path: path, reason: "it is another program's database")
    }
    guard version == RegistrySchema.version else {
      throw RegistryError.newer(path: path, found: version, supported: RegistrySchema.version)
    }
    return true
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(RegistryError) -> Value {
    try Self.translating(path) { try queue.read(body) }
  }

  /// In one transaction that begins by locking out other writers.
  func write<Value>(_ body: (Database) throws -> Value) throws(RegistryError) -> Value {
    try Self.translating(path) { try queue.write(body) }
  }

  private static func translating<Value>(
    _ path: String, _ body: () throws -> Value
  ) throws(RegistryError) -> Value {
    do {
      return try body()
    } catch let error as RegistryError {
      throw error
    } catch let error as ArtifactError {
      throw RegistryError(error)
    } catch let error as DatabaseError {
      throw RegistryError(error, path)
    } catch {
      // What remains is text in the tables that is not what was written there.
      throw .damaged(path: path, reason: "a stored value cannot be read")
    }
  }
}

extension RegistryError {
  init(_ error: ArtifactError) {
    switch error {
    case .storage(let error): self = .storage(error)
    case .busy(let path): self = .busy(path: path)
    default: self = .artifact(error)
    }
  }

  fileprivate init(_ error: DatabaseError, _ path: String) {
    switch DatabaseRefusal(error, at: path) {
    case .busy: self = .busy(path: path)
    case .storage(let error): self = .storage(error)
    case .content(let reason): self = .damaged(path: path, reason: reason)
    }
  }
}
