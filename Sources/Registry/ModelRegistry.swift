public import Artifacts
import DurableSQLite
public import Foundation
import GRDB
import Tabular

/// Models by name and number, with aliases that say which one counts, and a log of everything that was ever done.
///
/// A folder with one SQLite file and a directory of artifacts. Artifacts come first, rows after them, so a row never
/// names bytes that are not there. Values in, values out: who and when come from the caller.
public struct ModelRegistry: Sendable {
  public let folder: String
  let database: RegistryDatabase
  let objects: ObjectStore

  /// For how many seconds one process waits for another, unless said otherwise.
  public static let patience: TimeInterval = DurableDatabase.patience

  /// Opens the registry in `folder`.
  ///
  /// - Parameters:
  ///   - creating: Whether to begin one where there is none.
  ///   - patience: For how many seconds a lock of another process is waited for; then `.busy` is thrown.
  /// - Throws: `RegistryError`; `.noRegistry` if there is none to open.
  public init(
    _ folder: String, creating: Bool = false, patience: TimeInterval = ModelRegistry.patience
  ) throws(RegistryError) {
    if creating {
      do throws(ArtifactError) { try DurableDirectory.make(folder) } catch {
        throw RegistryError(error)
      }
    }
    self.folder = folder
    database = try RegistryDatabase(in: folder, creating: creating, patience: patience)
    objects = ObjectStore(in: folder)
  }

  /// Everything that is registered, by name.
  public func models() throws(RegistryError) -> [RegisteredModel] {
    try database.read { database throws in
      try String.fetchAll(database, sql: "SELECT name FROM model ORDER BY name")
        .map { try Self.model($0, in: database) }
    }
  }

  /// - Throws: `.unknownModel`.
  public func model(_ name: String) throws(RegistryError) -> RegisteredModel {
    try database.read { try Self.model(name, in: $0) }
  }

  /// What a reference means now.
  ///
  /// The object's name is checked against its manifest, and the manifest names the hash of every other file: an
  /// artifact that loads from the path is the one that was registered. It is signed as the policy asks.
  ///
  /// - Parameter moment: when, for keys that count up to a day.
  /// - Throws: `.unknownModel`, `.unknownVersion`, `.unknownAlias`, `.noChampion`, `.notReady`, `.artifact`;
  ///   `.unreadablePolicy`, `.unreadableKey`.
  public func resolve(
    _ reference: ModelReference, at moment: Date
  ) throws(RegistryError) -> ResolvedModel {
    let found = try find(reference)
    guard found.version.status == .ready else {
      throw .notReady(reference: found.version.reference, found.version.status)
    }
    guard try objects.holds(found.version.digest) else {
      throw .artifact(.damaged(file: "manifest.json", .digest))
    }
    let trust = try trust()
    if try asks(trust, of: found.version) {
      try require(trust, of: found.version, on: Author(name: "", at: moment).day)
    }
    return found
  }

  /// Whether a version has a signature that is to hold, or should have one.
  func asks(_ trust: SignatureTrust, of version: ModelVersion) throws(RegistryError) -> Bool {
    switch trust.rule {
    case .off: false
    case .digest: try objects.isSigned(version.digest)
    case .signed: true
    }
  }

  /// What the policy asks of signatures.
  func trust() throws(RegistryError) -> SignatureTrust {
    try SignatureTrust(try PromotionPolicy(in: folder), in: folder)
  }

  /// - Throws: `.artifact` unless the version is signed as asked.
  func require(
    _ trust: SignatureTrust, of version: ModelVersion, on day: String
  ) throws(RegistryError) {
    let files = try objects.files(of: version.digest)
    do throws(ArtifactError) {
      try trust.require(files, on: day)
    } catch {
      throw RegistryError(error)
    }
  }

  /// The same, whatever has become of the version.
  public func find(_ reference: ModelReference) throws(RegistryError) -> ResolvedModel {
    let version = try database.read { try Self.version(reference, in: $0) }
    return ResolvedModel(version: version, path: try objects.path(of: version.digest))
  }

  /// Loads the artifact of a version with all its checks.
  ///
  /// - Parameter trust: what is asked of its signature, and the day it is asked on; nil for nothing.
  public func load(
    _ version: ModelVersion, trusting trust: SignatureTrust? = nil, on day: String = ""
  ) throws(RegistryError) -> StoredArtifact {
    let files = try objects.files(of: version.digest)
    do throws(ArtifactError) {
      try trust?.require(files, on: day)
      return try ArtifactReader.load(files)
    } catch {
      throw RegistryError(error)
    }
  }
}

/// Rows as values.
extension ModelRegistry {
  static func model(_ name: String, in database: Database) throws -> RegisteredModel {
    guard
      let kind = try String.fetchOne(
        database, sql: "SELECT kind FROM model WHERE name = ?", arguments: [name])
    else {
      let names = try String.fetchAll(database, sql: "SELECT name FROM model ORDER BY name")
      throw RegistryError.unknownModel(name, nearest: NearestName.nearest(to: name, among: names))
    }
    let versions = try Row.fetchAll(
      database, sql: "\(ModelVersion.columns) WHERE name = ? ORDER BY version", arguments: [name])
    let aliases = try Row.fetchAll(
      database, sql: "SELECT alias, version, generation FROM alias WHERE name = ? ORDER BY alias",
      arguments: [name])
    return RegisteredModel(
      name: name, kind: kind, versions: try versions.map(ModelVersion.init(row:)),
      aliases: try aliases.map(ModelAlias.init(row:)))
  }

  /// The version that a reference means, whatever its status.
  static func version(_ reference: ModelReference, in database: Database) throws -> ModelVersion {
    let model = try model(reference.name, in: database)
    let number: Int
    switch reference.selector {
    case .version(let given): number = given
    case .alias(let name):
      guard let alias = model.aliases.first(where: { $0.alias == name }) else {
        throw RegistryError.unknownAlias(name: model.name, alias: name)
      }
      number = alias.version
    case .day(let day):
      guard let champion = try champion(of: model.name, endOf: day, in: database) else {
        throw RegistryError.noChampion(name: model.name, day: day)
      }
      number = champion
    }
    guard let version = model.versions.first(where: { $0.version == number }) else {
      throw RegistryError.unknownVersion(name: model.name, version: number)
    }
    return version
  }

  /// The last move of the champion up to the end of a day in UTC.
  private static func champion(
    of name: String, endOf day: String, in database: Database
  ) throws -> Int? {
    try entries(of: name, in: database).last {
      $0.alias == ModelReference.champion && $0.at.prefix(10) <= day
    }?.version
  }

  static func alias(_ alias: String, of name: String, in database: Database) throws -> ModelAlias? {
    try Row.fetchOne(
      database,
      sql: "SELECT alias, version, generation FROM alias WHERE name = ? AND alias = ?",
      arguments: [name, alias]
    ).map(ModelAlias.init(row:))
  }
}

extension ModelAlias {
  fileprivate init(row: Row) throws {
    alias = try row.decode(String.self, forColumn: "alias")
    version = try row.decode(Int.self, forColumn: "version")
    generation = try row.decode(Int.self, forColumn: "generation")
  }
}

extension ModelVersion {
  static let columns = """
    SELECT version.*, model.kind FROM version JOIN model USING (name)
    """

  init(row: Row) throws {
    func text(_ column: String) throws -> String { try row.decode(String.self, forColumn: column) }
    func json<Value: Decodable>(_ column: String) throws -> Value {
      try CanonicalJSON.decode(from: row.decode(Data.self, forColumn: column))
    }
    name = try text("name")
    version = try row.decode(Int.self, forColumn: "version")
    kind = try text("kind")
    algorithm = try text("algorithm")
    digest = try text("digest")
    modelDigest = try text("model_digest")
    guard let status = Status(rawValue: try text("status")) else {
      throw RegistryError.damaged(path: RegistryDatabase.fileName, reason: "an unknown status")
    }
    self.status = status
    registeredAt = try text("at")
    registeredBy = try text("actor")
    card = try json("card")
    sensitive = try json("sensitive")
    signatureKey = try row.decode(String?.self, forColumn: "signature_key")
    let report = try row.decode(Data?.self, forColumn: "fairness")
    fairness = try report.map { try CanonicalJSON.decode(from: $0) }
  }
}
