internal import CLibrary

/// A file that is built in parts, appears complete or not at all, and goes on where a killed process was.
///
/// Bytes go to `.<name>.partial` beside the target, locked as `DurableFile` locks it. `.<name>.checkpoint`
/// says how many of them are on the device and what they are the beginning of; it is written only once they
/// are. Going out of scope without publishing or keeping removes both, but for what an earlier process has left
/// and nobody has begun upon: a command that finds out too late that its model is not there costs no work.
public final class ResumableFile {
  /// What was found of an earlier process.
  public enum Beginning<Progress> {
    case nothing
    /// The beginning of another job, which was discarded.
    case other
    case same(Progress)
  }

  public let path: String
  private let place: Place
  private let file: OpenFile
  /// Whether the files stay when this goes out of scope.
  private var isSettled: Bool
  /// Bytes written, those of an earlier process included.
  public private(set) var byteCount = 0

  /// - Throws: `.notRegularFile` if something other than a file has the name, `.busy` if another process
  ///   writes it, `.storage`.
  public init(path: String) throws(ArtifactError) {
    place = try Place(path)
    if let existing = try OpenFile.status(of: path), !existing.isRegular {
      throw .notRegularFile(path: path)
    }
    let temporary = try DurableFile.temporary(place.temporary, isEmptied: false)
    isSettled = try temporary.status().size > 0
    file = temporary
    self.path = path
  }

  deinit { if !isSettled { removeLeftovers() } }

  /// Goes on with what an earlier process has left of the same job; otherwise the file is empty.
  ///
  /// - Parameter job: Everything that decides the bytes of the file.
  public func begin<Job: Codable & Equatable, Progress: Codable>(
    _ job: Job, progress: Progress.Type
  ) throws(ArtifactError) -> Beginning<Progress> {
    isSettled = false
    let size = try file.status().size
    let left = FileCheckpoint<Job, Progress>(path: place.checkpoint)
    guard let left, left.job == job, 0...size ~= left.byteCount else {
      try restart()
      return size > 0 ? .other : .nothing
    }
    try file.cut(to: left.byteCount)
    byteCount = left.byteCount
    return .same(left.progress)
  }

  /// Discards whatever there is.
  public func restart() throws(ArtifactError) {
    try remove(place.checkpoint)
    try file.cut(to: 0)
    byteCount = 0
  }

  public func append(_ bytes: [UInt8]) throws(ArtifactError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(ArtifactError) in try file.write(all: buffer) }
    }
    try result.get()
    byteCount += bytes.count
  }

  /// Puts what was written on the device and notes that a later process may go on from there.
  public func save(_ job: some Codable & Equatable, _ progress: some Codable) throws(ArtifactError)
  {
    try file.synchronize()
    try FileCheckpoint(job: job, byteCount: byteCount, progress: progress)
      .write(to: place.checkpoint)
  }

  /// Puts everything on the device.
  public func synchronize() throws(ArtifactError) { try file.synchronize() }

  /// Leaves what was saved to a later process.
  public func keep() { isSettled = true }

  /// Gives the file its name, complete and on the device.
  public func publish() throws(ArtifactError) {
    try file.synchronize()
    guard retryingInterrupts({ rename(place.temporary, path) }) == 0 else {
      throw .storage(StorageError(.rename, path: path, code: errno))
    }
    isSettled = true
    try OpenFile(place.directory, for: .directory, followingLink: true).synchronizeDirectory()
    try remove(place.checkpoint)
    try remove(place.checkpointTemporary)
  }

  private func remove(_ path: String) throws(ArtifactError) {
    guard retryingInterrupts({ unlink(path) }) == 0 || errno == ENOENT else {
      throw .storage(StorageError(.remove, path: path, code: errno))
    }
  }

  /// The checkpoint goes first: it must never speak of a file that is not there.
  private func removeLeftovers() {
    for path in [place.checkpoint, place.checkpointTemporary, place.temporary] {
      retryingInterrupts { unlink(path) }
    }
  }
}

extension Place {
  fileprivate var checkpoint: String { beside(".\(name).checkpoint") }
  /// Where a process that was killed while it wrote the checkpoint may have left one.
  fileprivate var checkpointTemporary: String { beside("..\(name).checkpoint.partial") }

  private func beside(_ name: String) -> String {
    (directory == "/" ? "/" : directory + "/") + name
  }
}
