internal import Artifacts
internal import CLibrary
internal import Foundation

/// The folder that holds run directories, and `latest`.
public struct RunsFolder: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The link to the run that was called last.
  static let latestName = "latest"
  private static let removedPrefix = ".removed-"

  /// Runs in the order of their names.
  ///
  /// Links are none. Empty if there is no folder.
  public func runs() throws(RunError) -> [RunDirectory] {
    try RunStorage.names(in: path).filter { !$0.hasPrefix(".") }
      .map { RunDirectory(path: "\(path)/\($0)") }
      .filter { $0.isRun }
  }

  /// The run of a name, which must be its own: no link, no path.
  public func run(named name: String) throws(RunError) -> RunDirectory {
    let directory = RunDirectory(path: "\(path)/\(name)")
    guard !name.contains("/"), name != ".", name != "..", !name.hasPrefix("."), directory.isRun
    else { throw .notARun(path: directory.path) }
    return directory
  }

  /// Deletes a run and moves `latest` to the newest of those left.
  ///
  /// The run vanishes from the folder in one step; a kill afterwards leaves a hidden remainder, which the next
  /// removal clears. Links inside are deleted, what they point to is not.
  ///
  /// - Throws: `.busy` if a runner is at work in it or a report of it is being written, `.notARun`.
  public func remove(_ name: String) throws(RunError) {
    let run = try run(named: name)
    // Made if need be: a report that begins meanwhile has to find it held.
    let turn = try LockFile(run.file(RunDirectory.turnName))
    guard let hold = try RunHold(run, RunDirectory.lockName), try turn.tryLock() else {
      throw .busy(directory: run.path)
    }
    let removed = "\(path)/\(Self.removedPrefix)\(name)"
    try RunStorage.remove(removed)
    try RunStorage.move(run.path, to: removed)
    withExtendedLifetime((hold, turn)) {}
    for left in try RunStorage.names(in: path) where left.hasPrefix(Self.removedPrefix) {
      try RunStorage.remove("\(path)/\(left)")
    }
    try updateLatest()
  }

  /// Bytes of the run's files.
  public func byteCount(of run: RunDirectory) -> Int {
    let files = FileManager.default.enumerator(
      at: URL(filePath: run.path), includingPropertiesForKeys: [.fileSizeKey])
    return (files?.compactMap { $0 as? URL } ?? []).reduce(0) { total, file in
      total + ((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
    }
  }

  /// Leaves a `latest` that leads somewhere, or none.
  private func updateLatest() throws(RunError) {
    let link = "\(path)/\(Self.latestName)"
    guard RunStorage.exists(link), !RunStorage.isDirectory(link) else { return }
    if let newest = try newest() {
      try RunStorage.link(link, to: newest.name)
    } else {
      try RunStorage.remove(link)
    }
  }

  /// The run that began last, but for one of this name; nil without others.
  func newest(except name: String? = nil) throws(RunError) -> RunDirectory? {
    var newest: (started: String, run: RunDirectory)?
    for run in try runs() where run.name != name {
      guard let started = try? run.listing().run.started else { continue }
      if newest.map({ ($0.started, $0.run.name) < (started, run.name) }) ?? true {
        newest = (started, run)
      }
    }
    return newest?.run
  }
}

extension RunDirectory {
  /// Whether this is a directory, not a link to one, in which a runner has begun.
  var isRun: Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    return RunStorage.exists(file("resolved.json")) || RunStorage.exists(file("events.jsonl"))
  }

  /// Whether a runner is at work here.
  public var isRunning: Bool { isHeld(Self.lockName) }

  /// Whether somebody writes here, be it a runner or who reports what there is.
  public var isBusy: Bool { isRunning || isHeld(Self.turnName) }

  private func isHeld(_ lock: String) -> Bool {
    // A lock that cannot be asked says nothing of a holder.
    do {
      return try RunHold(self, lock) == nil
    } catch {
      return false
    }
  }
}

/// Keeps others from taking a lock of a directory while it lives.
private final class RunHold {
  private let descriptor: Int32

  /// Nil if it is held; makes nothing.
  init?(_ run: RunDirectory, _ lock: String) throws(RunError) {
    let path = run.file(lock)
    descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
    if descriptor < 0 {
      // Nobody has got as far as to lock it.
      if errno == ENOENT { return }
      throw .storage(StorageError(.open, path: path, code: errno))
    }
    let opened = descriptor
    guard retryingInterrupts({ flock(opened, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw .storage(StorageError(.lock, path: path, code: code))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
