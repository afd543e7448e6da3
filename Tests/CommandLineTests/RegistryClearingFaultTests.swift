import Foundation
import Testing

/// Kills at every call of what clears a registry away (`make test-faults`): rows say that nobody needs the files
/// before the files move, and the same command again completes it.
@Suite(.serialized, .enabled(if: FaultTools.areAsked && FaultTools.strace != nil))
struct RegistryClearingFaultTests {
  /// What is done to a registry whose champion is `bank/1`, with `bank/2` beside it.
  enum Change: String, CaseIterable {
    /// The first step: what no version needs any more is set aside.
    case collection
    /// The second: what was set aside is deleted.
    case deletion
    /// A damaged version is withdrawn and set aside.
    case quarantine

    var command: [String] {
      switch self {
      case .collection: ["gc", "--purge", "bank/2", "--reason", "old"]
      case .deletion: ["gc", "--grace", "0m"]
      case .quarantine: ["verify", "bank/2"]
      }
    }

    /// How the command ends, and the doctor: damage is told whatever was done about it.
    var status: Int32 { self == .quarantine ? 6 : 0 }
  }

  private static func prepare(_ change: Change) throws -> CohortProcess {
    let cohort = try RegistryFaultTests.prepare()
    switch change {
    case .collection: break
    case .deletion:
      #expect(try RegistryFaultTests.again(Change.collection.command, in: cohort) == 0)
    case .quarantine: try ModelsTests.damage("bank/2", in: cohort)
    }
    try RegistryFaultTests.copy("store", to: "before", in: cohort)
    return cohort
  }

  /// What the registry says; the entry of a collection that was killed before it is missing.
  private static func rows(
    of cohort: borrowing CohortProcess, after fault: String, _ change: Change
  ) throws -> String {
    try RegistryFaultTests.state(of: cohort, after: fault, expecting: change.status)
      .split(separator: " ").filter { $0 != "collect" }.joined(separator: " ")
  }

  /// The folders of artifacts and of the quarantine.
  private static func folders(of cohort: borrowing CohortProcess) throws -> String {
    let store = cohort.folder.appending(path: "store").path
    let found = try FileManager.default.subpathsOfDirectory(atPath: store).filter {
      let parts = $0.split(separator: "/")
      return parts.first == "objects" && parts.count == 4
        || parts.first == "quarantine" && parts.count == 2
    }
    return " " + found.sorted().joined(separator: " ")
  }

  @Test(arguments: Change.allCases)
  func `a kill at any call is completed by the same command again`(change: Change) throws {
    let cohort = try Self.prepare(change)
    let (rows, folders) = (
      try Self.rows(of: cohort, after: "nothing", change), try Self.folders(of: cohort)
    )
    #expect(try RegistryFaultTests.again(change.command, in: cohort) == change.status)
    let newRows = try Self.rows(of: cohort, after: "the change", change)
    let last = try newRows + Self.folders(of: cohort)
    let allowed = [rows + folders, newRows + folders, last]
    #expect(last != newRows + folders)
    for call in RegistryFaultTests.calls {
      for number in 1...2000 {
        try RegistryFaultTests.copy("before", to: "store", in: cohort)
        let fault = "\(call) \(number) of \(change)"
        let status = try RegistryFaultTests.traced(
          "\(call):signal=KILL:when=\(number)", change.command, in: cohort
        ).status
        #expect(status == 137 || status == change.status, "\(fault): \(status)")
        let found =
          try Self.rows(of: cohort, after: fault, change) + Self.folders(of: cohort)
        #expect(allowed.contains(found), "\(fault): \(found)")
        #expect(
          try RegistryFaultTests.again(change.command, in: cohort) == change.status, "\(fault)")
        let again =
          try Self.rows(of: cohort, after: "\(fault), again", change) + Self.folders(of: cohort)
        #expect(again == last, "\(fault): \(again)")
        #expect(try RegistryFaultTests.openObjects(of: cohort) == [], "\(fault)")
        if status != 137 { break }
      }
    }
    // What was damaged is put in order under its number, and what was given up comes back under it.
    #expect(try RegistryFaultTests.again(["register", "m2", "bank"], in: cohort) == 0)
    #expect(try RegistryFaultTests.again(["verify"], in: cohort) == 0)
  }
}
