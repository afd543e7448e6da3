#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a table, read piece by piece.
///
/// Files are read with `pread` into small buffers that stay in the cache, not mapped: a mapped file
/// that another process truncates kills the reader with SIGBUS, and its pages count as memory of
/// this process. Copying from the page cache costs about a tenth of the time of parsing. What is not
/// a regular file (a pipe, a device) is read to its end first.
package final class CSVSource: Sendable {
  private enum Storage {
    case file(descriptor: Int32)
    case memory([UInt8])
  }

  let path: String
  package let count: Int
  private let storage: Storage

  init(path: String, bytes: [UInt8]) {
    self.path = path
    count = bytes.count
    storage = .memory(bytes)
  }

  package init(path: String) throws(TableError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
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
      storage = .file(descriptor: descriptor)
    case S_IFDIR:
      close(descriptor)
      throw .unreadable(path: path, code: EISDIR)
    default:
      defer { close(descriptor) }
      let bytes = try Self.readToEnd(descriptor, path: path)
      count = bytes.count
      storage = .memory(bytes)
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

  private static func readToEnd(_ descriptor: Int32, path: String) throws(TableError) -> [UInt8] {
    var bytes: [UInt8] = []
    let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 16)
    defer { piece.deallocate() }
    while true {
      let received = Self.read(descriptor, piece)
      if received == 0 { return bytes }
      if received < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, code: errno)
      }
      bytes.append(contentsOf: piece[..<received])
    }
  }

  private static func read(_ descriptor: Int32, _ piece: UnsafeMutableBufferPointer<UInt8>) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, piece.baseAddress, piece.count)
    #elseif canImport(Musl)
      Musl.read(descriptor, piece.baseAddress, piece.count)
    #else
      Darwin.read(descriptor, piece.baseAddress, piece.count)
    #endif
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
