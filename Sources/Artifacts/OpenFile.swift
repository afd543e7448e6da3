internal import CLibrary
import Foundation

/// A file or directory held open until it goes out of scope; links are not followed to it.
struct OpenFile: ~Copyable {
  private let descriptor: Int32
  let path: String

  enum Purpose {
    case reading, rewriting, directory

    fileprivate var flags: Int32 {
      switch self {
      // Not blocking: opening a FIFO must return so that it can be refused.
      case .reading: O_RDONLY | O_NONBLOCK
      case .rewriting: O_RDWR | O_CREAT | O_NONBLOCK
      case .directory: O_RDONLY | O_DIRECTORY
      }
    }
  }

  /// The kind and size of what is open.
  struct Status {
    let isRegular: Bool
    let isDirectory: Bool
    /// Whether its mode lets anybody write.
    let allowsWriting: Bool
    let linkCount: Int
    let size: Int
    let device: UInt64
    let node: UInt64

    init(_ status: stat) {
      isRegular = status.st_mode & S_IFMT == S_IFREG
      isDirectory = status.st_mode & S_IFMT == S_IFDIR
      allowsWriting = status.st_mode & 0o222 != 0
      linkCount = Int(status.st_nlink)
      size = Int(status.st_size)
      device = UInt64(truncatingIfNeeded: status.st_dev)
      node = UInt64(truncatingIfNeeded: status.st_ino)
    }

    func isSame(as other: Status) -> Bool { device == other.device && node == other.node }
  }

  /// Opens `path`, whose last component must not be a link unless it is a directory that a user named.
  ///
  /// - Parameter mode: of a file that is made, which may be written here whatever it says.
  init(
    _ path: String, for purpose: Purpose, followingLink: Bool = false, mode: mode_t = 0o644
  ) throws(ArtifactError) {
    let flags = purpose.flags | O_CLOEXEC | (followingLink ? 0 : O_NOFOLLOW)
    descriptor = retryingInterrupts { open(path, flags, mode) }
    self.path = path
    guard descriptor >= 0 else {
      let operation: StorageError.Operation = purpose == .rewriting ? .create : .open
      throw .storage(StorageError(operation, path: path, code: errno))
    }
  }

  /// Opens `name` inside `directory`.
  init(
    _ name: String, in directory: borrowing OpenFile, for purpose: Purpose
  ) throws(ArtifactError) {
    let parent = directory.descriptor
    let flags = purpose.flags | O_CLOEXEC | O_NOFOLLOW
    descriptor = retryingInterrupts { openat(parent, name, flags, 0o644) }
    path = directory.path + "/" + name
    guard descriptor >= 0 else {
      throw .storage(StorageError(.open, path: path, code: errno))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func status() throws(ArtifactError) -> Status {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(.read) }
    return Status(status)
  }

  /// What `path` names now, without following a link; nil if nothing.
  static func status(of path: String) throws(ArtifactError) -> Status? {
    var status = stat()
    if lstat(path, &status) == 0 { return Status(status) }
    if errno == ENOENT { return nil }
    throw .storage(StorageError(.open, path: path, code: errno))
  }

  /// Whether `name` in `directory` is a directory and not a link to one; not if the name is no text, and so
  /// cannot be asked about.
  static func isDirectory(
    _ name: String, in directory: borrowing OpenFile
  ) throws(ArtifactError) -> Bool {
    var status = stat()
    guard fstatat(directory.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return false }
      throw .storage(StorageError(.list, path: directory.path + "/" + name, code: errno))
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// Lets the owner write, who need not be able to while that is allowed already.
  func allowWriting() throws(ArtifactError) {
    guard try !changeMode({ $0 | 0o200 }) else { return }
    throw failure(.write)
  }

  /// Lets nobody write.
  ///
  /// It guards against slips: where a file system refuses, nothing is lost.
  func withdrawWriting() {
    _ = try? changeMode { $0 & ~0o222 }
  }

  /// - Returns: Whether the mode is as wanted.
  private func changeMode(_ change: (mode_t) -> mode_t) throws(ArtifactError) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(.read) }
    let mode = status.st_mode & 0o7777
    return change(mode) == mode || fchmod(descriptor, change(mode)) == 0
  }

  /// Takes the write lock; false if another process or thread holds it.
  func lock() throws(ArtifactError) -> Bool {
    let descriptor = descriptor
    if retryingInterrupts({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw failure(.lock)
  }

  /// Keeps the first bytes; writing goes on behind them.
  func cut(to byteCount: Int) throws(ArtifactError) {
    let descriptor = descriptor
    guard retryingInterrupts({ ftruncate(descriptor, off_t(byteCount)) }) == 0,
      lseek(descriptor, off_t(byteCount), SEEK_SET) >= 0
    else { throw failure(.write) }
  }

  /// Writes every byte, however many calls it takes.
  func write(all bytes: UnsafeRawBufferPointer) throws(ArtifactError) {
    let descriptor = descriptor
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = retryingInterrupts {
        writeSome(descriptor, UnsafeRawBufferPointer(rebasing: rest))
      }
      guard written > 0 else { throw failure(.write) }
      rest = rest.dropFirst(written)
    }
  }

  /// Forces content to the device.
  ///
  /// A failure is final: the kernel may have dropped what it could not write, so trying again would
  /// report success without it. An interruption is no failure.
  func synchronize() throws(ArtifactError) {
    let descriptor = descriptor
    guard retryingInterrupts({ fsync(descriptor) }) == 0 else { throw failure(.sync) }
  }

  /// Forces the names in a directory to the device, where its file system offers that.
  func synchronizeDirectory() throws(ArtifactError) {
    let descriptor = descriptor
    guard retryingInterrupts({ fsync(descriptor) }) == 0 || errno == EINVAL else {
      throw failure(.sync)
    }
  }

  /// Exactly `count` bytes from the start; fewer if the file ends before.
  func read(count: Int) throws(ArtifactError) -> Data {
    var data = Data(count: count)
    var filled = 0
    while filled < count {
      let got = data.withUnsafeMutableBytes { buffer in
        retryingInterrupts {
          readSome(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
      }
      guard got >= 0 else { throw failure(.read) }
      if got == 0 { break }
      filled += got
    }
    return data.prefix(filled)
  }

  /// The names in a directory, in the order of their UTF-8 bytes.
  func names() throws(ArtifactError) -> [String] {
    let copy = dup(descriptor)
    guard copy >= 0, let stream = fdopendir(copy) else { throw failure(.list) }
    defer { closedir(stream) }
    rewinddir(stream)
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw failure(.list) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func failure(_ operation: StorageError.Operation) -> ArtifactError {
    .storage(StorageError(operation, path: path, code: errno))
  }
}

private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

private func readSome(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}
