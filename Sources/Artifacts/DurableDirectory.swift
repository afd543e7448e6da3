internal import CLibrary
public import Foundation

/// A directory that appears under its name complete and on the device, or not at all.
public enum DurableDirectory {
  /// One file of a directory, by its path inside it (`model/pipeline.json`).
  public struct File: Hashable, Sendable {
    public let path: String
    public let bytes: Data

    public init(path: String, bytes: Data) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// Publishes `files` as the directory `path`.
  ///
  /// They are written to `.<name>.partial` beside it; every file and directory is synced, then the
  /// whole is renamed and the parent synced. On failure the temporary directory is removed.
  ///
  /// - Parameter isReadOnly: Whether nobody may write there afterwards; `remove` and `move` still may.
  /// - Throws: `.alreadyExists` if `path` holds anything, `.busy` if another process publishes it,
  ///   `.damaged` with `.illegalPath` for a file path an artifact may not hold, `.storage`.
  public static func publish(
    _ files: [File], to path: String, isReadOnly: Bool = false
  ) throws(ArtifactError) {
    let place = try Place(path)
    for file in files where !RelativePath.isLegal(file.path) {
      throw .damaged(file: file.path, .illegalPath)
    }
    let staging = try lockedStaging(place.temporary)
    do throws(ArtifactError) {
      try write(files, in: place.temporary, isReadOnly: isReadOnly)
      if isReadOnly { staging.withdrawWriting() }
      try staging.synchronizeDirectory()
      let target = place.directory + "/" + place.name
      guard retryingInterrupts({ rename(place.temporary, target) }) == 0 else {
        if [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) { throw .alreadyExists(path: path) }
        throw .storage(StorageError(.rename, path: path, code: errno))
      }
    } catch {
      try? delete(place.temporary)
      throw error
    }
    try OpenFile(place.directory, for: .directory, followingLink: true).synchronizeDirectory()
  }

  /// The temporary directory, empty and locked by us; what a killed process left is removed.
  private static func lockedStaging(_ path: String) throws(ArtifactError) -> OpenFile {
    for _ in 0..<16 {
      guard retryingInterrupts({ mkdir(path, 0o755) }) == 0 || errno == EEXIST else {
        throw .storage(StorageError(.create, path: path, code: errno))
      }
      let directory = try OpenFile(path, for: .directory)
      guard try directory.lock() else { throw .busy(path: path) }
      guard let named = try OpenFile.status(of: path), named.isSame(as: try directory.status())
      else { continue }
      try directory.allowWriting()
      for name in try directory.names() { try delete(path + "/" + name) }
      return directory
    }
    throw .busy(path: path)
  }

  static func delete(_ path: String) throws(ArtifactError) {
    try allowRemoval(of: path)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code
      throw .storage(
        StorageError(.remove, path: path, code: code.flatMap { Int32(exactly: $0) } ?? EIO))
    }
  }

  /// Lets the owner take names out of directories that were published read-only.
  private static func allowRemoval(of path: String) throws(ArtifactError) {
    guard try OpenFile.status(of: path)?.isDirectory == true else { return }
    for name in try opened(path) { try allowRemoval(of: path + "/" + name) }
  }

  /// The names in a directory, which may be changed from now on.
  private static func opened(_ path: String) throws(ArtifactError) -> [String] {
    let directory = try OpenFile(path, for: .directory)
    try directory.allowWriting()
    return try directory.names()
  }

  private static func write(
    _ files: [File], in staging: String, isReadOnly: Bool
  ) throws(ArtifactError) {
    var directories: Set<String> = []
    for file in files.sorted(by: { $0.path < $1.path }) {
      for parent in RelativePath.parents(of: file.path)
      where directories.insert(parent).inserted {
        let directory = staging + "/" + parent
        guard retryingInterrupts({ mkdir(directory, 0o755) }) == 0 else {
          throw .storage(StorageError(.create, path: directory, code: errno))
        }
      }
      let output = try OpenFile(
        staging + "/" + file.path, for: .rewriting, mode: isReadOnly ? 0o444 : 0o644)
      let result = file.bytes.withUnsafeBytes { buffer in
        Result { () throws(ArtifactError) in try output.write(all: buffer) }
      }
      try result.get()
      try output.synchronize()
    }
    for directory in directories.sorted().reversed() {
      let opened = try OpenFile(staging + "/" + directory, for: .directory)
      if isReadOnly { opened.withdrawWriting() }
      try opened.synchronizeDirectory()
    }
  }
}

/// Paths of files inside an artifact.
enum RelativePath {
  static let depthLimit = 4

  /// Whether every component consists of 1 to 100 of `A-Z a-z 0-9 . _ -`, is not `.` or `..`, and
  /// there are at most four.
  static func isLegal(_ path: String) -> Bool {
    let components = path.split(separator: "/", omittingEmptySubsequences: false)
    return components.count <= depthLimit
      && components.allSatisfy { component in
        1...100 ~= component.utf8.count && component != "." && component != ".."
          && component.utf8.allSatisfy(isLegal)
      }
  }

  /// The directories that hold `path`, outermost first.
  static func parents(of path: String) -> [String] {
    let components = path.split(separator: "/")
    return (1..<max(components.count, 1)).map { components.prefix($0).joined(separator: "/") }
  }

  private static func isLegal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
