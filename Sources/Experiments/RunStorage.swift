internal import Artifacts
internal import CLibrary
internal import Foundation

/// Directories of a run on disk; files themselves are written by `DurableFile`.
enum RunStorage {
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a directory, and unless told otherwise those above it.
  static func makeDirectory(_ path: String, withParents: Bool = true) throws(RunError) {
    if retryingInterrupts({ mkdir(path, 0o777) }) == 0 { return }
    let code = errno
    if code == EEXIST, isDirectory(path) { return }
    if withParents, code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeDirectory(String(path[..<slash]))
      if retryingInterrupts({ mkdir(path, 0o777) }) == 0 { return }
      if errno == EEXIST && isDirectory(path) { return }
    }
    throw .storage(StorageError(.create, path: path, code: code))
  }

  /// Names in a directory in the order of their UTF-8 bytes; none if there is no directory.
  static func names(in directory: String) throws(RunError) -> [String] {
    var opened = opendir(directory)
    while opened == nil && errno == EINTR { opened = opendir(directory) }
    guard let stream = opened else {
      if errno == ENOENT { return [] }
      throw .storage(StorageError(.list, path: directory, code: errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func remove(_ path: String) throws(RunError) {
    guard exists(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw .storage(StorageError(.remove, path: path, code: code(of: error)))
    }
  }

  /// Renames in one step, durably.
  static func move(_ source: String, to target: String) throws(RunError) {
    guard retryingInterrupts({ rename(source, target) }) == 0 else {
      throw .storage(StorageError(.rename, path: target, code: errno))
    }
    try syncDirectory(above: target)
  }

  /// Points the link at `path` to `target`, replacing an earlier link in one step.
  ///
  /// Another runner of the folder may point it elsewhere at the same time: then either of them stays.
  static func link(_ path: String, to target: String) throws(RunError) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let temporary = "\(path[..<slash]).\(path[slash...]).partial"
    for _ in 0..<16 {
      retryingInterrupts { unlink(temporary) }
      guard retryingInterrupts({ symlink(target, temporary) }) == 0 else {
        if errno == EEXIST { continue }
        throw .storage(StorageError(.create, path: temporary, code: errno))
      }
      guard retryingInterrupts({ rename(temporary, path) }) == 0 else {
        if errno == ENOENT { continue }
        throw .storage(StorageError(.rename, path: path, code: errno))
      }
      return try syncDirectory(above: path)
    }
    throw .storage(StorageError(.rename, path: path, code: EBUSY))
  }

  /// Finds out whether files can be made in a directory, or where it would be made, before work is done
  /// for them; leaves nothing behind.
  static func requireWritable(_ directory: String) throws(RunError) {
    var place = directory
    while !exists(place) {
      guard let slash = place.lastIndex(of: "/") else {
        place = "."
        break
      }
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
    guard isDirectory(place) else {
      throw .storage(StorageError(.create, path: place, code: ENOTDIR))
    }
    // One name for all: what a killed process leaves is taken up by the next.
    let probe = "\(place)/.cohort.partial"
    let descriptor = retryingInterrupts {
      open(probe, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    guard descriptor >= 0 else {
      throw .storage(StorageError(.create, path: place, code: errno))
    }
    defer { close(descriptor) }
    retryingInterrupts { unlink(probe) }
    guard retryingInterrupts({ pwrite(descriptor, "\n", 1, 0) }) == 1 else {
      throw .storage(StorageError(.write, path: place, code: errno))
    }
  }

  /// Whether both paths lead to the same file or directory, links followed.
  static func isSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// How long a wait for another process takes between two looks.
  static func pause() { poll(nil, 0, 20) }

  static func write(_ data: Data, to path: String) throws(RunError) {
    do throws(ArtifactError) {
      try DurableFile.write(data, to: path)
    } catch {
      throw .artifact(error)
    }
  }

  static func read(_ path: String) throws(RunError) -> Data {
    do throws(StorageError) {
      return try contents(of: path)
    } catch {
      throw .storage(error)
    }
  }

  /// The first `limit` bytes of a file, or of whatever else can be read.
  static func contents(of path: String, limit: Int = .max) throws(StorageError) -> Data {
    let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw StorageError(.read, path: path, code: errno) }
    defer { close(descriptor) }
    var data = Data()
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while data.count < limit {
      let count = block.withUnsafeMutableBytes { bytes in
        retryingInterrupts { readSome(descriptor, bytes) }
      }
      guard count >= 0 else { throw StorageError(.read, path: path, code: errno) }
      if count == 0 { break }
      data += block[..<count]
    }
    return data.prefix(limit)
  }

  static func syncDirectory(above path: String) throws(RunError) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let place = parent.isEmpty ? "/" : parent
    let descriptor = retryingInterrupts { open(place, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw .storage(StorageError(.open, path: parent, code: errno))
    }
    defer { close(descriptor) }
    guard retryingInterrupts({ fsync(descriptor) }) == 0 else {
      throw .storage(StorageError(.sync, path: parent, code: errno))
    }
  }

  private static func code(of error: any Error) -> Int32 {
    let found = error as NSError
    let posix = found.domain == NSPOSIXErrorDomain ? found : found.userInfo[NSUnderlyingErrorKey]
    return Int32(truncatingIfNeeded: (posix as? NSError)?.code ?? Int(EIO))
  }
}

// Inside the type its own `read` would be meant.
private func readSome(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}
