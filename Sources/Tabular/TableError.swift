/// Why a table was refused. Cases carry places and counts, never cell values.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path); \(reason)"
    }
  }
}
