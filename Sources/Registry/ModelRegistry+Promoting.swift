import Artifacts
import GRDB

/// A move of an alias that has happened.
public struct AliasMove: Hashable, Sendable, Codable {
  public let name: String
  public let alias: String
  public let from: Int?
  public let to: Int
  public let generation: Int
  public let log: LogHead
}

extension ModelRegistry {
  /// Holds a version against what the policy asks of an alias.
  ///
  /// - Throws: `.illegalAlias`, `.reservedAlias`, `.notReady`, and what `resolve` throws.
  public func review(
    _ reference: ModelReference, for alias: String, under policy: PromotionPolicy,
    by author: Author
  ) throws(RegistryError) -> PromotionReview {
    guard ModelReference.isAlias(alias) else { throw .illegalAlias(alias) }
    guard alias != ModelReference.previous else { throw .reservedAlias(alias) }
    let (version, current) = try look(at: reference, alias)
    guard version.status == .ready else {
      throw .notReady(reference: version.reference, version.status)
    }
    let isGuarded = policy.aliases.contains(alias)
    // What stands there already is not compared with itself.
    let gates = PromotionGates(
      policy: policy, version: version,
      current: current.version == version ? nil : current.version, author: author
    ) { (version) throws(RegistryError) in try load(version) }
    var results = try gates.results(isGuarded: isGuarded)
    if let signature = try signatureGate(version, under: policy, isGuarded, on: author.day) {
      results.append(signature)
    }
    return PromotionReview(
      version: version, alias: alias, current: current.version?.version,
      generation: current.generation, gates: results, policy: policy)
  }

  /// Nil where nothing is asked of the signature, and where there is none that could be wrong.
  private func signatureGate(
    _ version: ModelVersion, under policy: PromotionPolicy, _ isGuarded: Bool, on day: String
  ) throws(RegistryError) -> GateResult? {
    var policy = policy
    if isGuarded, policy.gates.contains(.signature) { policy.verify = .signed }
    let trust = try SignatureTrust(policy, in: folder)
    guard try asks(trust, of: version) else { return nil }
    do throws(RegistryError) {
      try require(trust, of: version, on: day)
      return GateResult(.signature, missed: nil)
    } catch .artifact(let error) {
      return GateResult(.signature, missed: "\(error)")
    }
  }

  /// Points the alias to the version that was reviewed, if nobody has moved it since.
  ///
  /// - Parameters:
  ///   - generation: What the caller believes the alias's generation to be; nil for the review's.
  ///   - overriding: Whether to do it in spite of gates, with a reason; never where the artifact is not sound.
  /// - Throws: `.refused`, `.reasonNeeded`, `.moved`, `.busy`, `.storage`.
  public func promote(
    _ review: PromotionReview, expecting generation: Int? = nil, overriding: Bool = false,
    reason: String? = nil, by author: Author
  ) throws(RegistryError) -> AliasMove {
    try review.require(generation: generation)
    let missed = review.missed
    if !missed.isEmpty {
      guard overriding, !missed.contains(where: \.gate.isFinal) else {
        throw .refused(reference: review.version.reference, alias: review.alias, missed)
      }
      guard let reason, !reason.allSatisfy(\.isWhitespace) else {
        throw .reasonNeeded(action: "overriding a gate")
      }
    }
    return try move(review, .promote, by: author) {
      $0.reason = reason
      $0.detail = try Self.json(
        Decision(
          gates: review.gates, policy: review.policy, isOverridden: !missed.isEmpty,
          signatureKey: review.version.signatureKey))
    }
  }

  /// Makes an earlier version champion again: the one before, or the one that is named.
  ///
  /// It must be sound and signed as the policy asks; nothing else is asked.
  ///
  /// - Throws: `.reasonNeeded`, `.unknownAlias`, `.notReady`, `.refused` for damage, `.nothingBefore` if it is champion
  ///   already, `.moved`.
  public func rollBack(
    _ reference: ModelReference, reason: String?, by author: Author
  ) throws(RegistryError) -> AliasMove {
    guard let reason, !reason.allSatisfy(\.isWhitespace) else {
      throw .reasonNeeded(action: "rolling back")
    }
    let alias = ModelReference.champion
    var target = reference
    if reference.selector == .alias(alias) {
      target = ModelReference(name: reference.name, .alias(ModelReference.previous))
    }
    var asked = try PromotionPolicy(in: folder)
    asked.aliases = []
    let review = try review(target, for: alias, under: asked, by: author)
    guard let current = review.current else {
      throw .unknownAlias(name: reference.name, alias: alias)
    }
    // The champion before may be gone for damage; then the one before that is champion and its own `previous`.
    guard current != review.version.version else {
      throw .nothingBefore(reference: review.version.reference, alias: alias)
    }
    guard review.missed.isEmpty else {
      throw .refused(reference: review.version.reference, alias: alias, review.missed)
    }
    return try move(review, .rollback, by: author) { $0.reason = reason }
  }

  /// Compares and sets: the alias moves only from the generation that was reviewed, and the champion before it
  /// becomes `previous` in the same transaction.
  private func move(
    _ review: PromotionReview, _ action: LogEntry.Action, by author: Author,
    _ fill: (inout LogEntry) throws -> Void
  ) throws(RegistryError) -> AliasMove {
    let (name, alias) = (review.version.name, review.alias)
    return try database.write { database throws in
      let found = try Self.alias(alias, of: name, in: database)
      guard (found?.generation ?? 0) == review.generation else {
        throw RegistryError.moved(
          name: name, alias: alias, expected: review.generation, found: found?.generation ?? 0)
      }
      let version = try Self.version(
        .init(name: name, .version(review.version.version)), in: database)
      guard version.status == .ready else {
        throw RegistryError.notReady(reference: version.reference, version.status)
      }
      try Self.point(alias, to: version, in: database)
      if alias == ModelReference.champion, let found, found.version != version.version {
        let before = try Self.version(.init(name: name, .version(found.version)), in: database)
        if before.status == .ready {
          try Self.point(ModelReference.previous, to: before, in: database)
        }
      }
      let head = try Self.append(action, by: author, in: database) {
        $0.concern(version)
        $0.alias = alias
        $0.from = found?.version
        $0.generation = review.generation &+ 1
        try fill(&$0)
      }
      return AliasMove(
        name: name, alias: alias, from: found?.version, to: version.version,
        generation: review.generation &+ 1, log: head)
    }
  }

  private static func point(
    _ alias: String, to version: ModelVersion, in database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO alias (name, alias, version, generation) VALUES (?, ?, ?, 1)
        ON CONFLICT (name, alias)
        DO UPDATE SET version = excluded.version, generation = generation + 1
        """,
      arguments: [version.name, alias, version.version])
  }

  /// The version that is meant, and what the alias points to, at one moment.
  private func look(
    at reference: ModelReference, _ alias: String
  ) throws(RegistryError) -> (ModelVersion, current: (version: ModelVersion?, generation: Int)) {
    try database.read { database throws in
      let version = try Self.version(reference, in: database)
      let current = try Self.alias(alias, of: version.name, in: database)
      let replaced = try current.map {
        try Self.version(.init(name: version.name, .version($0.version)), in: database)
      }
      return (version, (replaced, current?.generation ?? 0))
    }
  }
}

extension ModelRegistry {
  private struct Decision: Encodable {
    let gates: [GateResult]
    let policy: PromotionPolicy
    let isOverridden: Bool
    let signatureKey: String?

    private enum CodingKeys: String, CodingKey {
      case gates, policy
      case isOverridden = "overridden"
      case signatureKey = "signature_key"
    }
  }
}
