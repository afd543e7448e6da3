import Artifacts
import Foundation
import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `registry.sqlite`, opened so that whoever commits has it on the device, and whoever is killed has done nothing.
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
      try DatabaseQueue(path: path, configuration: Self.configuration(patience))
    }
    let isMade = try read { database throws in try Self.isMade(database, path) }
    if isMade { return }
    guard creating else { throw .noRegistry(folder: folder) }
    try write { database throws in
      if try !Self.isMade(database, path) { try database.execute(sql: RegistrySchema.sql) }
    }
  }

  /// A deleted journal must be gone from the directory too before a commit counts, hence EXTRA.
  private static func configuration(_ patience: TimeInterval) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA journal_mode = DELETE;
          PRAGMA synchronous = EXTRA;
          PRAGMA mmap_size = 0;
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          """)
    }
    return configuration
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
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
    case .SQLITE_FULL: self = .storage(StorageError(.write, path: path, code: ENOSPC))
    case .SQLITE_IOERR: self = .storage(StorageError(.write, path: path, code: EIO))
    case .SQLITE_READONLY:
      let code = access(path, W_OK) == 0 ? EACCES : errno
      self = .storage(StorageError(.write, path: path, code: code))
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self = .storage(StorageError(.open, path: path, code: EACCES))
    case .SQLITE_NOMEM: self = .storage(StorageError(.open, path: path, code: ENOMEM))
    default: self = .damaged(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
