import Foundation
import Testing

/// Signals that interrupt system calls.
extension FaultSweepTests {
  @Test(.enabled(if: FaultTools.strace != nil)) func `interrupted and short calls are not seen`()
    throws
  {
    let cohort = try Self.prepare()
    // The call after an interrupted one is let through: it is the same one made again.
    let published = ["fsync", "rename", "mkdir", "ftruncate", "pwrite64", "unlink", "symlink"]
    for fault in ["write:error=EINTR:when=3+7", "flock:error=EINTR:when=1+3"]
      + published.map({ "\($0):error=EINTR:when=1+2" })
    {
      try Self.forget(in: cohort)
      let (status, said) = try Self.traced(["-e", "inject=\(fault)"], in: cohort)
      #expect(status == 0, "\(fault): \(said)")
      try Self.expectRecovery(of: cohort, after: fault)
    }
  }

  @Test(.enabled(if: FaultTools.strace != nil)) func `interrupted openings are not seen`() throws {
    let cohort = try Self.prepare()
    _ = try Self.count(of: "openat", in: cohort)
    let calls = try cohort.read("trace.txt").split(separator: "\n").filter {
      $0.contains(" openat(")
    }
    // Numbered by thread, and the first thread opens them; what libraries open for themselves is not ours.
    let process = try #require(calls.first?.prefix { $0 != " " })
    let own = calls.filter { $0.hasPrefix("\(process) ") }.enumerated().filter { call in
      ["study.yaml", "customers.csv", "hurt"].contains { call.element.contains($0) }
    }
    #expect(own.count > 10)
    for (place, call) in own {
      try Self.forget(in: cohort)
      let (status, said) = try Self.traced(
        ["-e", "inject=openat:error=EINTR:when=\(place + 1)"], in: cohort)
      #expect(status == 0, "\(call): \(said)")
      try Self.expectRecovery(of: cohort, after: "EINTR at \(call)")
    }
  }
}
