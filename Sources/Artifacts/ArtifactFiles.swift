public import Foundation

/// The files of an artifact after every size and hash was checked.
///
/// This is the part of reading that knows nothing of models: it serves every kind of artifact. The
/// bytes that were hashed are the bytes that are parsed.
public struct ArtifactFiles: Sendable {
  public let manifest: Manifest
  /// `sha256:` and the SHA-256 of `manifest.json`.
  public let identity: String
  /// What was measured, where the artifact says it; not part of its identity.
  public let timings: Timings?
  private let contents: [String: Data]
  private let manifestBytes: Data

  /// Reads and checks the artifact at `path`.
  ///
  /// In order: the manifest's size, form and version; the directory holds exactly the listed files
  /// and perhaps `timings.json`, all of them plain, none of them links; every size, then every hash.
  ///
  /// - Throws: `ArtifactError`; `.missing` and `.notAnArtifact` if there is nothing to check.
  public init(verifying path: String) throws(ArtifactError) {
    let root = try Self.root(path)
    manifestBytes = try Self.manifestBytes(in: root, at: path)
    manifest = try Self.manifest(manifestBytes, at: path)
    identity = ContentHash.identity(manifestBytes)
    let listed = Set(manifest.files.map(\.path) + [Manifest.fileName, Timings.file])
    let found = try Self.paths(in: root, prefix: "", depth: 1)
    if let extra = found.first(where: { !listed.contains($0) }) {
      throw .damaged(file: RelativePath.isLegal(extra) ? extra : "a file", .unlisted)
    }
    var contents: [String: Data] = [:]
    for file in manifest.files { contents[file.path] = try Self.read(file, in: root) }
    self.contents = contents
    timings = found.contains(Timings.file) ? try Self.timings(in: root) : nil
  }

  public subscript(path: String) -> Data {
    get throws(ArtifactError) {
      guard let bytes = contents[path] else { throw .damaged(file: path, .absent) }
      return bytes
    }
  }

  /// What the artifact at `path` says it is, before anything of it is checked.
  ///
  /// - Throws: `ArtifactError` if there is no manifest to read.
  package static func identity(of path: String) throws(ArtifactError) -> String {
    ContentHash.identity(try manifestBytes(in: try root(path), at: path))
  }

  /// Every file with the bytes that were checked, for a copy of the artifact.
  package func all() throws(ArtifactError) -> [DurableDirectory.File] {
    var files = [DurableDirectory.File(path: Manifest.fileName, bytes: manifestBytes)]
    for file in manifest.files { files.append(.init(path: file.path, bytes: try self[file.path])) }
    if let timings { files.append(try timings.sealed()) }
    return files
  }

  /// Decodes a listed JSON file.
  func decode<Value: Decodable>(
    _ type: Value.Type, from path: String, userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws(ArtifactError) -> Value {
    try Self.decode(type, from: try self[path], file: path, userInfo: userInfo)
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: Data, file: String, userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws(ArtifactError) -> Value {
    do {
      return try CanonicalJSON.decode(type, from: bytes, userInfo: userInfo)
    } catch let error as ArtifactError {
      throw error
    } catch let error as JSONError {
      throw .json(file: file, error)
    } catch let error as UnknownKey {
      throw .content(file: file, place: place(error.codingPath), .unknownKey)
    } catch let error as DecodingError {
      throw content(file, error)
    } catch {
      throw .content(file: file, place: "the top", .value)
    }
  }

  private static func content(_ file: String, _ error: DecodingError) -> ArtifactError {
    switch error {
    case .keyNotFound(let key, let context):
      .content(file: file, place: place(context.codingPath + [key]), .missing)
    case .valueNotFound(_, let context):
      .content(file: file, place: place(context.codingPath), .missing)
    case .typeMismatch(_, let context):
      .content(file: file, place: place(context.codingPath), .type)
    case .dataCorrupted(let context):
      .content(file: file, place: place(context.codingPath), .value)
    @unknown default: .content(file: file, place: "the top", .value)
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    if path.isEmpty { return "the top" }
    return path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}

extension ArtifactFiles {
  private static func root(_ path: String) throws(ArtifactError) -> OpenFile {
    do throws(ArtifactError) {
      return try OpenFile(path, for: .directory, followingLink: true)
    } catch .storage(let error) where error.cause == .missing {
      let exists = FileManager.default.fileExists(atPath: path)
      throw exists ? .notAnArtifact(path: path) : .missing(path: path)
    }
  }

  private static func manifestBytes(
    in root: borrowing OpenFile, at path: String
  ) throws(ArtifactError) -> Data {
    do throws(ArtifactError) {
      let file = try open(Manifest.fileName, in: root)
      let size = try file.status().size
      guard size <= Manifest.sizeLimit else {
        throw ArtifactError.damaged(file: Manifest.fileName, .limit(Manifest.sizeLimit))
      }
      return try file.read(count: size)
    } catch .damaged(_, .absent) {
      throw .notAnArtifact(path: path)
    }
  }

  private static func timings(in root: borrowing OpenFile) throws(ArtifactError) -> Timings {
    let file = try open(Timings.file, in: root)
    let size = try file.status().size
    guard size <= Timings.sizeLimit else {
      throw .damaged(file: Timings.file, .limit(Timings.sizeLimit))
    }
    return try Timings(sealed: try file.read(count: size))
  }

  /// The format's name is checked alone first: a newer manifest may have any other shape.
  private static func manifest(_ bytes: Data, at path: String) throws(ArtifactError) -> Manifest {
    struct Format: Decodable { let format: String }
    let format: Format
    do throws(ArtifactError) {
      format = try decode(Format.self, from: bytes, file: Manifest.fileName)
    } catch .content {
      throw .notAnArtifact(path: path)
    }
    guard format.format == Manifest.format else { throw .notAnArtifact(path: path) }
    return try decode(Manifest.self, from: bytes, file: Manifest.fileName)
  }

  /// Every path under `directory`; a name that is not a directory is a path, whatever it is.
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
      // A directory without files is not in the table either.
      paths += found.isEmpty ? [prefix + name] : found
    }
    return paths
  }

  private static func read(
    _ file: Manifest.File, in root: borrowing OpenFile
  ) throws(ArtifactError) -> Data {
    let opened = try open(file.path, in: root)
    let size = try opened.status().size
    guard size == file.size else {
      throw .damaged(file: file.path, .size(expected: file.size, found: size))
    }
    let bytes = try opened.read(count: size)
    guard bytes.count == size else {
      throw .damaged(file: file.path, .size(expected: size, found: bytes.count))
    }
    guard ContentHash.hexadecimal(bytes) == file.sha256 else {
      throw .damaged(file: file.path, .digest)
    }
    return bytes
  }

  /// Opens the plain file `path` component by component, so that no link is followed on the way;
  /// `rest` is what is still to be gone.
  private static func open(
    _ path: String, rest: Substring? = nil, in root: borrowing OpenFile
  ) throws(ArtifactError) -> OpenFile {
    let (first, rest) = split(rest ?? path[...])
    let file: OpenFile
    do throws(ArtifactError) {
      file = try OpenFile(first, in: root, for: rest == nil ? .reading : .directory)
    } catch .storage(let error) where error.isLink {
      throw .damaged(file: path, .link)
    } catch .storage(let error) where error.cause == .missing {
      throw .damaged(file: path, .absent)
    }
    if let rest { return try open(path, rest: rest, in: file) }
    let status = try file.status()
    guard status.isRegular else { throw .damaged(file: path, .notRegular) }
    guard status.linkCount == 1 else { throw .damaged(file: path, .link) }
    return file
  }

  private static func split(_ path: Substring) -> (first: String, rest: Substring?) {
    guard let slash = path.firstIndex(of: "/") else { return (String(path), nil) }
    return (String(path[..<slash]), path[path.index(after: slash)...])
  }
}
