import Artifacts
import Foundation
import GRDB

/// Something that is not as it should be.
public struct RegistryFinding: Hashable, Sendable, Codable {
  public enum Weight: String, Hashable, Sendable, Codable {
    /// Something was lost or changed.
    case fault
    /// What killed processes and deleted versions leave; `gc` clears it away.
    case note
  }

  public let weight: Weight
  /// A version, an alias, an object or the log.
  public let subject: String
  public let finding: String
}

/// Whether a version can be trusted, after all checks.
public struct Verification: Hashable, Sendable, Codable {
  public let reference: String
  public let digest: String
  /// What is wrong; nil if nothing.
  public let fault: String?
  /// Whether the version is in quarantine now.
  public let isQuarantined: Bool
  /// The digest of the key that its signature names; nil where it is not signed.
  public let signatureKey: String?

  private enum CodingKeys: String, CodingKey {
    case reference, digest, fault
    case isQuarantined = "quarantined"
    case signatureKey = "signature_key"
  }

  public init(
    reference: String, digest: String, fault: String? = nil, isQuarantined: Bool = false,
    signatureKey: String? = nil
  ) {
    self.reference = reference
    self.digest = digest
    self.fault = fault
    self.isQuarantined = isQuarantined
    self.signatureKey = signatureKey
  }
}

extension ModelRegistry {
  /// Loads a version with all checks.
  ///
  /// One whose bytes are not those that were registered goes to the quarantine, with every version of the same
  /// bytes.
  /// A self-test that fails on sound bytes, and a format of a newer cohort, are faults of this machine or program:
  /// they are told and change nothing. So is a signature that does not hold: trust may come back.
  ///
  /// - Parameter trust: what is asked of its signature; nil for what the policy asks.
  /// - Throws: `.storage` if the bytes cannot be read at all; `.unreadablePolicy`, `.unreadableKey`.
  public func verify(
    _ version: ModelVersion, trusting trust: SignatureTrust? = nil, by author: Author
  ) throws(RegistryError) -> Verification {
    let policy = try self.trust()
    do throws(RegistryError) {
      _ = try load(version, trusting: trust ?? policy, on: author.day)
      return Verification(
        reference: version.reference, digest: version.digest, fault: nil,
        isQuarantined: version.status == .quarantined, signatureKey: version.signatureKey)
    } catch .artifact(let error) {
      var isQuarantined = false
      if !error.isOfNewerFormat, try !objects.isWhole(version.digest) {
        isQuarantined = try quarantine(version.digest, reason: "\(error)", by: author)
      }
      return Verification(
        reference: version.reference, digest: version.digest, fault: "\(error)",
        isQuarantined: isQuarantined)
    }
  }

  /// Sets an object aside, where the registry may be written.
  private func quarantine(
    _ digest: String, reason: String, by author: Author
  ) throws(RegistryError) -> Bool {
    do throws(RegistryError) {
      return try withdraw(digest, reason: reason, by: author)
    } catch .storage(let error) where [.readOnly, .permission].contains(error.cause) {
      return false
    }
  }

  /// First nobody may use the versions any more, then the object moves; it may be registered again at any time.
  ///
  /// - Returns: Whether it is still damaged; somebody may have put it in order since that was seen.
  private func withdraw(
    _ digest: String, reason: String, by author: Author
  ) throws(RegistryError) -> Bool {
    let isDamaged = try database.write { database throws -> Bool in
      guard try !objects.isWhole(digest) else { return false }
      for version in try Self.versions(of: digest, .ready, in: database) {
        try Self.set(.quarantined, version, in: database)
        try Self.append(.quarantine, by: author, in: database) {
          $0.concern(version)
          $0.reason = reason
        }
      }
      return true
    }
    guard isDamaged else { return false }
    try database.write { database throws in
      // And again between the two.
      guard try Self.versions(of: digest, .ready, in: database).isEmpty else { return }
      if let folder = try objects.setAside(digest: digest) {
        try Self.note(folder, isNew: true, by: author, in: database)
      }
    }
    return true
  }

  static func versions(
    of digest: String, _ status: ModelVersion.Status, in database: Database
  ) throws -> [ModelVersion] {
    try Row.fetchAll(
      database, sql: "\(ModelVersion.columns) WHERE digest = ? AND status = ? ORDER BY name",
      arguments: [digest, status.rawValue]
    ).map(ModelVersion.init(row:))
  }

  /// Notes since when a folder is in the quarantine.
  ///
  /// - Parameter isNew: Whether it came now. A collection that was killed may have left the time of an earlier folder
  ///   of the name, which says nothing of this one.
  static func note(
    _ folder: String, isNew: Bool, by author: Author, in database: Database
  ) throws {
    let conflict = isNew ? "(folder) DO UPDATE SET at = excluded.at" : "DO NOTHING"
    try database.execute(
      sql: "INSERT INTO quarantine (folder, at) VALUES (?, ?) ON CONFLICT \(conflict)",
      arguments: [folder, author.timestamp])
  }
}

/// The doctor: everything that can be checked without changing anything.
extension ModelRegistry {
  public func findings() throws(RegistryError) -> [RegistryFinding] {
    var findings = try database.read { try Self.sqliteFaults(in: $0) }
    let models = try models()
    findings += try logFaults(models)
    let versions = models.flatMap(\.versions)
    for version in versions where version.status != .retired {
      findings += try faults(of: version)
    }
    for model in models { findings += Self.aliasFaults(of: model) }
    return findings + (try leftovers(besides: versions))
  }

  private static func sqliteFaults(in database: Database) throws -> [RegistryFinding] {
    let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check")
    let integrity = lines == ["ok"] ? [] : lines
    let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count
    return integrity.map {
      RegistryFinding(weight: .fault, subject: RegistryDatabase.fileName, finding: $0)
    }
      + (orphans == 0
        ? []
        : [
          RegistryFinding(
            weight: .fault, subject: RegistryDatabase.fileName,
            finding: "\(orphans) rows refer to rows that are not there")
        ])
  }

  private func faults(of version: ModelVersion) throws(RegistryError) -> [RegistryFinding] {
    func finding(_ weight: RegistryFinding.Weight, _ text: String) -> [RegistryFinding] {
      [RegistryFinding(weight: weight, subject: version.reference, finding: text)]
    }
    if version.status == .quarantined {
      return finding(.fault, "is in quarantine; register the same artifact again to repair it")
    }
    let files: ArtifactFiles
    do throws(RegistryError) {
      files = try objects.files(of: version.digest)
    } catch .artifact(let error) where error.isOfNewerFormat {
      return finding(.fault, "\(error)")
    } catch .artifact(let error) {
      return finding(.fault, "\(error); cohort models verify sets it aside")
    }
    do throws(ArtifactError) {
      guard let signer = try files.requireOwnSignature() else {
        return version.signatureKey == nil ? [] : finding(.fault, "has lost its signature")
      }
      // A process killed while it signs has not noted it yet.
      return signer == version.signatureKey
        ? [] : finding(.note, "is signed by another key than noted; sign it again")
    } catch {
      return finding(.fault, "\(error)")
    }
  }

  private static func aliasFaults(of model: RegisteredModel) -> [RegistryFinding] {
    model.aliases.compactMap { alias in
      let status = model.versions.first { $0.version == alias.version }?.status
      if status == .ready { return nil }
      return RegistryFinding(
        weight: .fault, subject: "\(model.name)@\(alias.alias)",
        finding: "points to version \(alias.version), which is \(status?.rawValue ?? "not there")")
    }
  }

  /// Whether the log is whole, and whether the tables say what it says.
  private func logFaults(_ models: [RegisteredModel]) throws(RegistryError) -> [RegistryFinding] {
    func fault(_ subject: String, _ text: String) -> RegistryFinding {
      RegistryFinding(weight: .fault, subject: subject, finding: text)
    }
    let entries: [LogEntry]
    do throws(RegistryError) {
      entries = try log().entries
    } catch .brokenLog(let sequence, let problem) {
      return [fault("log", "entry \(sequence) \(problem)")]
    }
    let known = Set(models.flatMap(\.versions).map(\.reference))
    var findings = entries.filter { $0.action == .register }
      .map { "\($0.name ?? "")/\($0.version ?? 0)" }.filter { !known.contains($0) }
      .map { fault($0, "was registered, the log says, and is not there") }
    for model in models {
      let own = entries.filter { $0.name == model.name }
      for version in model.versions {
        let entry = own.first { $0.action == .register && $0.version == version.version }
        if entry?.digest != version.digest {
          findings.append(fault(version.reference, "is not what the log says was registered"))
        }
      }
      findings += Self.moveFaults(of: model, own).map {
        fault($0, "is not where the log says it was moved")
      }
    }
    return findings
  }

  /// Aliases that are elsewhere than after their last move in the log, or gone.
  private static func moveFaults(of model: RegisteredModel, _ own: [LogEntry]) -> [String] {
    let names = Set(own.compactMap(\.alias)).union(model.aliases.map(\.alias))
    return names.subtracting([ModelReference.previous]).sorted().filter { name in
      let last = own.last { $0.alias == name }
      let alias = model.aliases.first { $0.alias == name }
      return last?.version != alias?.version || last?.generation != alias?.generation
    }.map { "\(model.name)@\($0)" }
  }

  private func leftovers(
    besides versions: [ModelVersion]
  ) throws(RegistryError) -> [RegistryFinding] {
    func note(_ subject: String, _ text: String) -> RegistryFinding {
      RegistryFinding(weight: .note, subject: subject, finding: text)
    }
    let needed = Set(versions.filter { $0.status != .retired }.map(\.digest))
    let unneeded = try objects.digests().filter { !needed.contains($0) }.map {
      note($0, "no version needs it; cohort models gc sets it aside")
    }
    let open = try objects.open(among: needed).map {
      note($0, "may be written to; cohort models gc closes it")
    }
    return try unneeded + open
      + objects.unfinished().map { note($0, "was never finished; cohort models gc removes it") }
      + objects.quarantined().map { note("quarantine/\($0)", "waits to be deleted or looked at") }
  }
}
