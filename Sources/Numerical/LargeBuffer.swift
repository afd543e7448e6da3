internal import CLibrary

/// Doubles in such numbers that the system may have no room for them.
///
/// Starts at a large page. Elements are undefined until written.
package final class LargeBuffer: @unchecked Sendable {
  package let start: UnsafeMutablePointer<Double>
  package let count: Int

  private static let pageSize = 1 << 21

  /// Nil if `count` doubles exceed what can be addressed or what the system grants.
  package init?(count: Int) {
    precondition(count >= 0, "a buffer has no negative size")
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: 8)
    var memory: UnsafeMutableRawPointer?
    guard !overflow, bytes < 1 << 46, posix_memalign(&memory, Self.pageSize, bytes) == 0,
      let memory
    else { return nil }
    #if os(Linux)
      // A hint: large pages spare most page faults of the first writes; refusal changes nothing.
      _ = madvise(memory, bytes, MADV_HUGEPAGE)
    #endif
    self.count = count
    start = memory.bindMemory(to: Double.self, capacity: max(count, 1))
  }

  deinit { free(start) }
}
