internal import Artifacts
public import Foundation
internal import Learning
internal import Tabular

/// One run on disk.
///
/// ```
/// study.yaml  resolved.json  overrides.txt      what was asked, what it means
/// environment.json  data.json                   engine and machine; the table
/// plan.jsonl  events.jsonl                      a trial per line; what happened, appended
/// trials/<id>/                                  one directory per trial that has ended
/// leaderboard.csv  leaderboard.json  gates.json
/// report/index.html  report/report.json  report.md
/// ```
/// A trial's directory appears in one step, complete. Times and the machine stand in `timings.json`,
/// `environment.json` and `events.jsonl` only; everything else is the same for the same study and table.
/// Several processes may write one run; see `TrialClaims`.
public struct RunDirectory: Sendable {
  public let path: String

  /// A directory as a user names it: a path, the name of a run in `runs`, or `latest`.
  public init(_ name: String, in runs: String) {
    let trimmed = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
    path = RunStorage.isDirectory(trimmed) ? trimmed : "\(runs)/\(trimmed)"
  }

  package init(path: String) { self.path = path }

  private var reportPath: String { file("report") }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func trialPath(_ id: String) -> String { file("trials/\(id)") }

  /// Makes the directory if needed and joins those who write it; clears what dead ones left unfinished if
  /// no other lives.
  ///
  /// - Parameter discarding: whether all trials are to be computed again, which takes being alone.
  /// - Throws: `.busy` if another process is in the way.
  func open(
    discarding: Bool = false, isCancelled: @escaping @Sendable () -> Bool
  ) throws(RunError) -> RunLock {
    try RunStorage.makeDirectory(file("trials"))
    var isAlone = false
    let lock = try RunLock(self, isCancelled: isCancelled) { () throws(RunError) in
      isAlone = true
      try sweep(discarding: discarding, unless: isCancelled)
    }
    guard isAlone || !discarding else { throw .busy(directory: path) }
    return lock
  }

  /// What speaks of the trials goes first: it must never speak of trials that are not there.
  private func discardTrials() throws(RunError) {
    for name in ["leaderboard.json", "leaderboard.csv", "gates.json"] {
      try RunStorage.remove(file(name))
    }
    for name in try RunStorage.names(in: file("trials")) { try RunStorage.remove(trialPath(name)) }
  }

  /// Removes what tells that the run has come to its end; a part must not be taken for the whole.
  ///
  /// - Parameter trials: missing when last looked for. Where another runner has ended them all since, the end stands.
  func withdrawEnd(
    missing trials: [Plan.Trial], unless isCancelled: () -> Bool
  ) throws(RunError) {
    let gates = file("gates.json")
    guard RunStorage.exists(gates) else { return }
    let turn = try turn(unless: isCancelled)
    if trials.contains(where: { (try? trial($0)) == nil }) {
      try RunStorage.remove(gates)
      try RunStorage.syncDirectory(above: gates)
    }
    turn.end()
  }

  /// Removes temporary names and, if asked to, all trials; only for a runner that is alone.
  ///
  /// A report may still be written, in its turn.
  func sweep(
    discarding: Bool = false, unless isCancelled: () -> Bool
  ) throws(RunError) {
    let turn = try turn(unless: isCancelled)
    for directory in [path, file("trials"), reportPath] {
      for name in try RunStorage.names(in: directory)
      where name.hasPrefix(".") && !Self.locks.contains(name) {
        try RunStorage.remove("\(directory)/\(name)")
      }
    }
    if discarding { try discardTrials() }
    turn.end()
  }

  static let lockName = ".lock"
  static let turnName = ".turn"
  private static let locks: Set<String> = [lockName, turnName]

  /// The turn to do what runners of this study do one after another, such as writing its leaderboard.
  ///
  /// - Throws: `.busy` if told to stop before the turn came, `.notARun` if there is no such directory any more.
  public func turn(unless isCancelled: () -> Bool) throws(RunError) -> RunTurn {
    while true {
      let lock = try turnFile()
      guard try lock.lock(unless: isCancelled) else { throw .busy(directory: path) }
      // Who removes the run takes the file along, and another run may have the name by now.
      if lock.isNamed { return RunTurn(file: lock) }
    }
  }

  private func turnFile() throws(RunError) -> LockFile {
    do throws(RunError) {
      return try LockFile(file(Self.turnName))
    } catch .storage(let error) where error.cause == .missing {
      throw .notARun(path: path)
    }
  }

  /// Writes what was asked and what it means.
  func write(
    _ file: StudyFile, plan: Plan, data: DataRecord, machine: MachineRecord
  ) throws(RunError) {
    try write(Data(file.text.utf8), to: "study.yaml")
    try write(file.study, to: "resolved.json")
    let overrides = file.overrides.map { $0 + "\n" }.joined()
    try write(Data(overrides.utf8), to: "overrides.txt")
    try write(data, to: "data.json")
    try write(
      EnvironmentRecord(engine: Engine.version, machine: machine, table: file.sourcePath),
      to: "environment.json")
    try write(plan, keepingMore: true)
  }

  /// Writes the trials that are known, a line each.
  ///
  /// - Parameter keepingMore: whether a file that begins with them stays as it is: a search came further in an earlier
  ///   call, and what it has proposed lies on disk.
  func write(_ plan: Plan, keepingMore: Bool) throws(RunError) {
    var lines = Data()
    for trial in plan.trials { lines += try Self.encode(trial, for: "plan.jsonl") }
    let path = file("plan.jsonl")
    if keepingMore, RunStorage.exists(path) {
      let known = try RunStorage.read(path)
      if known.prefix(lines.count) == lines { return }
    }
    try write(lines, to: "plan.jsonl")
  }

  func write(_ data: Data, to name: String) throws(RunError) {
    try RunStorage.write(data, to: file(name))
  }

  func write(_ value: some Encodable, to name: String) throws(RunError) {
    try write(try Self.encode(value, for: name), to: name)
  }

  /// Writes a table of text as CSV.
  func write(rows: [[String]], to name: String) throws(RunError) {
    var writer = CSVWriter()
    for row in rows { writer.append(row) }
    try write(Data(writer.bytes), to: name)
  }

  static func encode(_ value: some Encodable, for name: String) throws(RunError) -> Data {
    do {
      return try CanonicalJSON.encode(value)
    } catch {
      throw .damaged(file: name, fault: .unreadable)
    }
  }

  /// Writes a report under a name of the layout above; a run that was removed does not come back by it.
  ///
  /// - Throws: `.notARun` if the run is gone.
  public func writeReport(_ data: Data, to name: String) throws(RunError) {
    guard RunStorage.exists(file("resolved.json")) else { throw .notARun(path: path) }
    try RunStorage.makeDirectory(reportPath, withParents: false)
    try write(data, to: name)
  }
}

/// The machine a run was computed on (`environment.json`), as the caller knows it.
public struct MachineRecord: Hashable, Sendable, Codable {
  public var system: String
  public var architecture: String
  public var host: String
  public var threads: Int
  /// The folder that relative paths begin at, and what tells one build of the program from another; nil where
  /// the caller does not say.
  public var folder: String?
  public var program: String?
  public var locale: String?
  public var timeZone: String?

  public init(
    system: String, architecture: String, host: String, threads: Int, folder: String? = nil,
    program: String? = nil, locale: String? = nil, timeZone: String? = nil
  ) {
    self.folder = folder
    self.program = program
    self.locale = locale
    self.timeZone = timeZone
    self.system = system
    self.architecture = architecture
    self.host = host
    self.threads = threads
  }
}

private struct EnvironmentRecord: Codable {
  let engine: String
  let machine: MachineRecord
  /// Where the table was, as the study and the place of the study give it.
  let table: String?
}

extension RunDirectory {
  /// The version that has computed the run, which need not be this one; nil if that was lost.
  var engine: String? {
    guard let environment: EnvironmentRecord = try? Self.decode(file("environment.json")) else {
      return nil
    }
    return environment.engine
  }
}

extension RunsFolder {
  /// Where the tables of a fingerprint were when runs read them, newest name last; they may be gone.
  public func tables(fingerprint: String) throws(RunError) -> [String] {
    var paths: [String] = []
    for run in try runs() {
      guard let data: DataRecord = try? RunDirectory.decode(run.file("data.json")),
        data.fingerprint == fingerprint,
        let environment: EnvironmentRecord = try? RunDirectory.decode(
          run.file("environment.json")),
        let table = environment.table
      else { continue }
      let isAbsolute = table.hasPrefix("/")
      let path = isAbsolute ? table : "\(environment.machine.folder ?? ".")/\(table)"
      if !paths.contains(path) { paths.append(path) }
    }
    return paths
  }
}
