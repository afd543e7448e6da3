import Foundation

/// The high-water mark of this process's resident memory, as Linux accounts it.
enum ProcessMemory {
  /// Starts a new high-water mark at the present size.
  static func reset() {
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  /// Megabytes (2²⁰ bytes), or nil where the system does not tell.
  static var highWaterMegabytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return kilobytes / 1024
  }
}
