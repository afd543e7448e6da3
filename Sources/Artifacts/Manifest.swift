public import Foundation

/// The table of contents of an artifact; the SHA-256 of its bytes is the artifact's identity.
///
/// It carries no clock, host or path, so equal models published by equal versions are equal artifacts.
public struct Manifest: Hashable, Sendable {
  /// One file: its path inside the artifact, its size in bytes and its SHA-256 in hexadecimal.
  public struct File: Hashable, Sendable, Codable {
    public let path: String
    public let size: Int
    public let sha256: String

    public init(path: String, bytes: Data) {
      self.path = path
      size = bytes.count
      sha256 = ContentHash.hexadecimal(bytes)
    }
  }

  public struct Producer: Hashable, Sendable, Codable {
    public let name: String
    public let version: String

    /// The one program that writes the format.
    static let name = "cohort"

    public init(version: String) {
      name = Self.name
      self.version = version
    }
  }

  public static let format = "cohort-artifact"
  /// Major and minor.
  ///
  /// A reader takes every major up to its own, and a newer minor whose requirements it knows.
  public static let formatVersion = [1, 0]
  static let fileName = "manifest.json"
  static let sizeLimit = 1 << 20
  static let fileLimit = 64
  static let contentLimit = 512 << 20
  /// Files that an artifact may hold beside those of the table.
  static let unlisted = [
    fileName, Timings.file, TrainingEnvironment.file, ModelSignature.file,
  ]

  public let formatVersion: [Int]
  /// What a reader must understand beyond the major version to use the artifact rightly.
  public let requires: [String]
  /// What the artifact is for: `segmentation` or `propensity`.
  public let kind: String
  /// The catalogue name of the algorithm that gives the answer.
  public let algorithm: String
  public let producer: Producer
  /// Every file but those of `unlisted`, in the order of the paths' UTF-8 bytes.
  public let files: [File]

  public init(kind: String, algorithm: String, producer: Producer, files: [File]) {
    formatVersion = Self.formatVersion
    requires = []
    self.kind = kind
    self.algorithm = algorithm
    self.producer = producer
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Whether it is of a newer minor version than this reader's, and may say more than that knows.
  var isOfNewerMinor: Bool {
    formatVersion[0] == Self.formatVersion[0] && formatVersion[1] > Self.formatVersion[1]
  }

  /// The SHA-256 of the canonical JSON of the `model/` and `schema/` rows of the file table: equal
  /// for the same model, whatever evidence comes with it.
  public var modelDigest: String {
    get throws {
      let rows = files.filter { $0.path.hasPrefix("model/") || $0.path.hasPrefix("schema/") }
      return ContentHash.identity(try CanonicalJSON.encode(rows))
    }
  }
}

extension Manifest: Codable {
  private enum CodingKeys: String, CodingKey {
    case format
    case formatVersion = "format_version"
    case requires, kind, algorithm, producer, files
    case modelDigest = "model_digest"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(formatVersion, forKey: .formatVersion)
    try container.encode(requires, forKey: .requires)
    try container.encode(kind, forKey: .kind)
    try container.encode(algorithm, forKey: .algorithm)
    try container.encode(producer, forKey: .producer)
    try container.encode(files, forKey: .files)
    try container.encode(try modelDigest, forKey: .modelDigest)
  }

  /// - Throws: `ArtifactError` for a format that cannot be used, `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    formatVersion = try container.decode([Int].self, forKey: .formatVersion)
    try Self.checkVersion(formatVersion)
    requires = try container.decode([String].self, forKey: .requires)
    if let unknown = requires.first { throw ArtifactError.unknownRequirement(unknown) }
    // Asked for by whoever found out that this is a manifest.
    _ = try container.decode(String.self, forKey: .format)
    kind = try container.decode(String.self, forKey: .kind)
    algorithm = try container.decode(String.self, forKey: .algorithm)
    producer = try container.decode(Producer.self, forKey: .producer)
    guard producer.name == Producer.name else {
      throw ArtifactError.content(file: Self.fileName, place: "producer.name", .value)
    }
    files = try container.decode([File].self, forKey: .files)
    try Self.check(files)
    guard try container.decode(String.self, forKey: .modelDigest) == modelDigest else {
      throw DecodingError.dataCorruptedError(
        forKey: .modelDigest, in: container, debugDescription: "not the digest of the file table")
    }
  }

  private static func checkVersion(_ found: [Int]) throws(ArtifactError) {
    guard found.count == 2, found[0] >= 1, found[1] >= 0 else {
      throw .content(file: fileName, place: CodingKeys.formatVersion.rawValue, .value)
    }
    guard found[0] <= formatVersion[0] else {
      throw .newerFormat(found: found, supported: formatVersion)
    }
  }

  private static func check(_ files: [File]) throws(ArtifactError) {
    guard files.count <= fileLimit else { throw .damaged(file: fileName, .limit(fileLimit)) }
    var paths: Set<String> = []
    var total = 0
    for file in files {
      guard RelativePath.isLegal(file.path), !unlisted.contains(file.path.lowercased()) else {
        throw .damaged(file: fileName, .illegalPath)
      }
      // Paths that differ in case only are one file on some systems.
      guard paths.insert(file.path.lowercased()).inserted else {
        throw .damaged(file: file.path, .repeatedPath)
      }
      guard 0...contentLimit ~= file.size, total + file.size <= contentLimit else {
        throw .damaged(file: file.path, .limit(contentLimit))
      }
      total += file.size
    }
    let isAscending = zip(files, files.dropFirst()).allSatisfy {
      $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
    }
    guard isAscending else {
      throw .content(file: fileName, place: CodingKeys.files.rawValue, .value)
    }
  }
}
