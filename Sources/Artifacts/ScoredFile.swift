/// Everything that decides the bytes of a scored file.
public struct ScoringJob: Hashable, Sendable, Codable {
  /// The program and its version.
  public let program: String
  /// `sha256:…` of the model's manifest.
  public let model: String
  /// The fingerprint of the table.
  public let table: String
  /// Whatever else was asked for, the columns of the file among it.
  public let options: [String]

  public init(program: String, model: String, table: String, options: [String]) {
    self.program = program
    self.model = model
    self.table = table
    self.options = options
  }
}

/// A scored file in the making: complete under its name or not there, and continued after a kill.
public final class ScoredFile {
  /// A checkpoint waits for the device; at this many parts (64 MiB of text) it takes about a fiftieth of the
  /// time, and a kill costs a second or two of work.
  public static let usualInterval = 256

  private let file: ResumableFile
  private let interval: Int
  /// Nil for a job that cannot be continued.
  private var job: ScoringJob?
  private var reached = ScoringProgress()
  private var savedParts = 0

  /// - Parameter interval: Parts from one checkpoint to the next.
  /// - Throws: As `ResumableFile`.
  public init(path: String, interval: Int = usualInterval) throws(ArtifactError) {
    file = try ResumableFile(path: path)
    self.interval = interval
  }

  /// Goes on with an earlier process's work on the same job, or begins with `header`.
  ///
  /// - Parameters:
  ///   - job: Nil if the table cannot be told from a changed one; then nothing is continued.
  ///   - partCount: How many parts the table has.
  public func begin(
    _ job: ScoringJob?, header: [UInt8], partCount: Int
  ) throws(ArtifactError) -> ResumableFile.Beginning<ScoringProgress> {
    self.job = job
    let found = try file.begin(job, progress: ScoringProgress.self)
    if job != nil, case .same(let progress) = found, 1...max(1, partCount) ~= progress.partCount {
      (reached, savedParts) = (progress, progress.partCount)
      return found
    }
    try file.restart()
    try file.append(header)
    if case .nothing = found { return .nothing }
    return .other
  }

  public func append(_ parts: [[UInt8]], reaching progress: ScoringProgress) throws(ArtifactError) {
    for part in parts { try file.append(part) }
    reached = progress
    if progress.partCount - savedParts >= interval { try save() }
  }

  private func save() throws(ArtifactError) {
    guard let job else { return }
    try file.save(job, reached)
    savedParts = reached.partCount
  }

  /// Leaves what was done to a later process.
  public func keep() throws(ArtifactError) {
    guard job != nil, reached.partCount > 0 else { return }
    if reached.partCount > savedParts { try save() }
    file.keep()
  }

  /// Puts everything on the device, still under its temporary name.
  public func synchronize() throws(ArtifactError) { try file.synchronize() }

  /// Gives the file its name, complete and on the device.
  public func publish() throws(ArtifactError) { try file.publish() }
}
