package import Foundation

/// What a signature says: every file of a model with its SHA-256, as an in-toto statement.
package struct SignedStatement: Hashable, Sendable {
  /// What the model was called when it was signed; means nothing.
  package let name: String
  /// Ascending by the UTF-8 bytes of the paths.
  package let files: [SignedFile]

  package struct SignedFile: Hashable, Sendable {
    package let path: String
    /// 64 hexadecimal digits.
    package let sha256: String
  }

  package init(name: String, files: [DurableDirectory.File]) {
    self.name = name
    self.files =
      files.map { SignedFile(path: $0.path, sha256: ContentHash.hexadecimal($0.bytes)) }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// - Throws: `.statement` unless the payload is a statement of this sort, whole in itself.
  package init(_ payload: Data) throws(SignatureError) {
    do {
      self = try CanonicalJSON.decode(
        from: payload, limits: .init(byteCount: ModelSignature.sizeLimit, depth: 8))
    } catch let error as SignatureError {
      throw error
    } catch {
      throw .statement(place: "the payload")
    }
  }

  /// Refuses any difference between what was signed and what is there.
  ///
  /// The statement may name paths to ignore; none is ignored, or a signer of one thing could let another pass.
  ///
  /// - Throws: `.changed`, `.missing`, `.unsigned`: the first file by path.
  package func require(_ found: [DurableDirectory.File]) throws(SignatureError) {
    let there = SignedStatement(name: name, files: found)
    var rest = Dictionary(there.files.map { ($0.path, $0.sha256) }) { first, _ in first }
    for file in files {
      guard let sha256 = rest.removeValue(forKey: file.path) else { throw .missing(file.path) }
      guard sha256 == file.sha256 else { throw .changed(file.path) }
    }
    if let path = there.files.first(where: { rest[$0.path] != nil })?.path {
      throw .unsigned(path)
    }
  }

  /// SHA-256 over the digests in the order of the files: the one that stands for the model.
  private static func root(of files: [SignedFile]) -> String {
    var bytes = Data()
    for file in files { bytes += Self.bytes(file.sha256) ?? Data() }
    return ContentHash.hexadecimal(bytes)
  }

  /// The bytes of 64 lower-case hexadecimal digits; nil for anything else.
  private static func bytes(_ text: String) -> Data? {
    let digits = Array(text.utf8).map { digit in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) - 0x30
      case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(digit) - 0x57
      default: -1
      }
    }
    guard digits.count == 64, !digits.contains(-1) else { return nil }
    return Data(
      stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }
}

extension SignedStatement: Codable {
  private static let type = "https://in-toto.io/Statement/v1"
  private static let predicateType = "https://model_signing/signature/v1.0"
  private static let hash = "sha256"

  private enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType, predicate
  }

  private struct Subject: Codable {
    let name: String
    let digest: [String: String]
  }

  private struct Predicate: Codable {
    struct Serialization: Codable {
      let method: String
      let hashType: String
      let allowsLinks: Bool
      let ignoredPaths: [String]?

      private enum CodingKeys: String, CodingKey {
        case method
        case hashType = "hash_type"
        case allowsLinks = "allow_symlinks"
        case ignoredPaths = "ignore_paths"
      }
    }

    struct Resource: Codable {
      let name: String
      let algorithm: String
      let digest: String
    }

    let serialization: Serialization
    let resources: [Resource]
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.type, forKey: .type)
    try container.encode(
      [Subject(name: name, digest: [Self.hash: Self.root(of: files)])], forKey: .subject)
    try container.encode(Self.predicateType, forKey: .predicateType)
    try container.encode(
      Predicate(
        serialization: .init(
          method: "files", hashType: Self.hash, allowsLinks: false,
          ignoredPaths: [".git", ".gitattributes", ".github", ".gitignore", ModelSignature.file]),
        resources: files.map {
          .init(name: $0.path, algorithm: Self.hash, digest: $0.sha256)
        }), forKey: .predicate)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard try container.decode(String.self, forKey: .type) == Self.type else {
      throw SignatureError.statement(place: CodingKeys.type.rawValue)
    }
    guard try container.decode(String.self, forKey: .predicateType) == Self.predicateType else {
      throw SignatureError.statement(place: CodingKeys.predicateType.rawValue)
    }
    let predicate = try container.decode(Predicate.self, forKey: .predicate)
    guard predicate.serialization.method == "files", predicate.serialization.hashType == Self.hash
    else { throw SignatureError.statement(place: "predicate.serialization") }
    files = predicate.resources.map { SignedFile(path: $0.name, sha256: $0.digest) }
    guard predicate.resources.allSatisfy({ $0.algorithm == Self.hash }),
      files.allSatisfy({ Self.bytes($0.sha256) != nil }),
      Set(files.map { Array($0.path.utf8) }).count == files.count
    else { throw SignatureError.statement(place: "predicate.resources") }
    let subjects = try container.decode([Subject].self, forKey: .subject)
    guard let subject = subjects.first, subjects.count == 1,
      subject.digest[Self.hash] == Self.root(of: files)
    else { throw SignatureError.statement(place: CodingKeys.subject.rawValue) }
    name = subject.name
  }
}
