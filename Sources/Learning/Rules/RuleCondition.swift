/// What a rule asks of one column: several questions of a tree in one.
public struct RuleCondition: Hashable, Sendable {
  public let column: String
  /// Exclusive.
  public internal(set) var lower: Double?
  /// Inclusive.
  public internal(set) var upper: Double?
  public internal(set) var level: String?
  public internal(set) var excluded: [String] = []
  public internal(set) var allowsMissing = true
  public internal(set) var allowsPresent = true
  let described: RuleTree.Column

  init(_ column: RuleTree.Column) {
    self.column = column.name
    described = column
  }

  mutating func narrow(_ question: RuleTree.Question, holds: Bool) {
    switch (question, holds) {
    case (.atMost(let limit, let missing), true):
      upper = min(upper ?? limit, limit)
      allowsMissing = allowsMissing && missing
    case (.atMost(let limit, let missing), false):
      lower = max(lower ?? limit, limit)
      allowsMissing = allowsMissing && !missing
    case (.level(let name), true):
      level = name
      excluded = []
      allowsMissing = false
    case (.level(let name), false):
      // Of one level all others are excluded.
      if level == nil { excluded.append(name) }
    case (.isMissing, true): allowsPresent = false
    case (.isMissing, false): allowsMissing = false
    }
  }

  /// Such as `30 < recency ≤ 90`, `job is one of …`, `visits is missing`.
  public var words: String {
    guard allowsPresent else { return "\(column) is missing" }
    guard let test else { return "\(column) is not missing" }
    return described.hasMissing && allowsMissing ? "(\(test) or \(column) is missing)" : test
  }

  private var test: String? {
    if let level { return "\(column) = \(level)" }
    if let only = excluded.first, excluded.count == 1 {
      let other = described.pair.first { $0 != only }
      return other.map { "\(column) = \($0)" } ?? "\(column) ≠ \(only)"
    }
    if !excluded.isEmpty { return "\(column) not in (\(excluded.joined(separator: ", ")))" }
    switch (lower.map(Self.text), upper.map(Self.text)) {
    case (let lower?, let upper?): return "\(lower) < \(column) ≤ \(upper)"
    case (let lower?, nil): return "\(column) > \(lower)"
    case (nil, let upper?): return "\(column) ≤ \(upper)"
    case (nil, nil): return nil
    }
  }

  func sql(isBoolean: Bool) -> String {
    let name = "\"" + column.replacing("\"", with: "\"\"") + "\""
    guard allowsPresent else { return "\(name) IS NULL" }
    let texts = excluded.map { Self.literal($0, isBoolean) }
    var tests: [String] = []
    if let lower { tests.append("\(name) > \(Self.text(lower))") }
    if let upper { tests.append("\(name) <= \(Self.text(upper))") }
    if let level { tests.append("\(name) = \(Self.literal(level, isBoolean))") }
    if texts.count == 1 { tests.append("\(name) <> \(texts[0])") }
    if texts.count > 1 { tests.append("\(name) NOT IN (\(texts.joined(separator: ", ")))") }
    guard !tests.isEmpty else { return "\(name) IS NOT NULL" }
    let test = tests.joined(separator: " AND ")
    // A comparison with NULL is not true: without the second half, NULL is refused.
    return allowsMissing ? "(\(test) OR \(name) IS NULL)" : test
  }

  private static func literal(_ text: String, _ isBoolean: Bool) -> String {
    isBoolean ? text.uppercased() : "'" + text.replacing("'", with: "''") + "'"
  }

  /// The shortest text that reads back as the same number; whole numbers without a point.
  private static func text(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension [RuleCondition] {
  /// With one more answer, in the condition of its column.
  func narrowed(
    _ column: RuleTree.Column, _ question: RuleTree.Question, holds: Bool
  ) -> Self {
    var conditions = self
    if let place = conditions.firstIndex(where: { $0.column == column.name }) {
      conditions[place].narrow(question, holds: holds)
    } else {
      var condition = RuleCondition(column)
      condition.narrow(question, holds: holds)
      conditions.append(condition)
    }
    return conditions
  }
}

extension [[RuleCondition]] {
  /// The same rows in fewer words: alternatives that differ in one column and leave no gap there are one.
  var joined: Self {
    var alternatives = self
    var place = 0
    while place < alternatives.count {
      let other = alternatives.indices.dropFirst(place + 1).first { other in
        alternatives[place].joined(with: alternatives[other]) != nil
      }
      guard let other, let both = alternatives[place].joined(with: alternatives[other]) else {
        place += 1
        continue
      }
      alternatives[place] = both
      alternatives.remove(at: other)
      // What was passed over may fit the wider alternative.
      place = 0
    }
    return alternatives
  }
}

extension [RuleCondition] {
  /// The conditions that rows of either list meet; nil if they cannot be said as one list.
  fileprivate func joined(with other: Self) -> Self? {
    guard count == other.count else { return nil }
    var joined = self
    var differing: Int?
    for (place, condition) in enumerated() {
      guard let partner = other.first(where: { $0.column == condition.column }) else { return nil }
      if partner == condition { continue }
      guard differing == nil, let union = condition.union(partner) else { return nil }
      differing = place
      joined[place] = union
    }
    if let differing, joined[differing].asksNothing { joined.remove(at: differing) }
    return joined
  }
}

extension RuleCondition {
  fileprivate var asksNothing: Bool {
    allowsMissing && allowsPresent && lower == nil && upper == nil && level == nil
      && excluded.isEmpty
  }

  /// What either condition on the column allows; nil where that is not one condition.
  fileprivate func union(_ other: Self) -> Self? {
    var union = allowsPresent ? self : other
    union.allowsMissing = allowsMissing || other.allowsMissing
    guard allowsPresent, other.allowsPresent else { return union }
    if let level, other.level == nil, other.excluded.contains(level) {
      union.level = nil
      union.excluded = other.excluded.filter { $0 != level }
      return union
    }
    if level == nil, other.level != nil {
      return other.union(self)
    }
    guard level == nil, excluded.isEmpty, other.excluded.isEmpty else { return nil }
    if let upper, upper == other.lower {
      union.upper = other.upper
      return union
    }
    return lower != nil && lower == other.upper ? other.union(self) : nil
  }
}
