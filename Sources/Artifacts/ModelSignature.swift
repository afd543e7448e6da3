public import Foundation

/// A detached signature over every file of an artifact (`model.sig`).
///
/// It is a bundle of OpenSSF Model Signing 1.0, which other programs verify too: a Sigstore bundle with a DSSE
/// envelope around an in-toto statement, whose predicate lists every file with its SHA-256. Made with a key of
/// one's own on the curve P-256, P-384 or P-521; bundles of certificates and of the public log are refused.
///
/// The file lies beside those it covers, outside of the artifact's identity: signing changes no digest.
///
/// - Source: the OpenSSF Model Signing specification 1.0; DSSE 1.0; in-toto Statement v1. Checked against:
///   fixture `model_signatures.json` (bundles of model-signing 1.0.1 and 1.1.0), and `make test-interop`.
public struct ModelSignature: Sendable {
  /// The name of the file inside the artifact.
  public static let file = "model.sig"
  static let sizeLimit = 1 << 20

  /// The digest of the signer's public key, as the bundle names it; nil where it names none.
  public let keyHint: String?
  private let envelope: Envelope
  private let payload: Data

  /// Reads a bundle, and trusts nothing of it yet.
  ///
  /// - Throws: `SignatureError.unreadable`, `.bundleType`, `.otherMaterial`, `.payloadType`.
  public init(_ bytes: Data) throws(SignatureError) {
    let bundle = try Bundle(bytes)
    guard bundle.mediaType == Bundle.mediaType else { throw .bundleType }
    guard let key = bundle.verificationMaterial.publicKey else { throw .otherMaterial }
    envelope = bundle.dsseEnvelope
    guard envelope.payloadType == Envelope.payloadType else { throw .payloadType }
    guard envelope.signatures.count == 1, let payload = Data(base64Encoded: envelope.payload) else {
      throw .unreadable(place: "dsseEnvelope")
    }
    self.payload = payload
    keyHint = key.hint.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Signs what `statement` says.
  package init(_ statement: SignedStatement, by key: SigningKey) throws {
    payload = try CanonicalJSON.encode(statement)
    let signature = try key.signature(of: Envelope.signedBytes(payload))
    envelope = Envelope(
      payload: payload.base64EncodedString(), payloadType: Envelope.payloadType,
      signatures: [.init(sig: signature.base64EncodedString(), keyid: "")])
    keyHint = key.publicKey.identifier
  }

  /// The bundle as a file.
  package func bytes() throws -> Data {
    try CanonicalJSON.encode(
      Bundle(
        mediaType: Bundle.mediaType,
        verificationMaterial: .init(
          publicKey: Bundle.Material.PublicKey(hint: keyHint), tlogEntries: []),
        dsseEnvelope: envelope))
  }

  /// What was signed, if one of `keys` has signed it and counts on `day`.
  ///
  /// - Parameter day: `yyyy-mm-dd` in UTC.
  /// - Throws: `.untrustedKey`, `.expiredKey`, `.invalid`; `.statement` for another statement.
  package func verified(
    by keys: [TrustedKey], on day: String
  ) throws(SignatureError) -> (statement: SignedStatement, key: VerifyingKey) {
    let named = keys.filter { keyHint == nil || $0.key.identifier == keyHint }
    guard !named.isEmpty else { throw .untrustedKey(keyHint) }
    let signed = Envelope.signedBytes(payload)
    guard let signature = Data(base64Encoded: envelope.signatures[0].sig),
      let signer = named.first(where: { $0.key.accepts(signature, of: signed) })
    else { throw .invalid }
    if let last = signer.lastDay, day > last { throw .expiredKey(signer.key.identifier, last) }
    return (try statement(), signer.key)
  }

  /// What the bundle claims to have signed.
  func statement() throws(SignatureError) -> SignedStatement { try SignedStatement(payload) }
}

extension ModelSignature {
  /// The outermost part: what identifies the key, and the envelope.
  private struct Bundle: Codable {
    static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"

    struct Material: Codable {
      struct PublicKey: Codable { let hint: String? }
      struct LogEntry: Codable {}

      /// Nil where a certificate stands for the key.
      let publicKey: PublicKey?
      let tlogEntries: [LogEntry]?
    }

    let mediaType: String
    let verificationMaterial: Material
    let dsseEnvelope: Envelope

    init(mediaType: String, verificationMaterial: Material, dsseEnvelope: Envelope) {
      self.mediaType = mediaType
      self.verificationMaterial = verificationMaterial
      self.dsseEnvelope = dsseEnvelope
    }

    /// Unknown keys are allowed: other programs write more.
    init(_ bytes: Data) throws(SignatureError) {
      do {
        self = try CanonicalJSON.decode(
          from: bytes, limits: .init(byteCount: ModelSignature.sizeLimit, depth: 8))
      } catch {
        throw .unreadable(place: "the bundle")
      }
    }
  }

  private struct Envelope: Codable {
    static let payloadType = "application/vnd.in-toto+json"

    struct Signature: Codable {
      let sig: String
      let keyid: String?
    }

    let payload: String
    let payloadType: String
    let signatures: [Signature]

    /// The bytes under the signature: the payload's type and length are part of them.
    static func signedBytes(_ payload: Data) -> Data {
      Data("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }
  }
}
