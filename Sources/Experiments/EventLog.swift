internal import Artifacts
internal import CLibrary
package import Foundation
internal import Synchronization

/// What happened in a run, a line of JSON each, appended (`events.jsonl`).
///
/// Every line carries a checksum of the rest of it. Runners append one at a time; a line that a killed one
/// left incomplete is cut before the next is written.
package final class EventLog: Sendable {
  package struct Event: Codable {
    /// UTC, ISO 8601.
    var time: String
    package var event: String
    package var trial: String?
    var reason: String?
    var seconds: Double?
    package var step: StepRecord?
    /// The first 8 digits of the SHA-256 of the event without this member.
    var check: String?
  }

  let path: String
  let descriptor: Int32
  private let now: @Sendable () -> Double
  /// The lock of the file keeps processes apart, this one threads.
  private let turn = Mutex(())

  package init(_ path: String, now: @escaping @Sendable () -> Double) throws(RunError) {
    self.path = path
    self.now = now
    descriptor = retryingInterrupts {
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o666)
    }
    guard descriptor >= 0 else {
      throw .storage(StorageError(.open, path: path, code: errno))
    }
  }

  deinit { close(descriptor) }

  package func append(
    _ event: String, trial: String? = nil, reason: String? = nil, seconds: Double? = nil
  ) throws(RunError) {
    try append(Event(time: time, event: event, trial: trial, reason: reason, seconds: seconds))
  }

  /// A step that was carried out.
  func append(_ step: StepRecord, trial: String? = nil) throws(RunError) {
    try append(Event(time: time, event: "step", trial: trial, step: step))
  }

  private var time: String { Date(timeIntervalSince1970: now()).formatted(.iso8601) }

  private func append(_ event: Event) throws(RunError) {
    let line = try Self.line(event)
    let failure = turn.withLock { _ in
      Result { () throws(RunError) in
        try lock()
        defer { retryingInterrupts { flock(descriptor, LOCK_UN) } }
        try cutTornLine()
        try write(line)
      }
    }
    try failure.get()
  }

  /// How a trial has ended, or that a part of it was measured.
  func append(
    _ trial: Plan.Trial, _ ended: StoredTrial, seconds: Double? = nil
  ) throws(RunError) {
    let event = trial.rung == nil ? ended.status.status.rawValue : "measured"
    try append(event, trial: trial.id, reason: ended.status.reason, seconds: seconds)
  }

  /// Reports lines that are not what was written, once.
  func reportDamage() throws(RunError) {
    var damaged: [Int] = []
    var reported: String?
    let lines = try RunStorage.read(path).split(separator: UInt8(ascii: "\n"))
    for (number, line) in lines.enumerated() {
      guard let event = Self.event(line) else {
        damaged.append(number + 1)
        continue
      }
      if event.event == "journal-damaged" { reported = event.reason }
    }
    guard let first = damaged.first else { return }
    let reason =
      "\(damaged.count) \(damaged.count == 1 ? "line" : "lines") of events.jsonl cannot be trusted, "
      + "the first is line \(first)"
    if reason != reported { try append("journal-damaged", reason: reason) }
  }

  /// The event of a line, if it is the line that was written.
  package static func event(_ line: Data) -> Event? {
    guard let event = try? CanonicalJSON.decode(Event.self, from: Data(line)),
      let again = try? Self.line(event), again.dropLast() == line
    else { return nil }
    return event
  }

  private static func line(_ event: Event) throws(RunError) -> Data {
    var event = event
    event.check = nil
    let plain = try RunDirectory.encode(event, for: "events.jsonl")
    event.check = String(ContentHash.hexadecimal(plain).prefix(8))
    return try RunDirectory.encode(event, for: "events.jsonl")
  }

  private func lock() throws(RunError) {
    guard retryingInterrupts({ flock(descriptor, LOCK_EX) }) == 0 else {
      throw .storage(StorageError(.lock, path: path, code: errno))
    }
  }

  /// Cuts what stands after the last end of a line.
  private func cutTornLine() throws(RunError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .storage(StorageError(.read, path: path, code: errno))
    }
    let size = Int(status.st_size)
    var kept = size
    var block = [UInt8](repeating: 0, count: 4096)
    while kept > 0 {
      let start = max(0, kept - block.count)
      let count = retryingInterrupts { pread(descriptor, &block, kept - start, off_t(start)) }
      guard count == kept - start else {
        throw .storage(StorageError(.read, path: path, code: count < 0 ? errno : EIO))
      }
      if let end = block.prefix(count).lastIndex(of: UInt8(ascii: "\n")) {
        kept = start + end + 1
        break
      }
      kept = start
    }
    guard kept == size || retryingInterrupts({ ftruncate(descriptor, off_t(kept)) }) == 0 else {
      throw .storage(StorageError(.write, path: path, code: errno))
    }
  }

  private func write(_ line: Data) throws(RunError) {
    var rest = line[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { bytes in
        retryingInterrupts { Self.write(descriptor, bytes) }
      }
      guard written > 0 else {
        throw .storage(StorageError(.write, path: path, code: written < 0 ? errno : ENOSPC))
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    CLibrary.write(descriptor, bytes.baseAddress, bytes.count)
  }
}
