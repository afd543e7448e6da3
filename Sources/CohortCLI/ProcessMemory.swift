import CIntrinsics
import Foundation

/// The memory of processes, as Linux accounts it.
enum ProcessMemory {
  /// Gives every block from this size on pages of its own, which go back to the system when it is freed.
  ///
  /// Left alone, the allocator raises that size to the largest block freed so far, and freed columns stay in
  /// holes that the next ones do not fit: a boosting fit of a million rows peaked at 491 MB instead of 426.
  private static let ownPages: Int32 = 1 << 20
  /// Kept of freed smaller blocks: replicates and trials ask for the same ones again and again.
  private static let kept: Int32 = 1 << 24

  /// Keeps freed columns from staying with the process; call it before the first of them.
  static func returnFreedBlocks() {
    cohort_own_pages_from(ownPages, kept)
  }

  /// Starts a new high-water mark at the present size.
  static func reset() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  /// Megabytes (2²⁰ bytes), or nil where the system does not tell.
  static var highWaterMegabytes: Double? { kilobytes("VmHWM:", of: "self").map { $0 / 1024 } }

  /// Bytes that a process takes now, or nil where the system does not tell.
  static func resident(of process: Int32) -> Double? {
    kilobytes("VmRSS:", of: "\(process)").map { $0 * 1024 }
  }

  private static func kilobytes(_ key: String, of process: String) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) })
    else { return nil }
    return line.dropFirst(key.count).split(whereSeparator: \.isWhitespace).first.flatMap {
      Double($0)
    }
  }
}
