import Foundation

/// The directory of an artifact, of which nothing is trusted.
///
/// Files are opened component by component from the directory that is held open, no link is followed, and only
/// plain files of one name are read: whatever else happens to the directory meanwhile, nothing outside of it is
/// reached, and what is read is what is checked.
struct ArtifactDirectory: ~Copyable {
  private let root: OpenFile

  /// - Throws: `.missing` if nothing has the name, `.notAnArtifact` if it is no directory, `.storage`.
  init(_ path: String) throws(ArtifactError) {
    root = try Self.open(path)
  }

  private static func open(_ path: String) throws(ArtifactError) -> OpenFile {
    do throws(ArtifactError) {
      return try OpenFile(path, for: .directory, followingLink: true)
    } catch .storage(let error) where error.cause == .missing {
      let exists = FileManager.default.fileExists(atPath: path)
      throw exists ? .notAnArtifact(path: path) : .missing(path: path)
    }
  }

  /// Every path in the directory; a name that is not a directory is a path, whatever it is, and so is a
  /// directory that holds nothing or lies too deep.
  func paths() throws(ArtifactError) -> [String] {
    try Self.paths(in: root, prefix: "", depth: 1)
  }

  /// The bytes of a file of no known size.
  func read(_ path: String, limit: Int) throws(ArtifactError) -> Data {
    let file = try open(path)
    let size = try file.status().size
    guard size <= limit else { throw .damaged(file: path, .limit(limit)) }
    return try file.read(count: size)
  }

  /// Refuses a file of another size than the table says, without reading it.
  func requireSize(of file: Manifest.File) throws(ArtifactError) {
    try Self.requireSize(try open(file.path).status().size, of: file)
  }

  /// The bytes of a listed file, of the size that the table says.
  func read(_ file: Manifest.File) throws(ArtifactError) -> Data {
    let opened = try open(file.path)
    // The name may stand for another file than a moment ago.
    try Self.requireSize(try opened.status().size, of: file)
    let bytes = try opened.read(count: file.size)
    try Self.requireSize(bytes.count, of: file)
    return bytes
  }

  private static func requireSize(_ found: Int, of file: Manifest.File) throws(ArtifactError) {
    guard found == file.size else {
      throw .damaged(file: file.path, .size(expected: file.size, found: found))
    }
  }

  private static func paths(
    in directory: borrowing OpenFile, prefix: String, depth: Int
  ) throws(ArtifactError) -> [String] {
    var paths: [String] = []
    for name in try directory.names() {
      guard paths.count <= Manifest.fileLimit else {
        throw .damaged(file: "the directory", .limit(Manifest.fileLimit))
      }
      let isDirectory = try OpenFile.isDirectory(name, in: directory)
      guard isDirectory, depth < RelativePath.depthLimit else {
        paths.append(prefix + name)
        continue
      }
      let inner = try OpenFile(name, in: directory, for: .directory)
      let found = try Self.paths(in: inner, prefix: prefix + name + "/", depth: depth + 1)
      paths += found.isEmpty ? [prefix + name] : found
    }
    return paths
  }

  /// Opens the plain file `path`, so that no link is followed on the way.
  private func open(_ path: String) throws(ArtifactError) -> OpenFile {
    try Self.open(path, rest: path[...], in: root)
  }

  /// - Parameter rest: what is still to be gone.
  private static func open(
    _ path: String, rest: Substring, in directory: borrowing OpenFile
  ) throws(ArtifactError) -> OpenFile {
    let slash = rest.firstIndex(of: "/")
    let name = String(rest[..<(slash ?? rest.endIndex)])
    let file: OpenFile
    do throws(ArtifactError) {
      file = try OpenFile(name, in: directory, for: slash == nil ? .reading : .directory)
    } catch .storage(let error) where error.isLink {
      throw .damaged(file: path, .link)
    } catch .storage(let error) where error.isSocket {
      throw .damaged(file: path, .notRegular)
    } catch .storage(let error) where error.cause == .missing {
      throw .damaged(file: path, .absent)
    }
    if let slash { return try open(path, rest: rest[rest.index(after: slash)...], in: file) }
    let status = try file.status()
    guard status.isRegular else { throw .damaged(file: path, .notRegular) }
    guard status.linkCount == 1 else { throw .damaged(file: path, .link) }
    return file
  }
}
