public import Artifacts

/// A version of a registered model: a number that always means the same bytes.
public struct ModelVersion: Hashable, Sendable, Codable {
  public enum Status: String, Hashable, Sendable, Codable {
    case ready
    /// Its bytes were found damaged; registering the same artifact again repairs it.
    case quarantined
    /// Given up on purpose; its number is not used again.
    case retired
  }

  public let name: String
  public let version: Int
  /// What the artifact is for: `segmentation` or `propensity`.
  public let kind: String
  public let algorithm: String
  /// `sha256:…` of the manifest.
  public let digest: String
  /// Equal for equal models, whatever evidence comes with them.
  public let modelDigest: String
  public let status: Status
  public let registeredAt: String
  public let registeredBy: String
  public let card: CardNotes
  /// Columns by which nobody may be treated differently, as the study or the registration says.
  public let sensitive: [String]
  /// What was found out about them, where it came beside the artifact.
  public let fairness: JSONValue?
  /// The digest of the key that its signature names; nil where it is not signed.
  public let signatureKey: String?

  public var reference: String { "\(name)/\(version)" }

  /// The report as one; nil where there is none, or one of a time when any JSON was taken.
  var fairnessEvidence: FairnessEvidence? {
    fairness.flatMap { try? FairnessEvidence(report: CanonicalJSON.encode($0)) }
  }

  private enum CodingKeys: String, CodingKey {
    case name, version, kind, algorithm, digest, status, card, sensitive, fairness
    case modelDigest = "model_digest"
    case registeredAt = "registered_at"
    case registeredBy = "registered_by"
    case signatureKey = "signature_key"
  }
}

/// A name that points to one version at a time.
public struct ModelAlias: Hashable, Sendable, Codable {
  public let alias: String
  public let version: Int
  /// How often it was moved; a move says which generation it means to replace.
  public let generation: Int
}

/// Everything registered under one name.
public struct RegisteredModel: Hashable, Sendable, Codable {
  public let name: String
  public let kind: String
  /// By number.
  public let versions: [ModelVersion]
  /// By name.
  public let aliases: [ModelAlias]
}

/// What a reference means now.
public struct ResolvedModel: Hashable, Sendable, Codable {
  public let version: ModelVersion
  /// The directory of the artifact.
  public let path: String
}

extension CardNotes {
  /// With what `other` says in its place.
  public func replaced(by other: CardNotes) -> CardNotes {
    CardNotes(
      owner: other.owner ?? owner, intendedUse: other.intendedUse ?? intendedUse,
      outOfScopeUse: other.outOfScopeUse ?? outOfScopeUse, reviewBy: other.reviewBy ?? reviewBy,
      limitations: other.limitations ?? limitations)
  }

  /// Names of the fields that say nothing.
  var missing: [String] {
    let fields = [
      ("owner", owner), ("intended use", intendedUse), ("out-of-scope use", outOfScopeUse),
      ("review date", reviewBy),
    ]
    return fields.filter { $0.1.map { $0.allSatisfy(\.isWhitespace) } ?? true }.map(\.0)
  }
}
