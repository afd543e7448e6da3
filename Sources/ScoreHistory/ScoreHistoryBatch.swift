public import Artifacts

/// Scored parts on their way into the table `score` of a database.
///
/// They gather in a temporary table that is the connection's own. `commit` moves them into `score` in one
/// transaction: whoever is killed has added nothing, and the same batch again adds nothing twice.
public struct ScoreHistoryBatch: ScoredPartSink {
  private let rows: ScoreHistoryRows
  private let store: any ScoreHistoryStore

  /// Opens the database and finds out whether it can be written.
  ///
  /// - Parameters:
  ///   - columns: The columns that pass through.
  ///   - customer: Which of them tells customers apart; nil for the first.
  public init(
    _ place: ScoreHistoryPlace, _ key: ScoreHistoryKey, columns: [String], customer: String?
  ) throws(ScoreHistoryError) {
    rows = try ScoreHistoryRows(columns: columns, customer: customer)
    store =
      switch place {
      case .sqlite(let path): try SQLiteScores(path: path, key)
      case .postgresql(let address): try PostgresScores(address, key)
      }
  }

  public var preparation: @Sendable (ScoredPart) -> [ScoreHistoryRow] {
    let rows = rows
    return { rows.rows(of: $0) }
  }

  public mutating func append(
    _ parts: [[ScoreHistoryRow]], reaching progress: ScoringProgress
  ) throws {
    for part in parts {
      if let nameless = part.first(where: { $0.customer.isEmpty }) {
        throw ScoreHistoryError.noCustomer(column: rows.customerColumn, row: nameless.number)
      }
      try store.stage(part)
    }
  }

  /// Adds all of the batch to the history, or nothing.
  ///
  /// - Throws: `.repeatedCustomers`, `.otherScores` and whatever the database says.
  public func commit() throws(ScoreHistoryError) -> ScoreHistoryOutcome {
    try store.commit(customerColumn: rows.customerColumn)
  }
}

/// A database that keeps scores.
protocol ScoreHistoryStore {
  /// Puts scores into the temporary table.
  func stage(_ rows: [ScoreHistoryRow]) throws(ScoreHistoryError)
  /// Moves the temporary table into `score` in one transaction.
  func commit(customerColumn: String) throws(ScoreHistoryError) -> ScoreHistoryOutcome
}

/// The statements that both databases understand; names and values that vary are bound or of our own.
enum ScoreHistorySQL {
  static let batch = "cohort_score_batch"
  static let values = ["raw", "calibrated", "band", "segment", "reasons"]

  /// The table of the history.
  ///
  /// - Parameters:
  ///   - real: The type of double-precision numbers.
  ///   - day: The type of days.
  static func history(real: String, day: String, whole: String) -> String {
    """
    CREATE TABLE IF NOT EXISTS score (
      customer TEXT NOT NULL, model TEXT NOT NULL, version \(whole) NOT NULL, as_of \(day) NOT NULL,
      raw \(real), calibrated \(real), band TEXT, segment \(whole), reasons TEXT,
      PRIMARY KEY (customer, model, version, as_of))
    """
  }

  static func temporary(real: String, whole: String) -> String {
    """
    CREATE TEMPORARY TABLE \(batch) (
      customer TEXT NOT NULL, raw \(real), calibrated \(real), band TEXT, segment \(whole), reasons TEXT)
    """
  }

  /// Rows of the batch whose customer came before in it.
  static let repeated = "SELECT count(*) - count(DISTINCT customer) FROM \(batch)"

  /// Customers of the batch who have other scores in the history.
  ///
  /// - Parameter differs: The operator under which missing values are equal.
  static func others(differs: String, key: [String]) -> String {
    let comparisons = values.map { "score.\($0) \(differs) batch.\($0)" }
    return """
      SELECT count(*) FROM \(batch) AS batch JOIN score ON score.customer = batch.customer
      WHERE score.model = \(key[0]) AND score.version = \(key[1]) AND score.as_of = \(key[2])
        AND (\(comparisons.joined(separator: " OR ")))
      """
  }

  static func insertion(key: [String]) -> String {
    let names = values.joined(separator: ", ")
    return """
      INSERT INTO score (customer, model, version, as_of, \(names))
      SELECT customer, \(key.joined(separator: ", ")), \(names) FROM \(batch) WHERE true
      ON CONFLICT (customer, model, version, as_of) DO NOTHING
      """
  }
}
