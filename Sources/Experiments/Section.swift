internal import Tabular

/// A mapping of a study whose keys are known.
struct Section {
  let name: String
  let place: SourcePlace
  let entries: [SourceNode.Entry]

  /// Refuses keys that are neither in `keys` nor in `later`.
  ///
  /// - Parameter later: keys of the contract that this version does not serve.
  init(
    _ node: SourceNode, _ name: String, keys: [String], later: [String] = []
  ) throws(StudyError) {
    let entries = try node.entries(name)
    for entry in entries where !keys.contains(entry.key) {
      if later.contains(entry.key) {
        throw StudyError(.notAvailable("\(name).\(entry.key)"), at: entry.place)
      }
      throw StudyError(
        .unknownKey(
          entry.key, section: name, known: keys,
          nearest: NearestName.nearest(to: entry.key, among: keys)),
        at: entry.place)
    }
    self.name = name
    self.entries = entries
    place = node.place
  }

  subscript(key: String) -> SourceNode? { entries.first { $0.key == key }?.value }

  func required(_ key: String) throws(StudyError) -> SourceNode {
    guard let node = self[key], !node.isNull else {
      throw StudyError(.missingKey(key, section: name), at: self[key]?.place ?? place)
    }
    return node
  }
}

extension SourceNode {
  func refused(_ key: String, expected: String) -> StudyError {
    StudyError(.wrongValue(key: key, expected: expected, found: kind), at: place)
  }

  func entries(_ key: String) throws(StudyError) -> [Entry] {
    guard case .mapping(let entries) = content else {
      throw refused(key, expected: "a mapping of keys to values")
    }
    return entries
  }

  func items(_ key: String) throws(StudyError) -> [SourceNode] {
    guard case .sequence(let items) = content else { throw refused(key, expected: "a list") }
    return items
  }

  func text(_ key: String) throws(StudyError) -> String {
    guard case .scalar(let text, let isQuoted) = content, isQuoted || !isNull else {
      throw refused(key, expected: "a text")
    }
    return text
  }

  /// A text or a list of texts.
  func texts(_ key: String) throws(StudyError) -> [String] {
    guard case .sequence(let items) = content else { return [try text(key)] }
    var texts: [String] = []
    for item in items { texts.append(try item.text(key)) }
    return texts
  }

  func number(
    _ key: String, _ expected: String, _ isAllowed: (Double) -> Bool
  ) throws(StudyError) -> Double {
    guard case .scalar(let text, false) = content, let number = plainNumber(text), isAllowed(number)
    else { throw refused(key, expected: expected) }
    return number
  }

  /// A whole number within bounds.
  func count(_ key: String, _ range: ClosedRange<Int>) throws(StudyError) -> Int {
    guard case .scalar(let text, false) = content, let count = Int(text), range.contains(count)
    else {
      throw refused(
        key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return count
  }

  func flag(_ key: String) throws(StudyError) -> Bool {
    guard case .scalar(let text, false) = content, ["true", "false"].contains(text) else {
      throw refused(key, expected: "true or false")
    }
    return text == "true"
  }

  /// A name of lower-case letters, digits and hyphens, fit for files and addresses.
  func identifier(_ key: String) throws(StudyError) -> String {
    let name = try text(key)
    let allowed = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
    guard allowed, !name.isEmpty, !name.hasPrefix("-"), name.utf8.count <= 64 else {
      throw refused(key, expected: "1 to 64 lower-case letters, digits and hyphens")
    }
    return name
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ key: String, of type: Value.Type
  ) throws(StudyError) -> Value where Value.RawValue == String {
    let name = try choice(key, among: Value.allCases.map(\.rawValue))
    guard let value = Value(rawValue: name) else { throw refused(key, expected: "another value") }
    return value
  }

  func choice(_ key: String, among names: [String]) throws(StudyError) -> String {
    guard case .scalar(let text, _) = content, names.contains(text) else {
      throw refused(key, expected: "one of \(names.joined(separator: ", "))")
    }
    return text
  }

  /// Seconds: a number, or a number with `s`, `m` or `h`.
  func duration(_ key: String) throws(StudyError) -> Double {
    guard case .scalar(let text, _) = content, let span = TimeSpan(text) else {
      throw refused(key, expected: TimeSpan.domain)
    }
    return span.seconds
  }

  /// Whether it is this word alone.
  func isWord(_ word: String) -> Bool {
    guard case .scalar(let text, _) = content else { return false }
    return text == word
  }

  /// Bytes, from a size such as `8GB`.
  func memorySize(_ key: String) throws(StudyError) -> Double {
    guard case .scalar(let text, _) = content, let size = MemorySize(text) else {
      throw refused(key, expected: MemorySize.domain)
    }
    return size.bytes
  }
}
