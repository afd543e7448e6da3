internal import CLibrary
public import Foundation

/// A file that appears under its name complete and on the device, or not at all.
///
/// Bytes go to `.<name>.partial` beside the target, which is locked while it is written, so that what
/// a killed process left is taken over by the next one and two living ones do not mix. Publishing
/// syncs the file, renames it over the target and syncs the directory. Going out of scope without
/// publishing removes the temporary file.
public struct DurableFile: ~Copyable {
  public let path: String
  private let place: Place
  private let file: OpenFile
  private var isPublished = false

  /// - Throws: `.notRegularFile` if something other than a file has the name, `.busy` if another
  ///   process writes it, `.storage`.
  public init(path: String) throws(ArtifactError) {
    try self.init(path: path, by: try Place(path).temporary)
  }

  /// - Parameter temporary: where its bytes gather, on the same file system.
  init(path: String, by temporary: String) throws(ArtifactError) {
    let place = try Place(path, temporary: temporary)
    if let existing = try OpenFile.status(of: path), !existing.isRegular {
      throw .notRegularFile(path: path)
    }
    file = try Self.temporary(place.temporary)
    self.path = path
    self.place = place
  }

  deinit {
    guard !isPublished else { return }
    let temporary = place.temporary
    retryingInterrupts { unlink(temporary) }
  }

  public func append(_ bytes: some ContiguousBytes) throws(ArtifactError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(ArtifactError) in try file.write(all: buffer) }
    }
    try result.get()
  }

  /// Gives the file its name, complete and on the device.
  public consuming func publish() throws(ArtifactError) {
    try file.synchronize()
    let (temporary, target) = (place.temporary, path)
    guard retryingInterrupts({ rename(temporary, target) }) == 0 else {
      throw .storage(StorageError(.rename, path: target, code: errno))
    }
    isPublished = true
    try OpenFile(place.directory, for: .directory, followingLink: true).synchronizeDirectory()
  }

  /// Whether `path` is a plain file of one name, and no link; nil if there is nothing.
  package static func isPlain(_ path: String) throws(ArtifactError) -> Bool? {
    try OpenFile.status(of: path).map { $0.isRegular && $0.linkCount == 1 }
  }

  /// Writes `bytes` as the whole content of `path`, replacing a file that is there.
  public static func write(_ bytes: Data, to path: String) throws(ArtifactError) {
    let file = try DurableFile(path: path)
    try file.append(bytes)
    try file.publish()
  }

  /// The temporary file, locked by us.
  static func temporary(
    _ path: String, isEmptied: Bool = true
  ) throws(ArtifactError) -> OpenFile {
    // A writer that held the lock may publish between our opening and locking; then we hold its
    // target and start over.
    for _ in 0..<16 {
      let file = try OpenFile(path, for: .rewriting)
      guard try file.lock() else { throw .busy(path: path) }
      let opened = try file.status()
      guard opened.isRegular, opened.linkCount <= 1 else { throw .notRegularFile(path: path) }
      if let named = try OpenFile.status(of: path), named.isSame(as: opened) {
        if isEmptied { try file.cut(to: 0) }
        return file
      }
    }
    throw .busy(path: path)
  }
}

/// Where a file or directory will be published.
struct Place {
  let directory: String
  let name: String
  /// Where it gathers first: beside its target, unless said otherwise.
  let temporary: String

  init(_ path: String, temporary: String? = nil) throws(ArtifactError) {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { String(trimmed[trimmed.utf8.index(after: $0)...]) } ?? trimmed
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0) else {
      throw .notRegularFile(path: path)
    }
    self.name = name
    directory =
      switch slash {
      case nil: "."
      case let slash? where slash == trimmed.startIndex: "/"
      case let slash?: String(trimmed[..<slash])
      }
    self.temporary =
      temporary ?? (directory == "/" ? "/" : directory + "/") + ".\(name).partial"
  }
}
