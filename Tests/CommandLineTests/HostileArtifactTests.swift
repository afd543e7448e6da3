import Foundation
import Testing

/// Hostile and foreign directories in place of a model: one sentence, exit code 6, and nothing outside is touched.
struct HostileArtifactTests {
  private struct Attack: Sendable {
    let name: String
    let change: @Sendable (String) throws -> Void

    init(_ name: String, _ change: @escaping @Sendable (String) throws -> Void) {
      self.name = name
      self.change = change
    }
  }

  private static func replace(_ old: String, _ new: String, in path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
    try Data(text.replacing(old, with: new).utf8).write(to: URL(filePath: path))
  }

  private static func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: path)
  }

  private static let traversals: [Attack] =
    ["../secret", "/etc/passwd", "a/../../secret", "%2e%2e/secret", "..\\\\secret", "c\\u0000"]
    .map { path in
      Attack("the path \(path)") {
        try replace(#""path":"card.md""#, #""path":"\#(path)""#, in: $0 + "/manifest.json")
      }
    }

  private static let replacements: [Attack] = [
    Attack("a link to a file outside") {
      try remove($0 + "/card.md")
      try FileManager.default.createSymbolicLink(
        atPath: $0 + "/card.md", withDestinationPath: "../secret")
    },
    Attack("a link to a directory outside") {
      try FileManager.default.moveItem(atPath: $0 + "/model", toPath: $0 + "-elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: $0 + "/model", withDestinationPath: "../m1-elsewhere")
    },
    Attack("a second name of a file outside") {
      try remove($0 + "/card.md")
      try FileManager.default.linkItem(atPath: $0 + "/../secret", toPath: $0 + "/card.md")
    },
    Attack("a pipe") {
      try remove($0 + "/card.md")
      #expect(mkfifo($0 + "/card.md", 0o644) == 0)
    },
    Attack("a pipe for a manifest") {
      try remove($0 + "/manifest.json")
      #expect(mkfifo($0 + "/manifest.json", 0o644) == 0)
    },
    Attack("a directory for a file") {
      try remove($0 + "/card.md")
      try FileManager.default.createDirectory(
        atPath: $0 + "/card.md", withIntermediateDirectories: false)
    },
    Attack("a manifest of 5 GB") {
      let file = try FileHandle(forWritingTo: URL(filePath: $0 + "/manifest.json"))
      try file.truncate(atOffset: 5 << 30)
      try file.close()
    },
    Attack("a manifest of brackets") {
      try Data(repeating: 0x5B, count: 1 << 20).write(to: URL(filePath: $0 + "/manifest.json"))
    },
    Attack("a newer major version") {
      try replace(
        #""format_version":[1,0]"#, #""format_version":[9,0]"#, in: $0 + "/manifest.json")
    },
    Attack("a requirement") {
      try replace(#""requires":[]"#, #""requires":["magic"]"#, in: $0 + "/manifest.json")
    },
    Attack("another program's directory") {
      try remove($0)
      try FileManager.default.createDirectory(
        atPath: $0, withIntermediateDirectories: false)
      try Data("flavors:\n".utf8).write(to: URL(filePath: $0 + "/MLmodel"))
    },
    Attack("another program's file") {
      try remove($0)
      try Data([0x80, 0x05, 0x95]).write(to: URL(filePath: $0))
    },
  ]

  private static var attacks: [Attack] { traversals + replacements }

  @Test func `whatever stands in place of a model is refused in one sentence`() throws {
    let whole = try ModelsTests.prepare(1)
    for attack in Self.attacks {
      let cohort = try CohortProcess()
      let place = cohort.folder.path + "/m1"
      try FileManager.default.copyItem(atPath: whole.folder.path + "/m1", toPath: place)
      try cohort.write("a secret\n", to: "secret")
      try attack.change(place)
      let outcome = try cohort.run("models", "verify", "m1")
      #expect(outcome.status == 6, "\(attack.name): \(outcome.status) \(outcome.errors)")
      #expect(BadInputTests.sentence(outcome).count > 20, "\(attack.name)")
      if attack.name.contains("newer") || attack.name.contains("requirement") {
        #expect(BadInputTests.sentence(outcome).contains("use a newer cohort"))
      }
      try cohort.write("id\n", to: "customers.csv")
      let scored = try cohort.run("score", "m1", "customers.csv", "-o", "scores.csv")
      #expect(scored.status == 6, "\(attack.name): \(scored.status) \(scored.errors)")
    }
  }

  @Test(.enabled(if: FaultTools.strace != nil))
  func `nothing outside of the directory is opened`() throws {
    let whole = try ModelsTests.prepare(1)
    for attack in Self.attacks.prefix(9) {
      let cohort = try CohortProcess()
      let place = cohort.folder.path + "/m1"
      try FileManager.default.copyItem(atPath: whole.folder.path + "/m1", toPath: place)
      try cohort.write("a secret\n", to: "secret")
      try attack.change(place)
      let traced = try FaultSweepTests.system(
        try #require(FaultTools.strace),
        ["-f", "-o", "trace.txt", "-e", "trace=open,openat,openat2"]
          + [CohortProcess.executable.path, "models", "verify", "m1"], in: cohort)
      // Where tracing is not allowed there is nothing to read.
      guard traced.status == 6 else { continue }
      let opened = try cohort.read("trace.txt").split(separator: "\n").filter {
        !$0.contains("= -1")
      }
      #expect(!opened.contains { $0.contains("secret") || $0.contains("passwd") }, "\(attack.name)")
      #expect(!opened.contains { $0.contains("elsewhere") }, "\(attack.name)")
    }
  }
}
