import Artifacts
internal import CLibrary
import Experiments
import Foundation

/// Another process of this program that computes trials (`--worker`).
///
/// Its standard input is a lifeline: it ends when this process does, however that ends. What it says on
/// standard error is kept for the case that it gives up.
final class WorkerProcess: Worker {
  let process: Int32
  private let lifeline: Int32
  private let complaints: Int32
  private var said: [UInt8] = []

  /// - Parameter arguments: of the command line, without the program's name.
  init(_ arguments: [String]) throws(RunError) {
    let input = try Self.pipe()
    let errors: (read: Int32, write: Int32)
    do throws(RunError) {
      errors = try Self.pipe()
    } catch {
      close(input.read)
      close(input.write)
      throw error
    }
    _ = fcntl(errors.read, F_SETFL, O_NONBLOCK)
    let started = Self.spawn(arguments, input: input.read, errors: errors.write)
    close(input.read)
    close(errors.write)
    lifeline = input.write
    complaints = errors.read
    process = started.process
    guard started.code == 0 else { throw .worker(.notStarted(code: started.code)) }
  }

  deinit {
    close(lifeline)
    close(complaints)
  }

  func ended() -> WorkerEnd? {
    listen()
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    listen()
    let signal = status & 0x7f
    return signal == 0
      ? .exited(code: (status >> 8) & 0xff, complaint: complaint) : .signal(signal)
  }

  var residentBytes: Double? { ProcessMemory.resident(of: process) }

  func stop(atOnce: Bool) { kill(process, atOnce ? SIGKILL : SIGTERM) }

  /// What it gave as its error.
  private var complaint: String {
    let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let last = lines.last(where: { $0.hasPrefix("error: ") }) else { return "" }
    return String(last.dropFirst("error: ".count))
  }

  /// Takes what it said, so that it never waits for a reader; the end of it is enough.
  private func listen() {
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(complaints, &block, block.count)
      if count <= 0 { return }
      said = Array((said + block.prefix(count)).suffix(8192))
    }
  }

  /// Both ends closed in programs that are started.
  private static func pipe() throws(RunError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let failed = CLibrary.pipe(&ends) != 0
    if failed { throw .worker(.notStarted(code: errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ arguments: [String], input: Int32, errors: Int32
  ) -> (process: Int32, code: Int32) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    // A group of its own: Ctrl-C reaches this process alone, which then stops its workers.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    // A crash is told by its signal; tracing it would hold the worker for seconds.
    let variables = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.map { "\($0)=\($1)" }.sorted()
    var process: Int32 = 0
    let code = withCStrings([program] + arguments) { arguments in
      withCStrings(variables) { variables in
        posix_spawn(&process, program, &actions, &attributes, arguments, variables)
      }
    }
    return (process, code)
  }

  private static func withCStrings<Value>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// The side of a worker.
enum WorkerLifeline {
  /// Ends this process when the one that started it has ended.
  static func follow() {
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        let count = read(STDIN_FILENO, &byte, 1)
        if count == 0 || (count < 0 && errno != EINTR) { _exit(ExitStatus.terminated.rawValue) }
      }
    }
  }
}
