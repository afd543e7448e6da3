import CPostgres
import Foundation

/// Where a history of scores is kept.
public enum ScoreHistoryPlace: Sendable {
  case sqlite(path: String)
  case postgresql(PostgresAddress)

  /// Reads `sqlite:///folder/file.db` (`sqlite://file.db` for one in the current folder) or an address as
  /// libpq knows it, `postgresql://user@host:port/database?sslmode=require`.
  ///
  /// - Throws: `.unreadablePlace`, which says nothing of the text: it may hold a password.
  public init(_ text: String) throws(ScoreHistoryError) {
    let scheme = "sqlite://"
    if text.hasPrefix(scheme) {
      let rest = String(text.dropFirst(scheme.count))
      guard let path = rest.removingPercentEncoding, !path.isEmpty, !path.hasSuffix("/"),
        !path.utf8.contains(0)
      else { throw .unreadablePlace }
      self = .sqlite(path: path)
    } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
      self = .postgresql(try PostgresAddress(text))
    } else {
      throw .unreadablePlace
    }
  }

  /// The place without a password.
  public var description: String {
    switch self {
    case .sqlite(let path): path
    case .postgresql(let address): address.description
    }
  }
}

/// The address of a PostgreSQL database.
public struct PostgresAddress: Sendable, CustomStringConvertible {
  /// As libpq takes it; it may hold a password and is shown to nobody.
  let text: String
  private let passwords: [String]
  /// Host, port and database.
  public let description: String

  /// - Throws: `.unreadablePlace`.
  init(_ text: String) throws(ScoreHistoryError) {
    var complaint: UnsafeMutablePointer<CChar>?
    let options = PQconninfoParse(text, &complaint)
    // What libpq complains of quotes the address.
    PQfreemem(complaint)
    guard let options else { throw .unreadablePlace }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    self.text = text
    passwords = ["password", "sslpassword"].compactMap { values[$0] }.filter { !$0.isEmpty }
    let host = values["host"] ?? values["hostaddr"] ?? ""
    let port = values["port"].map { ":\($0)" } ?? ""
    description = "postgresql://\(host)\(port)/\(values["dbname"] ?? "")"
  }

  /// What the database said, on one line and without passwords.
  func telling(_ message: String) -> String {
    var message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    for password in passwords { message = message.replacing(password, with: "…") }
    return message
  }
}
