public import Artifacts
import Foundation
import GRDB
import Tabular

/// What is said of an artifact when it is registered.
public struct Registration: Hashable, Sendable {
  public var card: CardNotes
  public var sensitive: [String]
  public var fairness: FairnessEvidence?
  public var reason: String?

  public init(
    card: CardNotes = CardNotes(), sensitive: [String] = [], fairness: FairnessEvidence? = nil,
    reason: String? = nil
  ) {
    self.card = card
    self.sensitive = sensitive
    self.fairness = fairness
    self.reason = reason
  }

  /// With what the artifact says of itself; a card of its own is filled in, not replaced.
  fileprivate func joined(with governance: Governance) -> Registration {
    var registration = self
    registration.card = governance.notes.replaced(by: card)
    let declared = governance.sensitiveColumns
    registration.sensitive = declared + sensitive.filter { !declared.contains($0) }
    return registration
  }

  /// Refuses a report that leaves out a sensitive column, and a column that neither the model nor a report knows.
  ///
  /// An artifact has the names of its training table alone, so a report may speak of columns joined from elsewhere.
  fileprivate func requireReport(of artifact: StoredArtifact) throws(RegistryError) {
    let known = artifact.knownColumns
    let reported = (artifact.governance.fairness?.coveredColumns ?? [])
      .union(fairness?.coveredColumns ?? [])
    for column in sensitive where !reported.contains(column) {
      guard fairness == nil else { throw .uncovered(column: column) }
      guard known.contains(column) else {
        throw .unknownSensitive(
          column: column, nearest: NearestName.nearest(to: column, among: known))
      }
    }
  }
}

extension StoredArtifact {
  /// Columns of the table it was trained on, as far as it names them.
  fileprivate var knownColumns: [String] {
    let table = lineage.table
    return governance.sensitiveColumns + inputs.fields.map(\.name)
      + (table?.columns.map(\.name) ?? []) + (table?.unreadColumns ?? [])
  }
}

extension ModelRegistry {
  /// Registers the artifact at `path` under `name`, after all of its checks.
  ///
  /// The words of the artifact's own card and its sensitive columns are taken over; what `registration` says counts
  /// more, and adds columns. The same bytes again are the same version: nothing changes, unless it was retired or
  /// in quarantine; then its files are put in place anew.
  ///
  /// - Returns: The version, and whether it is new.
  /// - Throws: `.illegalName`, `.otherKind`, `.artifact` for one that cannot be trusted, `.unknownSensitive`,
  ///   `.uncovered`, `.storage`, `.busy`.
  public func register(
    _ path: String, as name: String, _ registration: Registration, by author: Author
  ) throws(RegistryError) -> (version: ModelVersion, isNew: Bool) {
    guard ModelReference.isName(name) else { throw .illegalName(name) }
    let files: ArtifactFiles
    let artifact: StoredArtifact
    let trust = try trust()
    do throws(ArtifactError) {
      files = try ArtifactFiles(verifying: path)
      // Being signed is asked of use, not of registering: there it may still be done.
      if files.isSigned { try trust.require(files, on: author.day) }
      try files.requireOwnSignature()
      artifact = try ArtifactReader.load(files)
    } catch {
      throw RegistryError(error)
    }
    let registration = registration.joined(with: artifact.governance)
    try registration.requireReport(of: artifact)
    return try database.write { database throws in
      try requireKind(files.manifest.kind, of: name, in: database)
      // Before the row that needs it, and where no collection can come between.
      let signer = try objects.publish(files)
      if let known = try known(files.identity, of: name, in: database) {
        if known.status != .ready { try restore(known, registration, by: author, in: database) }
        if let signer { try Self.note(signer, on: files.identity, by: author, in: database) }
        return (try Self.version(.init(name: name, .version(known.version)), in: database), false)
      }
      let number = try nextNumber(of: name, in: database)
      try insert(number, artifact, as: name, registration, signer, by: author, in: database)
      return (try Self.version(.init(name: name, .version(number)), in: database), true)
    }
  }

  /// Says more of a version than was said before.
  public func describe(
    _ reference: ModelReference, _ card: CardNotes, by author: Author
  ) throws(RegistryError) -> ModelVersion {
    try database.write { database throws in
      let version = try Self.version(reference, in: database)
      let card = version.card.replaced(by: card)
      try database.execute(
        sql: "UPDATE version SET card = ? WHERE name = ? AND version = ?",
        arguments: [try CanonicalJSON.encode(card), version.name, version.version])
      try Self.append(.describe, by: author, in: database) {
        $0.concern(version)
        $0.detail = try Self.json(card)
      }
      return try Self.version(reference, in: database)
    }
  }

  private func requireKind(_ kind: String, of name: String, in database: Database) throws {
    try database.execute(
      sql: "INSERT INTO model (name, kind) VALUES (?, ?) ON CONFLICT DO NOTHING",
      arguments: [name, kind])
    let expected = try Self.model(name, in: database).kind
    guard expected == kind else {
      throw RegistryError.otherKind(name: name, expected: expected, found: kind)
    }
  }

  private func known(
    _ digest: String, of name: String, in database: Database
  ) throws -> ModelVersion? {
    try Self.model(name, in: database).versions.first { $0.digest == digest }
  }

  private func restore(
    _ version: ModelVersion, _ registration: Registration, by author: Author, in database: Database
  ) throws {
    // Other names may have the same bytes, and lacked them too.
    let damaged = try Self.versions(of: version.digest, .quarantined, in: database)
    for version in version.status == .retired ? damaged + [version] : damaged {
      try Self.set(.ready, version, in: database)
      try Self.append(.restore, by: author, in: database) {
        $0.concern(version)
        $0.reason = registration.reason
      }
    }
  }

  /// Numbers are counted, never looked up, so that none comes again.
  private func nextNumber(of name: String, in database: Database) throws -> Int {
    let next = try Int.fetchOne(
      database,
      sql: "UPDATE model SET next_version = next_version + 1 WHERE name = ? RETURNING next_version",
      arguments: [name])
    guard let next else { throw RegistryError.unknownModel(name, nearest: nil) }
    return next - 1
  }

  private func insert(
    _ number: Int, _ artifact: StoredArtifact, as name: String, _ registration: Registration,
    _ signer: String?, by author: Author, in database: Database
  ) throws {
    let modelDigest = try artifact.manifest.modelDigest
    try database.execute(
      sql: """
        INSERT INTO version (name, version, algorithm, digest, model_digest, status, at, actor, card,
          sensitive, fairness, signature_key) VALUES (?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        name, number, artifact.manifest.algorithm, artifact.identity, modelDigest,
        author.timestamp, author.name, try CanonicalJSON.encode(registration.card),
        try CanonicalJSON.encode(registration.sensitive),
        try registration.fairness.map { try CanonicalJSON.encode($0) }, signer,
      ])
    try Self.append(.register, by: author, in: database) {
      $0.name = name
      $0.version = number
      $0.digest = artifact.identity
      $0.reason = registration.reason
      $0.detail = try Self.json(
        RegisteredOrigin(
          modelDigest: modelDigest, data: artifact.lineage.dataFingerprint,
          trial: artifact.lineage.trial, signatureKey: signer, registration: registration))
    }
  }

  static func set(_ status: ModelVersion.Status, _ version: ModelVersion, in database: Database)
    throws
  {
    try database.execute(
      sql: "UPDATE version SET status = ? WHERE name = ? AND version = ?",
      arguments: [status.rawValue, version.name, version.version])
  }

  static func json(_ value: some Encodable) throws -> JSONValue {
    try CanonicalJSON.parse(CanonicalJSON.encode(value))
  }
}

/// What the log says of a new version besides its number.
private struct RegisteredOrigin: Encodable {
  let modelDigest: String
  let data: String
  let trial: String
  let signatureKey: String?
  let card: CardNotes
  let sensitive: [String]
  let fairness: FairnessEvidence?

  init(
    modelDigest: String, data: String, trial: String, signatureKey: String?,
    registration: Registration
  ) {
    self.modelDigest = modelDigest
    self.data = data
    self.trial = trial
    self.signatureKey = signatureKey
    card = registration.card
    sensitive = registration.sensitive
    fairness = registration.fairness
  }

  private enum CodingKeys: String, CodingKey {
    case data, trial, card, sensitive, fairness
    case modelDigest = "model_digest"
    case signatureKey = "signature_key"
  }
}

extension LogEntry {
  mutating func concern(_ version: ModelVersion) {
    name = version.name
    self.version = version.version
    digest = version.digest
  }
}
