internal import Experiments
internal import Foundation
internal import GRDB

/// What the index answers.
extension RunIndex {
  func runs() throws -> [RunListing] {
    let listings = try database.read { database in
      try Data.fetchAll(database, sql: "SELECT listing FROM run WHERE listing IS NOT NULL")
    }
    let decoder = JSONDecoder()
    return try listings.map { try decoder.decode(RunListing.self, from: $0) }
  }

  func unreadable() throws -> [String] {
    try database.read { database in
      try String.fetchAll(
        database, sql: "SELECT fault FROM run WHERE fault IS NOT NULL ORDER BY name")
    }
  }

  func metricNames() throws -> [String] {
    try database.read { database in
      try String.fetchAll(
        database,
        sql: "SELECT DISTINCT key FROM trial, json_each(trial.metrics) ORDER BY key")
    }
  }

  func trials(_ query: TrialQuery) throws -> [TrialListing] {
    var clauses: [String] = []
    var arguments = StatementArguments()
    if let run = query.run {
      clauses.append("run = ?")
      arguments += [run]
    }
    if query.onlyFailed { clauses.append("status = 'failed'") }
    for condition in query.conditions {
      // Names of metrics are data: the path is built of the name with its quotes doubled away.
      clauses.append("json_extract(metrics, ?) \(condition.sign.rawValue) ?")
      arguments += ["$.\"\(condition.metric.filter { $0 != "\"" })\"", condition.value]
    }
    let filter = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
    let limit = query.limit.map { "LIMIT \($0)" } ?? ""
    return try database.read { database in
      let rows = try Row.fetchCursor(
        database, sql: "SELECT * FROM trial \(filter) ORDER BY run, place \(limit)",
        arguments: arguments)
      var trials: [TrialListing] = []
      while let row = try rows.next() { trials.append(try TrialListing(row)) }
      return trials
    }
  }
}

extension TrialListing {
  /// Columns in the order of the table.
  fileprivate init(_ row: Row) throws {
    let text = try row.decode(String.self, atIndex: 10)
    let metrics = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Double]
    self.init(
      run: try row.decode(String.self, atIndex: 0),
      experiment: try row.decode(String.self, atIndex: 2),
      trial: try row.decode(String.self, atIndex: 3),
      model: try row.decode(String.self, atIndex: 4),
      status: TrialRecord.Status(rawValue: try row.decode(String.self, atIndex: 5)) ?? .failed,
      rank: try row.decode(Int?.self, atIndex: 6), tier: try row.decode(Int?.self, atIndex: 7),
      isChosen: try row.decode(Bool.self, atIndex: 8),
      reason: try row.decode(String?.self, atIndex: 9), metrics: metrics ?? [:])
  }
}
