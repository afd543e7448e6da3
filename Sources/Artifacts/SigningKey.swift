import Crypto
import Foundation

/// The private half of a pair of keys, which signs.
public struct SigningKey: Sendable {
  private enum Curve {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
  }

  private let curve: Curve
  public let publicKey: VerifyingKey

  /// Reads a key as `openssl ecparam -genkey`, `openssl genpkey` and `cohort models keygen` write it.
  public init(pem text: String) throws(KeyError) {
    guard !text.contains("-----BEGIN ENCRYPTED"), !text.contains("Proc-Type: 4,ENCRYPTED") else {
      throw .encrypted
    }
    guard let pem = PEMBlock.first(in: text, ofTypes: ["PRIVATE KEY", "EC PRIVATE KEY"]) else {
      throw PEMBlock.first(in: text, ofTypes: ["PUBLIC KEY"]) == nil ? .noPEM : .otherHalf
    }
    if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
      curve = .p256(key)
      publicKey = VerifyingKey(.p256(key.publicKey))
    } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: pem) {
      curve = .p384(key)
      publicKey = VerifyingKey(.p384(key.publicKey))
    } else if let key = try? P521.Signing.PrivateKey(pemRepresentation: pem) {
      curve = .p521(key)
      publicKey = VerifyingKey(.p521(key.publicKey))
    } else {
      throw .unsupported
    }
  }

  /// The texts of a new pair on P-256, from the system's own randomness.
  public static func newPair() -> (private: String, public: String) {
    let key = P256.Signing.PrivateKey()
    return (key.pemRepresentation + "\n", VerifyingKey(.p256(key.publicKey)).pem)
  }

  /// In DER, with the hash that belongs to the curve; another one at every call.
  func signature(of bytes: Data) throws -> Data {
    switch curve {
    case .p256(let key): try key.signature(for: bytes).derRepresentation
    case .p384(let key): try key.signature(for: bytes).derRepresentation
    case .p521(let key): try key.signature(for: bytes).derRepresentation
    }
  }
}

/// The public half, which verifies.
public struct VerifyingKey: Hashable, Sendable {
  enum Curve: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
  }

  /// The key's text, with a newline at its end.
  public let pem: String
  /// The SHA-256 of that text in hexadecimal: how bundles name keys.
  public let identifier: String
  private let curve: Curve

  init(_ curve: Curve) {
    self.curve = curve
    let text =
      switch curve {
      case .p256(let key): key.pemRepresentation
      case .p384(let key): key.pemRepresentation
      case .p521(let key): key.pemRepresentation
      }
    pem = text + "\n"
    identifier = ContentHash.hexadecimal(Data(pem.utf8))
  }

  /// Reads a key as `openssl ec -pubout` writes it.
  public init(pem text: String) throws(KeyError) {
    guard let pem = PEMBlock.first(in: text, ofTypes: ["PUBLIC KEY"]) else {
      throw text.contains("PRIVATE KEY") ? .otherHalf : .noPEM
    }
    if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
      self.init(.p256(key))
    } else if let key = try? P384.Signing.PublicKey(pemRepresentation: pem) {
      self.init(.p384(key))
    } else if let key = try? P521.Signing.PublicKey(pemRepresentation: pem) {
      self.init(.p521(key))
    } else {
      throw .unsupported
    }
  }

  func accepts(_ signature: Data, of bytes: Data) -> Bool {
    switch curve {
    case .p256(let key):
      (try? P256.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: bytes) } ?? false
    case .p384(let key):
      (try? P384.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: bytes) } ?? false
    case .p521(let key):
      (try? P521.Signing.ECDSASignature(derRepresentation: signature))
        .map { key.isValidSignature($0, for: bytes) } ?? false
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.identifier == b.identifier }
  public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

/// A public key whose signatures count, for ever or up to a day.
public struct TrustedKey: Hashable, Sendable {
  public let key: VerifyingKey
  /// `yyyy-mm-dd` in UTC, the last day included; nil for no end.
  public let lastDay: String?

  public init(_ key: VerifyingKey, lastDay: String? = nil) {
    self.key = key
    self.lastDay = lastDay
  }
}

private enum PEMBlock {
  /// The first block of one of the types, without what stands around it: OpenSSL puts the curve's name first.
  static func first(in text: String, ofTypes types: [String]) -> String? {
    for type in types {
      guard let start = text.range(of: "-----BEGIN \(type)-----"),
        let end = text.range(
          of: "-----END \(type)-----", range: start.upperBound..<text.endIndex)
      else { continue }
      return String(text[start.lowerBound..<end.upperBound])
    }
    return nil
  }
}
