import CLibrary
import Foundation
import Testing
import TestSupport

/// A registry that several users share: what one may not read is an error, and never a part of an answer.
struct RegistryAccessTests {
  /// Runs `cohort` as somebody whom modes of files stop; nil where root has no way to become one.
  private static func asUser(
    _ arguments: [String], in cohort: borrowing CohortProcess
  ) throws -> CohortProcess.Outcome? {
    var command = [CohortProcess.executable.path] + arguments + ["--store", "store"]
    if getuid() == 0 {
      guard let setpriv = FaultTools.path(of: "setpriv") else { return nil }
      // The user and the group that own nothing.
      command = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"] + command
    }
    let (status, errors) = try FaultSweepTests.system(
      command[0], Array(command.dropFirst()), in: cohort)
    return CohortProcess.Outcome(status: status, output: "", errors: errors)
  }

  private static func setMode(_ mode: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// A registry with the version `bank/1`.
  private static func prepare() throws -> CohortProcess {
    let cohort = try ModelsTests.prepare(1)
    try ModelsTests.register(cohort, "m1")
    try cohort.write(ScorePropensityTests.customers, to: "customers.csv")
    return cohort
  }

  /// Whether there is such a user, who may read what is open to all.
  private static func hasUser(_ cohort: borrowing CohortProcess) throws -> Bool {
    if try asUser(["models", "verify", "bank/1"], in: cohort)?.status == 0 { return true }
    print("skipped: root may read everything, and cannot run cohort as a user that may not")
    return false
  }

  @Test func `a file that may not be read is an error, and is not taken for damage`() throws {
    let cohort = try Self.prepare()
    guard try Self.hasUser(cohort) else { return }
    let object = try ModelsTests.object("bank/1", in: cohort)
    for file in ["manifest.json", "decision.json", "model/pipeline.json"] {
      try Self.setMode(0, of: "\(object)/\(file)")
      for command in [
        ["score", "bank/1", "customers.csv"], ["models", "verify"], ["models", "doctor"],
      ] {
        let outcome = try #require(try Self.asUser(command, in: cohort))
        #expect(outcome.status == 7, "\(file), \(command): \(outcome.errors)")
        #expect(BadInputTests.sentence(outcome).contains("/\(file): Permission denied"))
      }
      try Self.setMode(0o444, of: "\(object)/\(file)")
    }
    #expect(try ModelsTests.models(cohort, "verify").output.contains("bank/1  sound"))
    #expect(try ModelsTests.models(cohort, "doctor").output == "")
  }

  @Test func `a database that may not be read is an error, and not an empty registry`() throws {
    let cohort = try Self.prepare()
    guard try Self.hasUser(cohort) else { return }
    let file = cohort.folder.path + "/store/registry.sqlite"
    try Self.setMode(0, of: file)
    for command in [["models", "list"], ["score", "bank/1", "customers.csv"]] {
      let outcome = try #require(try Self.asUser(command, in: cohort))
      #expect(outcome.status == 7, "\(command): \(outcome.errors)")
      #expect(BadInputTests.sentence(outcome).contains("registry.sqlite: Permission denied"))
    }
    try Self.setMode(0o644, of: file)
    try ModelsTests.models(cohort, "doctor")
  }

  /// Modes inside a folder of the registry that let somebody write; of signatures they may.
  private static func writable(in path: String) throws -> [String] {
    try ([""] + FileManager.default.subpathsOfDirectory(atPath: path)).filter { name in
      let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      return try #require(mode[.posixPermissions] as? Int) & 0o222 != 0 && name != "model.sig"
    }
  }

  @Test func `objects are read-only, and their owner signs, repairs and collects them`() throws {
    let cohort = try ModelsTests.prepare(2)
    #expect(try cohort.run("models", "keys", "release").status == 0)
    if getuid() == 0, let chown = FaultTools.path(of: "chown") {
      try FaultSweepTests.system(chown, ["-R", "65534:65534", "."], in: cohort)
    }
    guard try Self.asUser(["models", "verify", "m1"], in: cohort)?.status == 0 else {
      return print("skipped: there is no user whom modes of files stop")
    }
    func expect(_ status: Int32, _ command: String...) throws {
      let outcome = try #require(try Self.asUser(["models"] + command, in: cohort))
      #expect(outcome.status == status, "\(command): \(outcome.errors)")
    }
    func quarantine() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: cohort.folder.path + "/store/quarantine")
    }
    for model in ["m1", "m2"] { try expect(0, "register", model, "bank") }
    let object = try ModelsTests.object("bank/1", in: cohort)
    #expect(try Self.writable(in: object) == [])
    for _ in 1...2 { try expect(0, "sign", "bank/1", "--key", "release.pem") }
    #expect(try Self.writable(in: object) == [])
    try ModelsTests.damage("bank/2", in: cohort)
    try expect(6, "verify", "bank/2")
    #expect(try quarantine().count == 1)
    try expect(0, "register", "m2", "bank")
    try expect(0, "gc", "--grace", "0m")
    #expect(try quarantine().isEmpty)
    try expect(0, "gc", "--purge", "bank/2", "--reason", "old")
    #expect(try quarantine().count == 1)
    try expect(0, "gc", "--grace", "0m")
    #expect(try quarantine().isEmpty)
    try expect(0, "verify", "bank/1")
    try expect(0, "doctor")
  }
}
