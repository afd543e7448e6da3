internal import Artifacts
internal import CLibrary

/// A file held open with an advisory lock.
///
/// The system releases the lock when the process ends, however it ends: nothing has to notice a death, no
/// clock is asked, and nothing gets stale.
final class LockFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens the file, making it if need be; nothing is locked yet.
  init(_ path: String) throws(RunError) {
    self.path = path
    descriptor = retryingInterrupts {
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    }
    guard descriptor >= 0 else {
      throw .storage(StorageError(.open, path: path, code: errno))
    }
  }

  deinit { close(descriptor) }

  /// Locks without waiting; false if another holder is in the way.
  func tryLock(shared: Bool = false) throws(RunError) -> Bool {
    let kind = shared ? LOCK_SH : LOCK_EX
    if retryingInterrupts({ flock(descriptor, kind | LOCK_NB) }) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw .storage(StorageError(.lock, path: path, code: errno))
  }

  /// Waits for the lock; false if told to stop before it came.
  func lock(shared: Bool = false, unless isCancelled: () -> Bool) throws(RunError) -> Bool {
    while !(try tryLock(shared: shared)) {
      if isCancelled() { return false }
      RunStorage.pause()
    }
    return true
  }

  /// Whether the path still names the file that is open.
  var isNamed: Bool {
    var (opened, named) = (stat(), stat())
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  /// The first bytes as text.
  func text() throws(RunError) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = retryingInterrupts { pread(descriptor, &bytes, 64, 0) }
    guard count >= 0 else { throw .storage(StorageError(.read, path: path, code: errno)) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Makes `text` all that the file holds.
  func rewrite(_ text: String) throws(RunError) {
    let bytes = Array(text.utf8)
    guard retryingInterrupts({ ftruncate(descriptor, 0) }) == 0 else {
      throw .storage(StorageError(.write, path: path, code: errno))
    }
    let written = retryingInterrupts { pwrite(descriptor, bytes, bytes.count, 0) }
    guard written == bytes.count else {
      throw .storage(StorageError(.write, path: path, code: written < 0 ? errno : ENOSPC))
    }
  }
}

/// The turn of a runner among those of a run directory, until it is over or forgotten.
public struct RunTurn: ~Copyable, Sendable {
  let file: LockFile

  public consuming func end() {}
}

/// The presence of a runner in a run directory (`.lock`), for as long as it lives.
///
/// Runners of one study share the directory. What nobody may disturb, such as clearing away what the dead
/// have left, is done by a runner that finds itself alone.
final class RunLock: Sendable {
  private let file: LockFile
  private let directory: String
  private let isCancelled: @Sendable () -> Bool

  /// - Parameter whenAlone: done first if no other runner lives.
  init(
    _ directory: RunDirectory, isCancelled: @escaping @Sendable () -> Bool,
    whenAlone: () throws(RunError) -> Void
  ) throws(RunError) {
    file = try LockFile(directory.file(RunDirectory.lockName))
    self.directory = directory.path
    self.isCancelled = isCancelled
    _ = try ifAlone(whenAlone)
  }

  /// Does something while no other runner lives, if none does; returns whether it was done.
  ///
  /// The shared lock is given up in between, so the caller must have nothing under way.
  func ifAlone(_ body: () throws(RunError) -> Void) throws(RunError) -> Bool {
    let isAlone = try file.tryLock()
    if isAlone { try body() }
    guard try file.lock(shared: true, unless: isCancelled) else {
      throw .busy(directory: directory)
    }
    return isAlone
  }
}
