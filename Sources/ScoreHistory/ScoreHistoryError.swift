public import Artifacts

/// Why scores did not enter a history.
///
/// Cases carry places without passwords, names and counts, never cell values.
public enum ScoreHistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The place is written in no form that is known.
  case unreadablePlace
  /// The column that tells customers apart is not in the output.
  case noCustomerColumn(name: String?)
  /// A scored row names no customer; rows count from 1 below the header.
  case noCustomer(column: String, row: Int)
  /// The table has customers more than once.
  case repeatedCustomers(column: String, count: Int)
  /// The history has other scores under the same customer, model, version and day.
  case otherScores(place: String, count: Int, version: String, day: String)
  /// Another process holds the database.
  case busy(place: String)
  /// The database cannot be reached, or gives no leave.
  case unavailable(place: String, reason: String)
  /// The table `score` is there with other columns, or the database refuses something else.
  case refused(place: String, reason: String)
  case storage(StorageError)

  public var description: String {
    switch self {
    case .unreadablePlace:
      "--to cannot be read; write sqlite:///folder/file.db or postgresql://user@host/database"
    case .noCustomerColumn(nil):
      "the model passes no id through; name the customers' column with --keep and --customer"
    case .noCustomerColumn(let name?):
      "the output has no column \(name) to tell customers apart; add it with --keep"
    case .noCustomer(let column, let row):
      "column \(column), data row \(row): a customer is needed for the history; fill the cell"
    case .repeatedCustomers(let column, let count):
      "column \(column) names \(count) rows by customers that came before; a history has one score per"
        + " customer, model, version and day; make it unique"
    case .otherScores(let place, let count, let version, let day):
      "\(count) customers have other scores of \(version) as of \(day) in \(place); give another"
        + " --as-of, or remove those rows"
    case .busy(let place): "\(place) is being written by another process; wait and run again"
    case .unavailable(let place, let reason):
      "cannot write scores to \(place): \(reason); check address and permissions"
    case .refused(let place, let reason):
      "\(place) does not take the scores: \(reason); see docs/scoring.md for its table"
    case .storage(let error): "\(error)"
    }
  }
}
