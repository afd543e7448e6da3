internal import Experiments
internal import Foundation
internal import GRDB
internal import Numerical
internal import Synchronization

/// What was read from run directories, in SQLite: a cache that may be lost.
struct RunIndex {
  static let fileName = ".index.sqlite"
  /// Counts changes of the tables below and of what is read from runs.
  private static let version = 2

  let database: DatabaseQueue

  /// - Parameter path: nil for an index in memory.
  init(path: String?, _ runs: [RunDirectory], on pool: WorkerPool) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    // Losing a cache costs a second; syncing it costs one every time.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
    database =
      try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
      ?? DatabaseQueue(configuration: configuration)
    try database.write { database in
      let found = try Int.fetchOne(database, sql: "PRAGMA user_version")
      guard found != Self.version else { return }
      try database.execute(sql: Self.schema)
    }
    try update(runs, on: pool)
  }

  private static let schema = """
    DROP TABLE IF EXISTS run;
    DROP TABLE IF EXISTS trial;
    CREATE TABLE run (
      name TEXT PRIMARY KEY, stamp TEXT NOT NULL, listing BLOB, fault TEXT) WITHOUT ROWID;
    CREATE TABLE trial (
      run TEXT NOT NULL, place INTEGER NOT NULL, experiment TEXT NOT NULL, id TEXT NOT NULL,
      model TEXT NOT NULL, status TEXT NOT NULL, rank INTEGER, tier INTEGER,
      chosen INTEGER NOT NULL, reason TEXT, metrics TEXT NOT NULL,
      PRIMARY KEY (run, place)) WITHOUT ROWID;
    PRAGMA user_version = \(version);
    """

  /// Whether the file itself is at fault, so that another one in its place would do.
  static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else {
      return error is DecodingError || error is RowDecodingError
    }
    return [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains(error.resultCode)
  }

  /// Deletes an index with what belongs to it; false if it cannot be done.
  static func remove(_ path: String) -> Bool {
    try? FileManager.default.removeItem(atPath: path + "-journal")
    return (try? FileManager.default.removeItem(atPath: path)) != nil
  }
}

// MARK: - Keeping it up to date

extension RunIndex {
  private struct Reading {
    let run: RunDirectory
    let stamp: String
    var result: Result<Found, any Error>?
  }

  /// A run as it is stored.
  private struct Found {
    let listing: Data
    let trials: [TrialListing]
    /// Of every trial, as JSON.
    let metrics: [String]

    init(_ run: RunDirectory) throws {
      let found = try run.listing()
      listing = try JSONEncoder().encode(found.run)
      trials = found.trials
      metrics = try trials.map { try RunIndex.text(of: $0.metrics) }
    }
  }

  /// Reads the runs whose files have other stamps, and forgets those that are gone.
  private func update(_ runs: [RunDirectory], on pool: WorkerPool) throws {
    let known = try database.read { database in
      try Row.fetchAll(database, sql: "SELECT name, stamp FROM run").map { row in
        (
          try row.decode(String.self, forColumn: "name"),
          try row.decode(String.self, forColumn: "stamp")
        )
      }
    }
    let stamps = Dictionary(known) { first, _ in first }
    let names = Set(runs.map(\.name))
    let gone = known.map(\.0).filter { !names.contains($0) }
    let changed = runs.map { Reading(run: $0, stamp: $0.stamp) }
      .filter { stamps[$0.run.name] != $0.stamp }
    guard !gone.isEmpty || !changed.isEmpty else { return }
    let read = Self.read(changed, on: pool)
    try database.write { database in
      for name in gone + changed.map(\.run.name) {
        try database.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name])
        try database.execute(sql: "DELETE FROM trial WHERE run = ?", arguments: [name])
      }
      for reading in read { try Self.store(reading, in: database) }
    }
  }

  /// On all threads: the transaction that follows is one thread's.
  private static func read(_ readings: [Reading], on pool: WorkerPool) -> [Reading] {
    let read = Mutex(readings)
    pool.forEachChunk(count: readings.count) { index in
      let result = Result { try Found(readings[index].run) }
      read.withLock { $0[index].result = result }
    }
    return read.withLock { $0 }
  }

  private static func store(_ reading: Reading, in database: Database) throws {
    switch reading.result {
    case .success(let found):
      try database.execute(
        sql: "INSERT INTO run VALUES (?, ?, ?, NULL)",
        arguments: [reading.run.name, reading.stamp, found.listing])
      let insert = try database.makeStatement(
        sql: "INSERT INTO trial VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for (place, trial) in found.trials.enumerated() {
        try insert.execute(arguments: [
          trial.run, place, trial.experiment, trial.trial, trial.model, trial.status.rawValue,
          trial.rank, trial.tier, trial.isChosen, trial.reason, found.metrics[place],
        ])
      }
    case .failure(let error):
      try database.execute(
        sql: "INSERT INTO run VALUES (?, ?, NULL, ?)",
        arguments: [reading.run.name, reading.stamp, "\(error)"])
    case nil: break
    }
  }

  private static func text(of metrics: [String: Double]) throws -> String {
    let finite = metrics.filter { $0.value.isFinite }
    return String(decoding: try JSONSerialization.data(withJSONObject: finite), as: UTF8.self)
  }
}
