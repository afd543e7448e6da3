import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The terminal: results go to standard output, everything else to standard error.
enum Console {
  static func write(_ text: String) { put(text, to: STDOUT_FILENO) }

  static func say(_ line: String) { put(line + "\n", to: STDERR_FILENO) }

  /// Replaces the current line of a terminal.
  static func replaceLine(_ text: String) { put("\r\u{1B}[2K" + text, to: STDERR_FILENO) }

  static var errorsGoToTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes all of `text`; a reader that has gone away ends the output, not the program.
  private static func put(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { return }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int)
    -> Int
  {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }
}
