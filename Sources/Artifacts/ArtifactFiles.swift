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
  /// Which program trained it and where, where the artifact says it; not part of its identity.
  public let environment: TrainingEnvironment?
  /// `model.sig` as it was found, which nobody has looked at yet; nil where there is none.
  package let signature: Data?
  private let contents: [String: Data]
  private let manifestBytes: Data

  /// Reads and checks the artifact at `path`.
  ///
  /// In order: the manifest's size, form and version; the directory holds exactly the listed files
  /// and perhaps `timings.json`, `environment.json` and `model.sig`, all of them plain, none of them links;
  /// every size, then every hash.
  ///
  /// - Throws: `ArtifactError`; `.missing` and `.notAnArtifact` if there is nothing to check.
  public init(verifying path: String) throws(ArtifactError) {
    let directory = try ArtifactDirectory(path)
    manifestBytes = try Self.manifestBytes(in: directory, at: path)
    manifest = try Self.manifest(manifestBytes, at: path)
    identity = ContentHash.identity(manifestBytes)
    let found = try directory.paths()
    try Self.requireListed(found, in: manifest)
    for file in manifest.files { try directory.requireSize(of: file) }
    var contents: [String: Data] = [:]
    for file in manifest.files {
      contents[file.path] = try Self.checked(try directory.read(file), as: file)
    }
    self.contents = contents
    timings = found.contains(Timings.file) ? try Self.sealed(Timings.self, in: directory) : nil
    environment =
      found.contains(TrainingEnvironment.file)
      ? try Self.sealed(TrainingEnvironment.self, in: directory) : nil
    signature =
      found.contains(ModelSignature.file)
      ? try directory.read(ModelSignature.file, limit: ModelSignature.sizeLimit) : nil
  }

  /// Checks files that are in memory as those of a directory are checked.
  package init(_ files: [DurableDirectory.File]) throws(ArtifactError) {
    let place = "the place of these files"
    var contents: [String: Data] = [:]
    for file in files {
      guard contents.updateValue(file.bytes, forKey: file.path) == nil else {
        throw .damaged(file: file.path, .repeatedPath)
      }
    }
    guard let bytes = contents.removeValue(forKey: Manifest.fileName) else {
      throw .notAnArtifact(path: place)
    }
    guard bytes.count <= Manifest.sizeLimit else {
      throw .damaged(file: Manifest.fileName, .limit(Manifest.sizeLimit))
    }
    manifestBytes = bytes
    manifest = try Self.manifest(bytes, at: place)
    identity = ContentHash.identity(bytes)
    try Self.requireListed(contents.keys.sorted(), in: manifest)
    for file in manifest.files {
      guard let bytes = contents[file.path] else { throw .damaged(file: file.path, .absent) }
      guard bytes.count == file.size else {
        throw .damaged(file: file.path, .size(expected: file.size, found: bytes.count))
      }
    }
    for file in manifest.files { _ = try Self.checked(contents[file.path] ?? Data(), as: file) }
    timings = try contents.removeValue(forKey: Timings.file).map { (bytes) throws(ArtifactError) in
      try Timings(sealed: bytes)
    }
    environment = try contents.removeValue(forKey: TrainingEnvironment.file).map {
      (bytes) throws(ArtifactError) in try TrainingEnvironment(sealed: bytes)
    }
    signature = contents.removeValue(forKey: ModelSignature.file)
    self.contents = contents
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
    ContentHash.identity(try manifestBytes(in: try ArtifactDirectory(path), at: path))
  }

  /// Which program trained the artifact at `path`, of which nothing else is read; nil where it does not say.
  ///
  /// - Throws: `ArtifactError` if there is no artifact, or the file is not what was written.
  public static func environment(of path: String) throws(ArtifactError) -> TrainingEnvironment? {
    do throws(ArtifactError) {
      return try sealed(TrainingEnvironment.self, in: try ArtifactDirectory(path))
    } catch .damaged(_, .absent) {
      return nil
    }
  }

  /// Every file but the signature with the bytes that were checked.
  package func unsigned() throws(ArtifactError) -> [DurableDirectory.File] {
    var files = [DurableDirectory.File(path: Manifest.fileName, bytes: manifestBytes)]
    for file in manifest.files { files.append(.init(path: file.path, bytes: try self[file.path])) }
    if let timings { files.append(try timings.sealed()) }
    if let environment { files.append(try environment.sealed()) }
    return files
  }

  /// Every file with the bytes that were checked, for a copy of the artifact.
  package func all() throws(ArtifactError) -> [DurableDirectory.File] {
    try unsigned()
      + (signature.map { [DurableDirectory.File(path: ModelSignature.file, bytes: $0)] } ?? [])
  }
}

extension ArtifactFiles {
  private static func sealed<Record: SealedRecord>(
    _ type: Record.Type, in directory: borrowing ArtifactDirectory
  ) throws(ArtifactError) -> Record {
    try Record(sealed: try directory.read(Record.file, limit: Record.sizeLimit))
  }

  private static func manifestBytes(
    in directory: borrowing ArtifactDirectory, at path: String
  ) throws(ArtifactError) -> Data {
    do throws(ArtifactError) {
      return try directory.read(Manifest.fileName, limit: Manifest.sizeLimit)
    } catch .damaged(_, .absent) {
      throw .notAnArtifact(path: path)
    }
  }

  /// The format's name is checked alone first: a newer manifest may have any other shape.
  private static func manifest(_ bytes: Data, at path: String) throws(ArtifactError) -> Manifest {
    struct Format: Decodable { let format: String }
    let format: Format
    do throws(ArtifactError) {
      format = try decode(Format.self, from: bytes, file: Manifest.fileName) { _ in true }
    } catch .content {
      throw .notAnArtifact(path: path)
    }
    guard format.format == Manifest.format else { throw .notAnArtifact(path: path) }
    let manifest = try decode(Manifest.self, from: bytes, file: Manifest.fileName) {
      $0.isOfNewerMinor
    }
    // Nothing else holds a digest of these bytes: what a reader passes over must not differ either.
    guard (try? CanonicalJSON.isCanonical(bytes)) == true else {
      throw .damaged(file: Manifest.fileName, .form)
    }
    return manifest
  }

  private static func requireListed(
    _ found: [String], in manifest: Manifest
  ) throws(ArtifactError) {
    let listed = Set(manifest.files.map(\.path) + Manifest.unlisted)
    if let extra = found.first(where: { !listed.contains($0) }) {
      throw .damaged(file: RelativePath.isLegal(extra) ? extra : "a file", .unlisted)
    }
  }

  private static func checked(_ bytes: Data, as file: Manifest.File) throws(ArtifactError) -> Data {
    guard ContentHash.hexadecimal(bytes) == file.sha256 else {
      throw .damaged(file: file.path, .digest)
    }
    return bytes
  }
}

/// JSON of an artifact.
extension ArtifactFiles {
  /// Decodes a listed JSON file; a key that this program does not know is refused.
  ///
  /// What a newer minor version measured and where it comes from may say more. What decides answers may
  /// not: a newer version that needs this understood says so in `requires`.
  func decode<Value: Decodable>(
    _ type: Value.Type, from path: String, userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws(ArtifactError) -> Value {
    let decides = !path.hasPrefix("evidence/") && path != "lineage.json"
    return try Self.decode(type, from: try self[path], file: path, userInfo: userInfo) { _ in
      manifest.isOfNewerMinor && !decides
    }
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: Data, file: String, userInfo: [CodingUserInfoKey: Any] = [:],
    unless mayKnowMore: (Value) -> Bool = { _ in false }
  ) throws(ArtifactError) -> Value {
    do {
      return try CanonicalJSON.decodeStrictly(
        type, from: bytes, userInfo: userInfo, unless: mayKnowMore)
    } catch let error as ArtifactError {
      throw error
    } catch let error as JSONError {
      throw .json(file: file, error)
    } catch let error as UnknownKey {
      throw .content(file: file, place: error.path.joined(separator: "."), .unknownKey)
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
