import Artifacts
import Foundation

/// The artifacts of a registry, each in a directory named by the SHA-256 of its manifest.
///
/// An object is there whole or not at all, and nobody may write to it but to sign it. What is found damaged, and what no
/// version needs, is moved to `quarantine/` first.
struct ObjectStore: Sendable {
  private let objects: String
  private let quarantine: String

  init(in folder: String) {
    objects = "\(folder)/objects/sha256"
    quarantine = "\(folder)/quarantine"
  }

  /// - Throws: `.damaged` if `digest` is none.
  func path(of digest: String) throws(RegistryError) -> String {
    let digits = digest.dropFirst("sha256:".count)
    guard digest.hasPrefix("sha256:"), Self.isHash(String(digits)) else {
      throw .damaged(path: objects, reason: "a version's digest is not a SHA-256")
    }
    return "\(objects)/\(digits.prefix(2))/\(digits)"
  }

  /// The folder of the registry whose object would lie at an absolute path, and the digest; nil for other places.
  static func owner(ofObjectAt path: String) -> (folder: String, digest: String)? {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return nil }
    let (folder, digest) = ("/" + parts.dropLast(4).joined(separator: "/"), "sha256:\(name)")
    guard let place = try? ObjectStore(in: folder).path(of: digest), place == path else {
      return nil
    }
    return (folder, digest)
  }

  private static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Whether the object is there and says that it is the one; its files are checked by who loads it.
  func holds(_ digest: String) throws(RegistryError) -> Bool {
    let path = try path(of: digest)
    do throws(ArtifactError) {
      return try ArtifactFiles.identity(of: path) == digest
    } catch .storage(let error) where error.cause != .missing {
      throw .storage(error)
    } catch {
      return false
    }
  }

  /// Reads the object and checks every byte of it.
  ///
  /// - Throws: `.artifact` for what is wrong with it, `.storage` if that cannot be known.
  func files(of digest: String) throws(RegistryError) -> ArtifactFiles {
    let path = try path(of: digest)
    do throws(ArtifactError) {
      let files = try ArtifactFiles(verifying: path)
      guard files.identity == digest else {
        throw ArtifactError.damaged(file: "manifest.json", .digest)
      }
      return files
    } catch {
      throw RegistryError(error)
    }
  }

  /// Whether the object is there with every byte as it was.
  ///
  /// - Throws: `.storage` if that cannot be known.
  func isWhole(_ digest: String) throws(RegistryError) -> Bool { try whole(digest) != nil }

  private func whole(_ digest: String) throws(RegistryError) -> ArtifactFiles? {
    do throws(RegistryError) {
      return try files(of: digest)
    } catch .artifact(let error) where error.isOfNewerFormat {
      throw .artifact(error)
    } catch .artifact {
      return nil
    }
  }

  /// Whether a signature lies in the object, whatever it is worth.
  func isSigned(_ digest: String) throws(RegistryError) -> Bool {
    let path = try path(of: digest)
    do throws(ArtifactError) {
      return try DurableFile.isPlain("\(path)/\(ModelSignature.file)") != nil
    } catch {
      throw RegistryError(error)
    }
  }

  /// Puts a signature into the object whose files it covers, unless it is there.
  ///
  /// - Returns: The digest of the key that it names.
  /// - Throws: `.artifact` with `.signature` if it covers others.
  @discardableResult
  func install(_ signature: Data, covering files: ArtifactFiles) throws(RegistryError) -> String? {
    let path = try path(of: files.identity)
    do throws(ArtifactError) {
      let key = try files.requireCover(by: signature)
      if signature == files.signature {
        // Who was killed while putting it there has left the object open.
        _ = try DurableDirectory.close(path)
      } else {
        try DurableDirectory.changing(path) { () throws(ArtifactError) in
          try ModelSignature.install(signature, in: path)
        }
      }
      return key
    } catch {
      throw RegistryError(error)
    }
  }

  /// Puts a copy of a checked artifact among the objects; a damaged one in its place is set aside.
  ///
  /// An object that is there takes the signature of the copy, if that has one.
  ///
  /// - Returns: The digest of the key that the object's signature names, if it has one of its own.
  /// - Throws: `.artifact` with `.signature` for one that does not cover the object: what was measured may differ
  ///   between equal artifacts, and a signature covers it.
  func publish(_ files: ArtifactFiles) throws(RegistryError) -> String? {
    let path = try path(of: files.identity)
    if let present = try whole(files.identity) {
      // A worthless signature is told by whoever uses the object.
      guard let signature = files.signature else { return try? present.requireOwnSignature() }
      return try install(signature, covering: present)
    }
    _ = try setAside(digest: files.identity)
    do throws(ArtifactError) {
      try DurableDirectory.make(Self.parent(of: path))
      try DurableDirectory.publish(try files.all(), to: path, isReadOnly: true)
      return try files.requireOwnSignature()
    } catch {
      throw RegistryError(error)
    }
  }

  /// Digests of all objects that lie where they belong, in order.
  func digests() throws(RegistryError) -> [String] {
    var digests: [String] = []
    for (name, place) in try names(where: Self.isHash) {
      let digest = "sha256:\(name)"
      if try path(of: digest) == place { digests.append(digest) }
    }
    return digests
  }

  /// Those of `digests` whose objects may be written to, as a process leaves them that is killed while it signs one
  /// or sets it aside.
  func open(among digests: Set<String>) throws(RegistryError) -> [String] {
    var open: [String] = []
    for digest in try self.digests() where digests.contains(digest) {
      let path = try path(of: digest)
      do throws(ArtifactError) {
        if try DurableDirectory.allowsWriting(to: path) { open.append(digest) }
      } catch {
        throw RegistryError(error)
      }
    }
    return open
  }

  /// Lets nobody write to an object any more; only while nobody signs.
  ///
  /// - Returns: Whether that is so now.
  func close(_ digest: String) throws(RegistryError) -> Bool {
    let path = try path(of: digest)
    do throws(ArtifactError) {
      return try DurableDirectory.close(path)
    } catch {
      throw RegistryError(error)
    }
  }

  /// Directories that a killed process was publishing, or that a living one is.
  func unfinished() throws(RegistryError) -> [String] {
    try names { $0.hasPrefix(".") && $0.hasSuffix(".partial") }.map(\.path)
  }

  private func names(
    where isMeant: (String) -> Bool
  ) throws(RegistryError) -> [(name: String, path: String)] {
    do throws(ArtifactError) {
      var found: [(name: String, path: String)] = []
      for folder in try DurableDirectory.names(in: objects) {
        let path = "\(objects)/\(folder)"
        found += try DurableDirectory.names(in: path).filter(isMeant).map { ($0, "\(path)/\($0)") }
      }
      return found
    } catch {
      throw RegistryError(error)
    }
  }

  private static func parent(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
}

/// The quarantine: where what is to be deleted waits, and what was damaged is kept for a look.
extension ObjectStore {
  /// Moves the object to the quarantine, if it is there.
  ///
  /// - Returns: The name of its folder.
  func setAside(digest: String) throws(RegistryError) -> String? {
    let path = try path(of: digest)
    do throws(ArtifactError) {
      let names = try DurableDirectory.names(in: Self.parent(of: path))
      guard names.contains(where: { path.hasSuffix("/\($0)") }) else { return nil }
      return try setAside(path)
    } catch {
      throw RegistryError(error)
    }
  }

  private func setAside(_ path: String) throws(ArtifactError) -> String {
    try DurableDirectory.make(quarantine)
    let name = path[path.index(path.startIndex, offsetBy: Self.parent(of: path).count + 1)...]
    // The same object may be set aside again and again.
    let taken = Set(try DurableDirectory.names(in: quarantine))
    let number = (1...).first { !taken.contains("\(name).\($0)") } ?? 1
    let folder = "\(name).\(number)"
    try DurableDirectory.move(path, to: "\(quarantine)/\(folder)")
    return folder
  }

  func quarantined() throws(RegistryError) -> [String] {
    do throws(ArtifactError) {
      return try DurableDirectory.names(in: quarantine)
        .filter { Self.isHash(String($0.prefix { $0 != "." })) }
    } catch {
      throw RegistryError(error)
    }
  }

  /// The digest of what a folder of the quarantine was.
  static func digest(ofQuarantined folder: String) -> String {
    "sha256:\(folder.prefix { $0 != "." })"
  }

  func deleteQuarantined(_ folder: String) throws(RegistryError) {
    _ = try delete("\(quarantine)/\(folder)")
  }

  /// - Returns: Whether it is gone; false while a living process writes it.
  func delete(_ path: String) throws(RegistryError) -> Bool {
    do throws(ArtifactError) {
      return try DurableDirectory.remove(path)
    } catch {
      throw RegistryError(error)
    }
  }
}

extension ArtifactError {
  /// Whether only a newer reader can say whether the artifact is sound.
  var isOfNewerFormat: Bool {
    switch self {
    case .newerFormat, .unknownRequirement, .unsupportedKind: true
    default: false
    }
  }
}
