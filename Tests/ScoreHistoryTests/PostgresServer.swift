import Foundation
import Testing

/// A PostgreSQL server of its own in a scratch folder, for as long as the value lives.
final class PostgresServer {
  /// Where Debian keeps the programs of the server; nil where there are none.
  static let programs: String? = {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return versions.sorted { ($0.count, $0) < ($1.count, $1) }.last.map { "\(root)/\($0)/bin" }
  }()

  static var canStart: Bool { programs != nil && (getuid() != 0 || account != nil) }

  /// Who the server runs as where we are root, whom it refuses.
  private static let account: String? = {
    let names: [String] = ["postgres", "nobody"]
    return names.first { getpwnam($0) != nil }
  }()

  private let folder: URL
  /// The address without user and database.
  let socket: String

  init() throws {
    // Names of sockets are short.
    folder = URL(filePath: "/tmp/pg-\(UInt32.random(in: 0 ... .max))")
    socket = folder.path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Self.run("chown", ["-R", Self.account ?? "", folder.path], isNeeded: getuid() == 0)
    try asOwner([
      "initdb", "-D", "\(socket)/data", "-U", "cohort", "-A", "trust", "-E", "UTF8", "-N",
    ])
    try asOwner([
      "pg_ctl", "-D", "\(socket)/data", "-w", "-l", "\(socket)/log", "-o",
      "-k \(socket) -c listen_addresses='' -c fsync=off", "start",
    ])
  }

  deinit {
    _ = try? asOwner(["pg_ctl", "-D", "\(socket)/data", "-m", "immediate", "stop"])
    try? FileManager.default.removeItem(at: folder)
  }

  /// The address of a database of the server.
  func address(user: String = "cohort") -> String {
    let host = socket.replacing("/", with: "%2F")
    return "postgresql://\(user)@\(host)/postgres"
  }

  /// What a query gives, a line per row.
  func ask(_ sql: String) throws -> String {
    try asOwner(["psql", "-h", socket, "-U", "cohort", "-d", "postgres", "-At", "-c", sql])
  }

  @discardableResult
  private func asOwner(_ command: [String]) throws -> String {
    let programs = try #require(Self.programs)
    let program = command[0] == "psql" ? "psql" : "\(programs)/\(command[0])"
    let call = [program] + command.dropFirst()
    guard getuid() == 0, let account = Self.account else {
      return try Self.run(call[0], Array(call.dropFirst()))
    }
    return try Self.run("runuser", ["-u", account, "--"] + call)
  }

  @discardableResult
  private static func run(
    _ tool: String, _ arguments: [String], isNeeded: Bool = true
  ) throws -> String {
    guard isNeeded else { return "" }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    // A server keeps what it inherits, and by one of these descriptors Process would wait for its end.
    process.arguments =
      ["-c", "for fd in {3..255}; do eval \"exec $fd>&-\"; done; exec \"$@\"", "run", tool]
      + arguments
    process.currentDirectoryURL = URL(filePath: "/tmp")
    let name = FileManager.default.temporaryDirectory.appending(path: "pg-\(UUID().uuidString)")
    try Data().write(to: name)
    defer { try? FileManager.default.removeItem(at: name) }
    process.standardOutput = try FileHandle(forWritingTo: name)
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let output = try String(contentsOf: name, encoding: .utf8)
    guard process.terminationStatus == 0 else {
      Issue.record(
        "\(tool) \(arguments.first ?? "") ended with \(process.terminationStatus): \(output)")
      throw CocoaError(.executableLoad)
    }
    return output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
