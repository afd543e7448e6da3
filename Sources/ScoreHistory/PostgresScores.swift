/// A history in a PostgreSQL database: `COPY` into a temporary table, then one `INSERT`.
///
/// All of a batch is one transaction of one connection; a connection that ends leaves nothing.
final class PostgresScores: ScoreHistoryStore {
  /// Any number that is the same for all batches.
  private static let lock = 7_165_206_873

  private let connection: PostgresConnection
  private let key: ScoreHistoryKey

  init(_ address: PostgresAddress, _ key: ScoreHistoryKey) throws(ScoreHistoryError) {
    self.key = key
    connection = try PostgresConnection(address)
    try connection.execute("SET client_min_messages TO error")
    // Who may only write to the table may not create one, not even if it exists.
    if try connection.number("SELECT count(to_regclass('score'))") == 0 {
      try connection.execute(
        ScoreHistorySQL.history(real: "DOUBLE PRECISION", day: "DATE", whole: "BIGINT"))
    }
    for statement in [
      "BEGIN",
      ScoreHistorySQL.temporary(real: "DOUBLE PRECISION", whole: "BIGINT") + " ON COMMIT DROP",
      "COPY \(ScoreHistorySQL.batch) FROM STDIN",
    ] { try connection.execute(statement) }
  }

  func stage(_ rows: [ScoreHistoryRow]) throws(ScoreHistoryError) {
    var text: [UInt8] = []
    for row in rows {
      let cells = [
        row.customer, row.raw.map { "\($0)" }, row.calibrated.map { "\($0)" }, row.band,
        row.segment.map { "\($0)" }, row.reasons,
      ]
      for (place, cell) in cells.enumerated() {
        if place > 0 { text.append(UInt8(ascii: "\t")) }
        Self.append(cell, to: &text)
      }
      text.append(UInt8(ascii: "\n"))
    }
    try connection.copy(text)
  }

  /// A cell as the text form of `COPY` has it.
  private static func append(_ cell: String?, to text: inout [UInt8]) {
    guard let cell else { return text += [UInt8(ascii: "\\"), UInt8(ascii: "N")] }
    for byte in cell.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): text += [byte, byte]
      case UInt8(ascii: "\t"): text += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case UInt8(ascii: "\n"): text += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case UInt8(ascii: "\r"): text += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      default: text.append(byte)
      }
    }
  }

  func commit(customerColumn: String) throws(ScoreHistoryError) -> ScoreHistoryOutcome {
    let total = try connection.endCopy()
    let repeated = try connection.number(ScoreHistorySQL.repeated)
    guard repeated == 0 else {
      throw .repeatedCustomers(column: customerColumn, count: repeated)
    }
    // No other batch may come between looking and adding; a lock on the table would need more rights.
    try connection.execute("SELECT pg_advisory_xact_lock(\(Self.lock))")
    let marks = ["$1::text", "$2::bigint", "$3::date"]
    let bound = [key.model, "\(key.version)", key.day]
    let others = try connection.number(
      ScoreHistorySQL.others(differs: "IS DISTINCT FROM", key: marks), bound)
    guard others == 0 else {
      throw .otherScores(
        place: connection.address.description, count: others, version: key.reference, day: key.day)
    }
    let added = try connection.execute(ScoreHistorySQL.insertion(key: marks), bound)
    try connection.execute("COMMIT")
    return ScoreHistoryOutcome(added: added, present: total - added)
  }
}
