internal import CLibrary

/// The bytes of a table, read piece by piece.
///
/// Files are read with `pread` into small buffers that stay in the cache, not mapped: a mapped file
/// that another process truncates kills the reader with SIGBUS, and its pages count as memory of
/// this process. Copying from the page cache costs about a tenth of the time of parsing. What is not
/// a regular file (a pipe, a device) is read to its end first, the small into memory, the large into a
/// temporary file without a name.
package final class CSVSource: Sendable {
  private enum Storage {
    case file(descriptor: Int32)
    case memory([UInt8])
  }

  let path: String
  package let count: Int
  /// Nil for what is not a file.
  let identity: FileIdentity?
  private let storage: Storage

  init(path: String, bytes: [UInt8]) {
    self.path = path
    count = bytes.count
    identity = nil
    storage = .memory(bytes)
  }

  /// - Parameter memoryLimit: Bytes of a pipe that are kept in memory.
  package init(path: String, memoryLimit: Int = 1 << 26) throws(TableError) {
    var descriptor = open(path, O_RDONLY | O_CLOEXEC)
    while descriptor < 0 && errno == EINTR { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
    if descriptor < 0 { throw .unreadable(path: path, code: errno) }
    var status = stat()
    if fstat(descriptor, &status) != 0 {
      let code = errno
      close(descriptor)
      throw .unreadable(path: path, code: code)
    }
    self.path = path
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      count = Int(status.st_size)
      identity = FileIdentity(status)
      storage = .file(descriptor: descriptor)
    case S_IFDIR:
      close(descriptor)
      throw .unreadable(path: path, code: EISDIR)
    default:
      defer { close(descriptor) }
      (storage, count) = try Self.readToEnd(descriptor, path: path, memoryLimit: memoryLimit)
      identity = nil
    }
  }

  deinit {
    if case .file(let descriptor) = storage { close(descriptor) }
  }

  /// Copies the bytes of `range`, which lies within the source.
  package func read(
    _ range: Range<Int>, into target: UnsafeMutablePointer<UInt8>
  ) throws(TableError) {
    switch storage {
    case .memory(let bytes):
      bytes.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress, !range.isEmpty {
          target.update(from: base + range.lowerBound, count: range.count)
        }
      }
    case .file(let descriptor):
      var done = 0
      while done < range.count {
        let offset = off_t(range.lowerBound + done)
        let received = pread(descriptor, target + done, range.count - done, offset)
        if received == 0 { throw .changedWhileReading(path: path) }
        if received < 0 {
          if errno == EINTR { continue }
          throw .unreadable(path: path, code: errno)
        }
        done += received
      }
    }
  }

  /// - Throws: `.changedWhileReading` if the file was written to, replaced or renamed since it was opened.
  func requireUnchanged() throws(TableError) {
    guard let identity, case .file(let descriptor) = storage else { return }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
    guard FileIdentity(status) == identity else { throw .changedWhileReading(path: path) }
  }

  private static func readToEnd(
    _ descriptor: Int32, path: String, memoryLimit: Int
  ) throws(TableError) -> (Storage, count: Int) {
    var bytes: [UInt8] = []
    var spool: Int32?
    var count = 0
    let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
    defer { piece.deallocate() }
    while true {
      let received = Self.read(descriptor, piece)
      if received < 0, errno == EINTR { continue }
      let code = received < 0 ? errno : spool.map { write(bytes, to: $0) } ?? 0
      if code != 0 {
        if let spool { close(spool) }
        throw .unreadable(path: path, code: code)
      }
      if spool != nil { bytes.removeAll(keepingCapacity: true) }
      if received == 0 { return (spool.map { .file(descriptor: $0) } ?? .memory(bytes), count) }
      bytes.append(contentsOf: piece[..<received])
      count += received
      if spool == nil, count > memoryLimit { spool = try temporaryFile(path) }
    }
  }

  /// A file that nobody else can find, and that ends with its descriptor.
  private static func temporaryFile(_ path: String) throws(TableError) -> Int32 {
    guard let stream = tmpfile() else { throw .unreadable(path: path, code: errno) }
    let descriptor = dup(fileno(stream))
    let code = errno
    fclose(stream)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: code) }
    return descriptor
  }

  /// Returns the system's error number, 0 for none.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
        if written < 0, errno == EINTR { continue }
        if written <= 0 { return errno }
        rest = rest.dropFirst(written)
      }
      return 0
    }
  }

  private static func read(_ descriptor: Int32, _ piece: UnsafeMutableBufferPointer<UInt8>) -> Int {
    CLibrary.read(descriptor, piece.baseAddress, piece.count)
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// What the file system says of a file; every change of its content, its name or its place changes it.
struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
  private let device: UInt64
  private let node: UInt64
  private let size: Int64
  /// When content and entry were last changed, in seconds and billionths.
  private let times: [Int]

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    node = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      let (content, entry) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (content, entry) = (status.st_mtim, status.st_ctim)
    #endif
    times = [
      Int(content.tv_sec), Int(content.tv_nsec), Int(entry.tv_sec), Int(entry.tv_nsec),
    ]
  }

  var description: String {
    "\(device):\(node) \(size) " + times.map(String.init).joined(separator: ".")
  }
}

/// The system's words for an error number.
package func systemReason(_ code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  strerror_r(code, &text, text.count)
  return text.withUnsafeBufferPointer { buffer in
    buffer.baseAddress.map { String(cString: $0) } ?? "error \(code)"
  }
}
