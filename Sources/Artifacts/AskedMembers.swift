/// Which members of a JSON document a decoder has asked for, so that a strict reader finds what nobody has.
final class AskedMembers {
  /// Whether the value here was taken apart; what was never opened says nothing about its members.
  var isOpened = false
  private var names: Set<String> = []
  private var members: [String: AskedMembers] = [:]

  /// Notes that the member `name` was asked for; nil if it has no members itself.
  func member(_ name: String, holding value: JSONValue) -> AskedMembers? {
    names.insert(name)
    switch value {
    case .object, .array: break
    default: return nil
    }
    if let known = members[name] { return known }
    let member = AskedMembers()
    members[name] = member
    return member
  }

  /// The place of the first member of an object that nobody asked for and that is no extension (`x-…`).
  func firstUnread(in value: JSONValue) -> [String]? {
    guard isOpened else { return nil }
    switch value {
    case .object(let values):
      for name in values.keys.sorted() where !name.hasPrefix("x-") {
        guard names.contains(name) else { return [name] }
        if let path = unread(of: name, in: values[name]) { return path }
      }
    case .array(let values):
      for (index, value) in values.enumerated() {
        if let path = unread(of: String(index), in: value) { return path }
      }
    default: break
    }
    return nil
  }

  private func unread(of name: String, in value: JSONValue?) -> [String]? {
    guard let value, let path = members[name]?.firstUnread(in: value) else { return nil }
    return [name] + path
  }
}

/// Thrown where an object has a key that its type does not know.
package struct UnknownKey: Error {
  /// The way to the key from the top of the document.
  package let path: [String]
}
