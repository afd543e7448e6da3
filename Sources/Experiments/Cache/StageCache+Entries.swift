internal import Artifacts
internal import CLibrary
internal import Foundation

extension StageCache {
  /// A file of the cache.
  public struct Entry: Hashable, Sendable {
    /// 64 hexadecimal digits, or the name of a file that a killed process has left.
    public let name: String
    public let bytes: Int
    /// Seconds since 1970.
    public let lastUse: Double
    /// Whether it is an entry, not what is left of writing one.
    public let isWhole: Bool
    let path: String
  }

  /// What an entry says of itself.
  public struct Description: Hashable, Sendable {
    /// The step that has learnt it.
    public let step: String
    /// What learning it took.
    public let seconds: Double
  }

  /// All files of the cache, the one used last first; those that vanish meanwhile are left out.
  public func entries() throws(RunError) -> [Entry] {
    var entries: [Entry] = []
    for part in try RunStorage.names(in: folder) where Self.isHexadecimal(part, count: 2) {
      for name in try RunStorage.names(in: "\(folder)/\(part)") {
        if let entry = Self.entry(name, in: "\(folder)/\(part)") { entries.append(entry) }
      }
    }
    return entries.sorted { ($0.lastUse, $0.name) > ($1.lastUse, $1.name) }
  }

  /// Nil for a damaged or foreign file.
  public func description(of entry: Entry) -> Description? {
    guard entry.isWhole, let file = FileHandle(forReadingAtPath: entry.path),
      let start = try? file.read(upToCount: 4096), let (header, _) = Self.header(of: start)
    else { return nil }
    return Description(step: header.name, seconds: header.seconds)
  }

  /// Removes entries, those used least recently first, until the rest keeps the limit, and what killed
  /// processes have left.
  ///
  /// - Parameters:
  ///   - limit: bytes; nil for any number.
  ///   - oldest: seconds since 1970; entries not used since go as well.
  ///   - isTrial: whether to remove nothing.
  /// - Returns: what was removed.
  @discardableResult
  public func collect(
    limit: Double?, notUsedSince oldest: Double? = nil, isTrial: Bool = false
  ) throws(RunError) -> [Entry] {
    var kept = 0.0
    var removed: [Entry] = []
    for entry in try entries() {
      guard entry.isWhole else {
        if Self.removeLeftover(entry.path, isTrial: isTrial) { removed.append(entry) }
        continue
      }
      let isOld = oldest.map { entry.lastUse < $0 } ?? false
      if !isOld, limit.map({ kept + Double(entry.bytes) <= $0 }) ?? true {
        kept += Double(entry.bytes)
        continue
      }
      // Once the limit is reached, all that was used longer ago goes.
      if !isOld { kept = .infinity }
      if !isTrial {
        guard retryingInterrupts({ unlink(entry.path) }) == 0 || errno == ENOENT else {
          throw .storage(StorageError(.remove, path: entry.path, code: errno))
        }
      }
      removed.append(entry)
    }
    return removed
  }

  private static func entry(_ name: String, in directory: String) -> Entry? {
    let isWhole = isHexadecimal(name, count: 64)
    let isLeftover = name.hasPrefix(".") && name.hasSuffix(".partial")
    var status = stat()
    let path = "\(directory)/\(name)"
    guard isWhole || isLeftover, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Entry(
      name: name, bytes: Int(status.st_size),
      lastUse: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, isWhole: isWhole, path: path)
  }

  /// Removes the file of a writer that has died; a living one holds its lock.
  private static func removeLeftover(_ path: String, isTrial: Bool) -> Bool {
    let descriptor = retryingInterrupts {
      open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard retryingInterrupts({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else { return false }
    return isTrial || retryingInterrupts({ unlink(path) }) == 0
  }

  private static func isHexadecimal(_ name: String, count: Int) -> Bool {
    name.utf8.count == count
      && name.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
