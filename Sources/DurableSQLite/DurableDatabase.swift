package import Artifacts
internal import CLibrary
package import Foundation
package import GRDB

/// SQLite files opened so that whoever commits has it on the device, and whoever is killed has done nothing.
package enum DurableDatabase {
  /// For how many seconds one process waits for another, unless said otherwise.
  package static let patience: TimeInterval = 10

  /// Opens the file, and makes an empty one if there is none.
  ///
  /// - Parameter patience: For how many seconds a lock of another process is waited for.
  /// - Throws: `DatabaseError`; `DatabaseRefusal` says what it means.
  package static func open(
    _ path: String, patience: TimeInterval = DurableDatabase.patience
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      // A deleted journal must be gone from the directory too before a commit counts, hence EXTRA.
      try database.execute(
        sql: """
          PRAGMA journal_mode = DELETE;
          PRAGMA synchronous = EXTRA;
          PRAGMA mmap_size = 0;
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          """)
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }
}

/// What it means that SQLite refused something.
package enum DatabaseRefusal {
  /// Another process holds the file.
  case busy
  /// The system refused.
  case storage(StorageError)
  /// The content of the file, or a rule of its tables.
  case content(String)

  package init(_ error: DatabaseError, at path: String) {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_FULL: self = .storage(StorageError(.write, path: path, code: ENOSPC))
    case .SQLITE_IOERR: self = .storage(StorageError(.write, path: path, code: EIO))
    case .SQLITE_READONLY:
      // SQLite says the same of a mode and of a file system that is read-only.
      let code = access(path, W_OK) == 0 ? EACCES : errno
      self = .storage(StorageError(.write, path: path, code: code))
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self = .storage(StorageError(.open, path: path, code: EACCES))
    case .SQLITE_NOMEM: self = .storage(StorageError(.open, path: path, code: ENOMEM))
    default: self = .content(error.message ?? "\(error.resultCode)")
    }
  }
}
