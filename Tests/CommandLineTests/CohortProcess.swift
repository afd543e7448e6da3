import Foundation
import TestSupport
import Testing

/// Runs the built `cohort` as a user does, in a scratch folder of its own.
struct CohortProcess: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // Objects of a registry are read-only, which root does not notice.
    if (try? FileManager.default.removeItem(at: folder)) != nil { return }
    try? Writable.make(folder.path)
    try? FileManager.default.removeItem(at: folder)
  }

  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The executable beside the test bundle.
  static let executable = URL(filePath: CommandLine.arguments[0])
    .deletingLastPathComponent().appending(path: "cohort")

  /// Writes a file into the scratch folder and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    let process = try start(arguments, environment: environment)
    process.process.waitUntilExit()
    return try process.outcome()
  }

  /// Starts without waiting, for tests that interrupt it.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Started {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["XDG_DATA_HOME": folder.path]) { $1 }
      .merging(environment) { $1 }
    let name = UUID().uuidString
    let files = try ["out", "err"].map { suffix in
      let url = folder.deletingLastPathComponent().appending(path: "cohort-\(name).\(suffix)")
      try Data().write(to: url)
      return url
    }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    return Started(process: process, output: files[0], errors: files[1])
  }

  struct Started {
    let process: Process
    let output: URL
    let errors: URL

    /// Waits for the end; one that does not come within so many seconds fails the test.
    func outcome(within seconds: Int) throws -> Outcome {
      let end = ContinuousClock.now + .seconds(seconds)
      while process.isRunning, ContinuousClock.now < end { usleep(5000) }
      if process.isRunning {
        Issue.record("no end after \(seconds) s")
        kill(process.processIdentifier, SIGKILL)
      }
      process.waitUntilExit()
      return try outcome()
    }

    /// What an ended process left; files, not pipes, so that no output is too long for it.
    func outcome() throws -> Outcome {
      defer {
        try? FileManager.default.removeItem(at: output)
        try? FileManager.default.removeItem(at: errors)
      }
      let signal = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: signal ? 128 + process.terminationStatus : process.terminationStatus,
        output: try String(contentsOf: output, encoding: .utf8),
        errors: try String(contentsOf: errors, encoding: .utf8))
    }
  }
}
