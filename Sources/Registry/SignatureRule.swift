public import Artifacts
import Foundation

/// What is asked of the signature of a version; its bytes are held against their digests whatever is asked.
public enum SignatureRule: String, Hashable, Sendable, Codable {
  /// Nothing: signatures are not looked at.
  case off
  /// A signature may be missing. One that is there must cover exactly the files, and be by one of the keys if
  /// any are named.
  case digest
  /// There must be one, by one of the keys.
  case signed
}

/// A key whose signatures count, as the policy names it.
public struct KeyFile: Hashable, Sendable {
  /// A file with a public key in PEM; relative paths begin in the registry's folder.
  public let file: String
  /// The last day, `yyyy-mm-dd` in UTC, on which its signatures count; nil for no end.
  public let notAfter: String?

  public init(file: String, notAfter: String? = nil) {
    self.file = file
    self.notAfter = notAfter
  }
}

extension KeyFile: Codable {
  private enum CodingKeys: String, CodingKey {
    case file
    case notAfter = "not_after"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    file = try container.decode(String.self, forKey: .file)
    notAfter = try container.decodeIfPresent(String.self, forKey: .notAfter)
    guard notAfter.map(ModelReference.isDay) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .notAfter, in: container, debugDescription: "a day is written yyyy-mm-dd")
    }
  }
}

/// A rule together with the keys it counts on.
public struct SignatureTrust: Sendable {
  public let rule: SignatureRule
  public let keys: [TrustedKey]

  public init(_ rule: SignatureRule, keys: [TrustedKey]) {
    self.rule = rule
    self.keys = keys
  }

  /// Reads the keys that a policy names.
  ///
  /// - Parameter folder: the registry's.
  /// - Throws: `.unreadableKey`.
  init(_ policy: PromotionPolicy, in folder: String) throws(RegistryError) {
    rule = policy.verify
    var keys: [TrustedKey] = []
    if rule != .off {
      for key in policy.keys {
        let path = key.file.hasPrefix("/") ? key.file : "\(folder)/\(key.file)"
        keys.append(TrustedKey(try Self.key(at: path), lastDay: key.notAfter))
      }
    }
    self.keys = keys
  }

  private static func key(at path: String) throws(RegistryError) -> VerifyingKey {
    guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
      throw .unreadableKey(path: path, .unreadable)
    }
    do throws(KeyError) {
      return try VerifyingKey(pem: text)
    } catch {
      throw .unreadableKey(path: path, error)
    }
  }

  /// Refuses files that are not signed as the rule asks on `day`.
  ///
  /// - Throws: `ArtifactError.signature`.
  func require(_ files: ArtifactFiles, on day: String) throws(ArtifactError) {
    switch rule {
    case .off: break
    case .digest where !files.isSigned: break
    case .digest where keys.isEmpty: try files.requireOwnSignature()
    case .digest, .signed: try files.requireSignature(by: keys, on: day)
    }
  }
}
