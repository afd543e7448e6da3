import CPostgres

/// A connection to PostgreSQL through libpq.
final class PostgresConnection {
  let address: PostgresAddress
  private let connection: OpaquePointer

  /// - Throws: `.unavailable`.
  init(_ address: PostgresAddress) throws(ScoreHistoryError) {
    self.address = address
    guard let connection = PQconnectdb(address.text) else {
      throw .unavailable(place: address.description, reason: "no memory for a connection")
    }
    self.connection = connection
    guard PQstatus(connection) == CONNECTION_OK else {
      throw .unavailable(place: address.description, reason: Self.message(connection, address))
    }
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
    guard PQsetClientEncoding(connection, "UTF8") == 0 else {
      throw .refused(place: address.description, reason: Self.message(connection, address))
    }
  }

  deinit { PQfinish(connection) }

  /// Carries out a statement; returns how many rows it changed.
  @discardableResult
  func execute(_ sql: String, _ arguments: [String] = []) throws(ScoreHistoryError) -> Int {
    try PostgresResult(send(sql, arguments), of: self).changedRows
  }

  /// The one number that a query gives.
  func number(_ sql: String, _ arguments: [String] = []) throws(ScoreHistoryError) -> Int {
    try PostgresResult(send(sql, arguments), of: self).number
  }

  private func send(_ sql: String, _ arguments: [String]) -> OpaquePointer? {
    if arguments.isEmpty { return PQexec(connection, sql) }
    return withCStrings(arguments) { values in
      PQexecParams(connection, sql, Int32(arguments.count), nil, values, nil, nil, 0)
    }
  }

  /// Sends rows to the `COPY` in progress.
  func copy(_ text: [UInt8]) throws(ScoreHistoryError) {
    let status = text.withUnsafeBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        PQputCopyData(connection, characters.baseAddress, Int32(clamping: characters.count))
      }
    }
    guard status == 1 else {
      throw .unavailable(place: address.description, reason: Self.message(connection, address))
    }
  }

  /// Ends the `COPY` in progress; returns how many rows it took.
  func endCopy() throws(ScoreHistoryError) -> Int {
    guard PQputCopyEnd(connection, nil) == 1 else {
      throw .unavailable(place: address.description, reason: Self.message(connection, address))
    }
    let rows = try PostgresResult(PQgetResult(connection), of: self).changedRows
    while let rest = PQgetResult(connection) { PQclear(rest) }
    return rows
  }

  /// What the database said last, without what was sent to it.
  fileprivate var message: String { Self.message(connection, address) }

  private static func message(_ connection: OpaquePointer, _ address: PostgresAddress) -> String {
    address.telling(PQerrorMessage(connection).map { String(cString: $0) } ?? "no reason given")
  }

  private func withCStrings<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
  ) -> Value {
    let bytes = texts.map { Array($0.utf8CString) }
    let starts = bytes.indices.map { place in bytes[..<place].reduce(0) { $0 + $1.count } }
    return bytes.flatMap(\.self).withUnsafeBufferPointer { all in
      let pointers = starts.map { start in all.baseAddress.map { $0 + start } }
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }
}

/// The answer to a statement, released when it goes out of scope.
private final class PostgresResult {
  private let result: OpaquePointer

  /// - Throws: What the database refuses, in its own words but without their detail, which may hold values.
  init(_ result: OpaquePointer?, of connection: PostgresConnection) throws(ScoreHistoryError) {
    let place = connection.address.description
    guard let result else { throw .unavailable(place: place, reason: connection.message) }
    self.result = result
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return
    default: break
    }
    let field = { (code: UnicodeScalar) -> String? in
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
    let reason = connection.address.telling(field("M") ?? connection.message)
    // The class of an SQLSTATE is its first two characters.
    switch field("C")?.prefix(2) {
    case "55", "40": throw .busy(place: place)
    case "08", "28",
      "42" where field("C") == "42501", "53", "57", nil:
      throw .unavailable(place: place, reason: reason)
    default: throw .refused(place: place, reason: reason)
    }
  }

  deinit { PQclear(result) }

  var changedRows: Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  var number: Int {
    guard PQntuples(result) > 0, PQnfields(result) > 0, let text = PQgetvalue(result, 0, 0) else {
      return 0
    }
    return Int(String(cString: text)) ?? 0
  }
}
