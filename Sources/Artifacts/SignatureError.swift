/// Why a signature is not taken.
///
/// Cases carry paths and digests of public keys.
public enum SignatureError: Error, Hashable, Sendable, CustomStringConvertible {
  case absent
  // What it is.
  case unreadable(place: String)
  case bundleType
  /// Signed with a certificate, or by way of a public log.
  case otherMaterial
  case payloadType
  case statement(place: String)
  // Who made it.
  /// By the digest of the key; nil where the signature names none.
  case untrustedKey(String?)
  /// With the last day that it counted.
  case expiredKey(String, String)
  case invalid
  // What it covers.
  case changed(String)
  case missing(String)
  case unsigned(String)

  public var description: String {
    switch self {
    case .absent: "it is not signed; sign it with cohort models sign, or use one that is"
    case .unreadable(let place):
      "its signature cannot be read at \(place); sign it again with cohort models sign"
    case .bundleType: "its signature is no Sigstore bundle of version 0.3; sign it again"
    case .otherMaterial:
      "its signature rests on a certificate, which cohort does not verify; sign it with a key"
    case .payloadType:
      "its signature is over something else than an in-toto statement; do not use it"
    case .statement(let place):
      "what was signed is not a model as OpenSSF Model Signing 1.0 has it, at \(place); sign it again"
    case .untrustedKey(let key):
      "it is signed by \(key.map { "the key \($0.prefix(16))…" } ?? "a key without a name"), which is not "
        + "trusted; add that key to those trusted, or use one signed by another"
    case .expiredKey(let key, let day):
      "it is signed by the key \(key.prefix(16))…, trusted until \(day); sign it again with another key"
    case .invalid:
      "its signature was not made by the key it names, or was changed; do not use it"
    case .changed(let path):
      "\(path) is not the file that was signed; restore the model, or sign it again"
    case .missing(let path):
      "\(path) was signed and is missing; restore the model, or sign it again"
    case .unsigned(let path):
      "\(path) was not there when the model was signed; remove it, or sign it again"
    }
  }
}

/// Why a file is not the key it should be.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable
  case noPEM
  case encrypted
  /// A public key where a private one belongs, or the other way round.
  case otherHalf
  case unsupported

  public var description: String {
    switch self {
    case .unreadable: "it is not there or may not be read"
    case .noPEM: "it holds no key in PEM"
    case .encrypted: "it is encrypted; decrypt it first with openssl pkey -in KEY -out PLAIN"
    case .otherHalf: "it is the other half of a pair of keys"
    case .unsupported: "it is no elliptic key on P-256, P-384 or P-521"
    }
  }
}
