internal import CLibrary
import Foundation

/// The terminal: results go to standard output, everything else to standard error.
enum Console {
  /// - Throws: when the output cannot be written, unless its reader has gone away.
  static func write(_ text: String) throws { try write(bytes: Array(text.utf8)) }

  /// - Throws: As `write`.
  static func write(bytes: [UInt8]) throws {
    let code = put(bytes, to: STDOUT_FILENO)
    if code != 0 && code != EPIPE {
      throw CommandError(
        .resources, "cannot write to standard output; \(String(cString: strerror(code)))")
    }
  }

  static func say(_ line: String) { _ = put(line + "\n", to: STDERR_FILENO) }

  /// Replaces the current line of a terminal.
  static func replaceLine(_ text: String) { _ = put("\r\u{1B}[2K" + text, to: STDERR_FILENO) }

  static var errorsGoToTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && errorsGoToTerminal }

  /// Whether the answer to a question is yes.
  static func asks(_ question: String) -> Bool {
    _ = put("\(question) [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains(
      readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
  }

  /// Writes everything; returns the system's error number, 0 for none.
  private static func put(_ text: String, to descriptor: Int32) -> Int32 {
    put(Array(text.utf8), to: descriptor)
  }

  private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { return errno }
      bytes = bytes.dropFirst(written)
    }
    return 0
  }

  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int)
    -> Int
  {
    CLibrary.write(descriptor, bytes, count)
  }
}
