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
  ///
  /// A directory to which nobody may write is one under either name afterwards.
  package static func move(_ source: String, to target: String) throws(ArtifactError) {
    guard try OpenFile.status(of: target) == nil else { throw .alreadyExists(path: target) }
    let status = try OpenFile.status(of: source)
    let isDirectory = status?.isDirectory == true
    let isClosed = isDirectory && status?.allowsWriting == false
    // A directory that changes its parent is written to: it has another `..`.
    if isDirectory { try OpenFile(source, for: .directory).allowWriting() }
    let result = retryingInterrupts { rename(source, target) }
    let code = errno
    if isClosed { _ = try? close(result == 0 ? target : source) }
    guard result == 0 else {
      throw .storage(StorageError(.rename, path: target, code: code))
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

  /// Whether somebody may put names into a directory; nobody may where there is none.
  package static func allowsWriting(to path: String) throws(ArtifactError) -> Bool {
    guard let status = try OpenFile.status(of: path) else { return false }
    return status.isDirectory && status.allowsWriting
  }

  /// Lets nobody put names into a directory.
  ///
  /// - Returns: Whether that is so now: a file system without modes, or another owner, may stand against it.
  package static func close(_ path: String) throws(ArtifactError) -> Bool {
    try OpenFile(path, for: .directory).withdrawWriting()
    return try !allowsWriting(to: path)
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
