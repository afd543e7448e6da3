internal import CLibrary
import Foundation

/// Directories as places for others.
extension DurableDirectory {
  /// Makes the directory `path` and those above it, each on the device before the next.
  package static func make(_ path: String) throws(ArtifactError) {
    if path.isEmpty || path == "/" || path == "." { return }
    let place = try Place(path)
    var result = retryingInterrupts { mkdir(path, 0o755) }
    if result != 0, errno == ENOENT {
      try make(place.directory)
      result = retryingInterrupts { mkdir(path, 0o755) }
    }
    guard result == 0 || errno == EEXIST else {
      throw .storage(StorageError(.create, path: path, code: errno))
    }
    // One that exists may be a killed process's, which had no time to sync its name.
    _ = try OpenFile(path, for: .directory, followingLink: true)
    try OpenFile(place.directory, for: .directory, followingLink: true).synchronizeDirectory()
  }

  /// Gives `source` the name `target` in one step, durably; nothing may have that name.
  package static func move(_ source: String, to target: String) throws(ArtifactError) {
    guard try OpenFile.status(of: target) == nil else { throw .alreadyExists(path: target) }
    // A directory that changes its parent is written to: it has another `..`.
    if try OpenFile.status(of: source)?.isDirectory == true {
      try OpenFile(source, for: .directory).allowWriting()
    }
    guard retryingInterrupts({ rename(source, target) }) == 0 else {
      throw .storage(StorageError(.rename, path: target, code: errno))
    }
    for path in [target, source] {
      try OpenFile(try Place(path).directory, for: .directory, followingLink: true)
        .synchronizeDirectory()
    }
  }

  /// Lets `body` put names into a directory that was published read-only, and nobody afterwards.
  package static func changing(
    _ path: String, _ body: () throws(ArtifactError) -> Void
  ) throws(ArtifactError) {
    let directory = try OpenFile(path, for: .directory)
    try directory.allowWriting()
    do throws(ArtifactError) {
      try body()
    } catch {
      directory.withdrawWriting()
      throw error
    }
    directory.withdrawWriting()
  }

  /// The names in a directory in the order of their bytes; none where there is no directory.
  package static func names(in path: String) throws(ArtifactError) -> [String] {
    do throws(ArtifactError) {
      return try OpenFile(path, for: .directory).names()
    } catch .storage(let error) where error.cause == .missing {
      return []
    }
  }

  /// Deletes a directory or a file, unless a living process is publishing it.
  ///
  /// - Returns: Whether it is gone.
  package static func remove(_ path: String) throws(ArtifactError) -> Bool {
    guard let status = try OpenFile.status(of: path) else { return true }
    let place = try OpenFile(path, for: status.isRegular ? .reading : .directory)
    guard try place.lock() else { return false }
    try delete(path)
    return true
  }
}
