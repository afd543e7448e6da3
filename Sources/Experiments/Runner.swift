internal import Artifacts
internal import Foundation
public import Learning
public import Numerical
internal import Synchronization
internal import Tabular

/// Carries out a study: computes the trials that are missing and says which is best.
///
/// A trial that is on disk under its key with intact files is not computed again, nor one that another
/// run of the same folder has. Runners of one study share its trials. A trial that fails is a row with a reason. Stopping at any moment, even
/// by force, leaves a directory from which the same call goes on to the same bytes.
public struct Runner: Sendable {
  private let catalog: Catalog
  private let environment: RunEnvironment

  public init(_ environment: RunEnvironment, catalog: Catalog = .standard) {
    self.environment = environment
    self.catalog = catalog
  }

  /// - Parameters:
  ///   - runs: the folder of run directories.
  ///   - force: whether to compute every trial again.
  public func run(
    _ file: StudyFile, in runs: String, force: Bool = false
  ) throws(RunError) -> RunSummary {
    try RunStorage.requireWritable(runs)
    let input = try StudyInput(file, catalog: catalog, on: environment.pool)
    let directory = RunDirectory(path: "\(runs)/\(input.plan.runName)")
    let siblings = try siblings(of: directory, in: runs)
    let changes = StudyChanges(to: directory, file.study, among: siblings)
    let lock = try directory.open(
      discarding: force, isCancelled: environment.isCancelled)
    defer { withExtendedLifetime(lock) {} }
    let session = try session(file, input, directory)
    try opening(file, input, directory)
    let progress = try compute(session, siblings, force: force)
    let turn = try directory.turn(unless: environment.isCancelled)
    var summary = try session.close(progress)
    turn.end()
    summary.changes = changes?.counting(progress.plan)
    try RunStorage.link("\(runs)/\(RunsFolder.latestName)", to: input.plan.runName)
    // What killed runners have left; nothing of ours is under way.
    _ = try lock.ifAlone { () throws(RunError) in
      try directory.sweep(unless: environment.isCancelled)
    }
    return summary
  }

  /// Computes trials of a run for another process, which has opened it and closes it, until all have ended.
  ///
  /// - Parameters:
  ///   - file: the study of the run, read from the text that the other process keeps.
  ///   - watcher: the other process.
  /// - Throws: `.changed` if the study or its table is not that of the run any more.
  public func work(_ file: StudyFile, for watcher: WatcherPlace) throws(RunError) {
    let input = try StudyInput(file, catalog: catalog, on: environment.pool)
    let directory = watcher.directory
    guard input.plan.runName == directory.name else { throw .changed(directory: directory.path) }
    let lock = try directory.open(isCancelled: environment.isCancelled)
    defer { withExtendedLifetime(lock) {} }
    let session = try session(file, input, directory, watcher: watcher)
    let recorder = session.recorder(environment.isCancelled) {
      [log = session.log] (trial, ended, seconds) throws(RunError) in
      try log.append(trial, ended, seconds: seconds)
    }
    try session.follow(input.planner, recorder)
  }

  private func session(
    _ file: StudyFile, _ input: StudyInput, _ directory: RunDirectory,
    watcher: WatcherPlace? = nil
  ) throws(RunError) -> RunSession {
    RunSession(
      study: file.study, studyText: file.text, input: input, directory: directory,
      environment: environment, catalog: catalog,
      log: try EventLog(directory.file("events.jsonl"), now: environment.now),
      claims: try TrialClaims(directory, watcher: watcher))
  }

  private func opening(
    _ file: StudyFile, _ input: StudyInput, _ directory: RunDirectory
  ) throws(RunError) {
    let turn = try directory.turn(unless: environment.isCancelled)
    try directory.write(
      file, plan: input.plan, data: input.record, machine: environment.machine)
    turn.end()
  }

  private func compute(
    _ session: RunSession, _ siblings: [RunDirectory], force: Bool
  ) throws(RunError) -> RunSession.Progress {
    do throws(RunError) {
      return try session.compute(from: siblings, force: force)
    } catch {
      // Where nothing can be written, this cannot be either.
      try? session.log.append("stopped", reason: "\(error)")
      throw error
    }
  }

  /// Other runs of the folder, in the order of their names.
  private func siblings(
    of directory: RunDirectory, in runs: String
  ) throws(RunError) -> [RunDirectory] {
    try RunStorage.names(in: runs)
      .filter { $0 != RunsFolder.latestName && !$0.hasPrefix(".") }
      .map { RunDirectory(path: "\(runs)/\($0)") }
      .filter { $0.path != directory.path && RunStorage.isDirectory($0.file("trials")) }
  }
}

/// A study with its table and its plan.
public struct StudyInput: Sendable {
  /// What is known of the trials before a run.
  public var plan: Plan { planner.plan }
  public let record: DataRecord
  /// Sentences about the table and the grid that a user should read.
  public let notes: [String]
  /// What the trials have in common; its seconds are not known before a run.
  public let sharing: StageSharing
  let planner: Planner
  let data: TrialData

  /// Reads the table of a study and expands its grid.
  public init(
    _ file: StudyFile, catalog: Catalog = .standard, on pool: WorkerPool
  ) throws(RunError) {
    let study = file.study
    let source = try Self.read(file, on: pool)
    let consented = try Self.permitted(source, study)
    let (table, selection) = try Self.features(consented.table, study)
    try study.requireValues(in: table)
    let features = selection.names
    guard !features.isEmpty else { throw .noFeatures(source: study.data.source) }
    let digests = source.columnDigests(on: pool)
    let fingerprint = source.fingerprint(ofColumns: digests)
    record = DataRecord(
      source: study.data.source, fingerprint: fingerprint, source, features: features,
      roles: study.data.roles, filters: consented.filters)
    data = try TrialData(
      table, sourceRows: consented.rows, fingerprint: fingerprint, study: study,
      features: features, on: pool
    ).describing(source, digests: digests, as: record)
    do throws(StudyError) {
      planner = try Planner(
        study, fingerprint: fingerprint, rowCount: data.trainingRows.count, catalog: catalog)
    } catch {
      throw .study(error)
    }
    notes = consented.filters.map { "\($0.sentence)" } + selection.notes + planner.plan.notes
    sharing = PlannedSteps(planner.limited.trials, of: study, catalog: catalog).sharing
  }
}

extension Study {
  /// Refuses value columns that do not exist or cannot be summed.
  fileprivate func requireValues(in table: Table) throws(RunError) {
    let hidden = data.roles.pii + data.roles.sensitive + [data.roles.id].compactMap { $0 }
    for experiment in experiments {
      guard let name = experiment.clustering?.value else { continue }
      guard !hidden.contains(name) else { throw .value(column: name, experiment: experiment.id) }
      guard let column = table[name] else {
        throw .table(
          .unknownColumn(
            name: name, nearest: NearestName.nearest(to: name, among: table.columnNames),
            place: "value of experiment \(experiment.id)"))
      }
      guard [.integer, .real].contains(column.kind) else {
        throw .value(column: name, experiment: experiment.id)
      }
    }
  }
}
