public import Foundation
import GRDB

/// What a collection did, or would do.
public struct Collection: Hashable, Sendable, Codable {
  /// Digests of objects that no version needs, moved to the quarantine.
  public var setAside: [String] = []
  /// Folders of the quarantine that were deleted for good.
  public var deleted: [String] = []
  /// Folders of the quarantine that stay for now.
  public var waiting: [String] = []
  /// Directories that a killed process was still writing.
  public var unfinished: [String] = []
  /// Digests of objects that a killed process left open to changes, closed again.
  public var closed: [String] = []

  public var isEmpty: Bool {
    setAside.isEmpty && deleted.isEmpty && unfinished.isEmpty && closed.isEmpty
  }

  private enum CodingKeys: String, CodingKey {
    case deleted, waiting, unfinished, closed
    case setAside = "set_aside"
  }
}

extension ModelRegistry {
  /// Gives a version up: its number stays, its files may be collected.
  ///
  /// - Throws: `.reasonNeeded`, `.inUse` while an alias points to it.
  public func retire(
    _ reference: ModelReference, reason: String?, by author: Author
  ) throws(RegistryError) {
    guard let reason, !reason.allSatisfy(\.isWhitespace) else {
      throw .reasonNeeded(action: "retiring a version")
    }
    try database.write { database throws in
      let version = try Self.version(reference, in: database)
      if version.status == .retired { return }
      let aliases = try Self.model(version.name, in: database).aliases
      if let alias = aliases.first(where: { $0.version == version.version }) {
        throw RegistryError.inUse(reference: version.reference, alias: alias.alias)
      }
      try Self.set(.retired, version, in: database)
      try Self.append(.retire, by: author, in: database) {
        $0.concern(version)
        $0.reason = reason
      }
    }
  }

  /// What a collection would do now; the same rules without any change.
  ///
  /// - Parameter grace: Seconds that a folder stays in the quarantine.
  public func collectable(
    grace: TimeInterval, by author: Author
  ) throws(RegistryError) -> Collection {
    try database.read { try plan(grace: grace, by: author, in: $0) }
  }

  /// Clears away in two steps what no version needs: objects move to the quarantine, and are deleted by a later
  /// collection once they have been there for `grace` seconds.
  ///
  /// No version is registered meanwhile. What a version needs is never touched; nor is the last damaged copy of
  /// what one would need.
  public func collect(
    grace: TimeInterval, by author: Author
  ) throws(RegistryError) -> Collection {
    try database.write { database throws in
      var done = try plan(grace: grace, by: author, in: database)
      for folder in done.deleted {
        try objects.deleteQuarantined(folder)
        try database.execute(sql: "DELETE FROM quarantine WHERE folder = ?", arguments: [folder])
      }
      for folder in done.waiting { try Self.note(folder, isNew: false, by: author, in: database) }
      done.setAside = try done.setAside.filter { digest in
        guard let folder = try objects.setAside(digest: digest) else { return false }
        try Self.note(folder, isNew: true, by: author, in: database)
        return true
      }
      done.unfinished = try done.unfinished.filter { try objects.delete($0) }
      done.closed = try done.closed.filter { try objects.close($0) }
      if !done.isEmpty {
        try Self.append(.collect, by: author, in: database) { $0.detail = try Self.json(done) }
      }
      return done
    }
  }

  private func plan(
    grace: TimeInterval, by author: Author, in database: Database
  ) throws -> Collection {
    let needed = Set(
      try String.fetchAll(database, sql: "SELECT digest FROM version WHERE status <> 'retired'"))
    let since = try Row.fetchAll(database, sql: "SELECT folder, at FROM quarantine").map {
      (
        try $0.decode(String.self, forColumn: "folder"), try $0.decode(String.self, forColumn: "at")
      )
    }
    let times = Dictionary(since) { first, _ in first }
    let limit = Author(name: "", at: author.at.addingTimeInterval(-grace)).timestamp
    var found = Collection()
    for folder in try objects.quarantined() {
      let digest = ObjectStore.digest(ofQuarantined: folder)
      let isNeeded = try needed.contains(digest) && !objects.isWhole(digest)
      // One without a time was moved by a process that was killed: its time begins now.
      let isDue = times[folder].map { $0 <= limit } ?? false
      if isDue && !isNeeded { found.deleted.append(folder) } else { found.waiting.append(folder) }
    }
    found.setAside = try objects.digests().filter { !needed.contains($0) }
    found.unfinished = try objects.unfinished()
    found.closed = try objects.open(among: needed)
    return found
  }
}
