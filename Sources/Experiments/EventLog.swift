internal import Artifacts
internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What happened in a run, a line of JSON each, appended (`events.jsonl`).
final class EventLog: Sendable {
  struct Event: Codable {
    /// UTC, ISO 8601.
    var time: String
    var event: String
    var trial: String?
    var reason: String?
    var seconds: Double?
  }

  private let path: String
  private let descriptor: Int32
  private let now: @Sendable () -> Double

  /// Opens the log; a last line that an interrupted process left incomplete is cut off.
  init(_ path: String, now: @escaping @Sendable () -> Double) throws(RunError) {
    self.path = path
    self.now = now
    let length = RunStorage.exists(path) ? Self.completeLength(of: try RunStorage.read(path)) : 0
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o666)
    guard descriptor >= 0 else {
      throw .storage(StorageError(.open, path: path, code: errno))
    }
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw .storage(StorageError(.write, path: path, code: errno))
    }
  }

  deinit { close(descriptor) }

  private static func completeLength(of data: Data) -> Int {
    data.lastIndex(of: UInt8(ascii: "\n")).map { data.distance(from: data.startIndex, to: $0) + 1 }
      ?? 0
  }

  func append(
    _ event: String, trial: String? = nil, reason: String? = nil, seconds: Double? = nil
  ) throws(RunError) {
    let time = Date(timeIntervalSince1970: now()).formatted(.iso8601)
    let line = try RunDirectory.encode(
      Event(time: time, event: event, trial: trial, reason: reason, seconds: seconds), for: path)
    // One write of a short line to a file opened for appending is not torn by another thread's.
    let written = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count else {
      throw .storage(StorageError(.write, path: path, code: written < 0 ? errno : ENOSPC))
    }
  }
}
