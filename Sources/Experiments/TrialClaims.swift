internal import Artifacts
internal import CLibrary
internal import Synchronization

/// Which trials of a run are being computed, and by which processes (`.claims/<id>`).
///
/// A runner holds the lock of a trial's claim while it computes the trial. The lock of a process that dies
/// is free at once, whatever it died of, and whoever takes it next computes the trial instead.
///
/// A claim says `<process> <step>`, or `<process> <step> <watcher>` where a process watches the one that has it.
package struct TrialClaims: Sendable {
  private let directory: RunDirectory
  private let folder: String
  private let process: Int32
  /// The name of the process that watches this one and its like; nil for none.
  private let watcher: String?

  /// - Parameter watcher: the process that watches this one; nil for none.
  package init(_ directory: RunDirectory, watcher: WatcherPlace? = nil) throws(RunError) {
    self.directory = directory
    folder = directory.file(Self.folder)
    process = getpid()
    self.watcher = watcher?.name
    try RunStorage.makeDirectory(folder)
  }

  var isWatched: Bool { watcher != nil }

  static let folder = ".claims"

  /// Takes a trial; nil if another process has it.
  package func take(_ id: String) throws(RunError) -> TrialClaim? {
    let path = "\(folder)/\(id)"
    // A holder that is done removes the file: then we hold one that has no name, and start over.
    for _ in 0..<16 {
      let file = try LockFile(path)
      guard try file.tryLock() else { return nil }
      guard file.isNamed else { continue }
      if isWatched, try isLeftToWatcher(try file.text()) { return nil }
      try file.rewrite(text(atStep: 0))
      return TrialClaim(file, path: path, of: self)
    }
    return nil
  }

  /// Whether somebody will yet look at what a dead process has left, to tell why it died.
  ///
  /// A watcher does so as long as it lives. What other dead processes have left is anybody's: nobody else
  /// would ever make it free.
  private func isLeftToWatcher(_ text: String) throws(RunError) -> Bool {
    guard let owner = Self.owner(in: text), owner != process, let watcher = Self.watcher(in: text)
    else { return false }
    if watcher == self.watcher { return true }
    return try WatcherPlace(directory, name: watcher).isAlive()
  }

  fileprivate func text(atStep step: Int) -> String {
    "\(process) \(step)" + (watcher.map { " \($0)" } ?? "")
  }

  /// What every claim says, in the order of trial ids.
  package func notes() throws(RunError) -> [Note] {
    var notes: [Note] = []
    for name in try RunStorage.names(in: folder) {
      // A claim that was given up in between is none.
      guard let data = try? RunStorage.read("\(folder)/\(name)") else { continue }
      let text = String(decoding: data, as: UTF8.self)
      if let owner = Self.owner(in: text) {
        notes.append(Note(trial: name, owner: owner, text: text))
      }
    }
    return notes
  }

  package struct Note: Hashable, Sendable {
    package let trial: String
    /// A process, living or dead.
    package let owner: Int32
    /// Changes whenever a step for the trial begins.
    package let text: String
  }

  private static func owner(in text: String) -> Int32? {
    text.split(separator: " ").first.flatMap { Int32($0) }
  }

  private static func watcher(in text: String) -> String? {
    let words = text.split(separator: " ")
    guard words.count > 2, WatcherPlace.isName(words[2]) else { return nil }
    return String(words[2])
  }
}

/// The right to compute a trial, until the last reference goes.
package final class TrialClaim: Sendable {
  private let file: LockFile
  private let path: String
  private let claims: TrialClaims
  private let steps = Atomic<Int>(0)

  fileprivate init(_ file: LockFile, path: String, of claims: TrialClaims) {
    self.file = file
    self.path = path
    self.claims = claims
  }

  // Removed while it is locked, so that nobody removes the claim of another.
  deinit { retryingInterrupts { unlink(path) } }

  /// Notes that another step for the trial begins, for whoever watches this process.
  fileprivate func note() throws(RunError) {
    let step = steps.wrappingAdd(1, ordering: .relaxed).newValue
    try file.rewrite(claims.text(atStep: step))
  }
}

/// The claims of this process by trial id.
///
/// The first trial of a group is claimed before the steps it shares are computed, so that their cost has an
/// owner too.
package final class HeldClaims: Sendable {
  private let claims: TrialClaims
  private let held = Mutex<[String: TrialClaim]>([:])

  package init(_ claims: TrialClaims) { self.claims = claims }

  /// Whether this process has the trial now.
  package func hold(_ id: String) throws(RunError) -> Bool {
    if held.withLock({ $0[id] != nil }) { return true }
    guard let claim = try claims.take(id) else { return false }
    held.withLock { $0[id] = claim }
    return true
  }

  /// Notes that another step begins for what this process has.
  package func noteStep() throws(RunError) {
    guard claims.isWatched else { return }
    for claim in held.withLock({ Array($0.values) }) { try claim.note() }
  }

  package func release(_ id: String) { _ = held.withLock { $0.removeValue(forKey: id) } }

  package func releaseAll() { held.withLock { $0 = [:] } }
}
