public import Foundation

/// Who changes the registry, and when.
public struct Author: Hashable, Sendable {
  public let name: String
  public let at: Date

  public init(name: String, at: Date) {
    self.name = name
    self.at = at
  }

  /// `2026-08-01T10:00:00Z`; texts of this form stand in the order of their times.
  var timestamp: String { at.formatted(.iso8601) }

  /// The day in UTC, `2026-08-01`.
  public var day: String { String(timestamp.prefix(10)) }
}
