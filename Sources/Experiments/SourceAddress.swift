/// The address of a table as it may be passed on.
package enum SourceAddress {
  /// A database address without the password in it; other addresses stay as they are.
  package static func withoutPassword(_ source: String) -> String {
    guard let scheme = source.firstRange(of: "://") else { return source }
    let authority = source[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":")
    else { return source }
    return source[...colon] + "…" + source[at...]
  }
}
