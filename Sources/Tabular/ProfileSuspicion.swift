/// What a column's values look like beyond their kind. Shares are of the values present.
///
/// Judgements by shape alone need at least `Suspicion.fewestRows` values, because a handful of
/// distinct values proves nothing.
extension Column {
  /// Whether a tenth of the values or more are e-mail addresses.
  package var looksLikeEmail: Bool {
    let (present, matches) = countValues(where: ValuePattern.isEmail)
    return matches > 0 && Double(matches) >= Suspicion.emailShare * Double(present)
  }

  /// Whether half of the values or more are written like telephone numbers, or the column is named
  /// as one and its values have the length.
  package var looksLikePhone: Bool {
    if case .integer(let values) = values {
      guard ValuePattern.namesPhone(name) else { return false }
      let long = presentRows.count { values[$0].magnitude >= 1_000_000 }
      return long > 0 && 2 * long >= presentCount
    }
    let (present, matches) = countValues(where: ValuePattern.isPhone)
    return matches > 0 && Double(matches) >= Suspicion.phoneShare * Double(present)
  }

  /// Whether a tenth of the values or more are international bank account numbers.
  package var looksLikeAccount: Bool {
    let (present, matches) = countValues(where: PersonalNumber.isAccount)
    return matches > 0 && Double(matches) >= Suspicion.accountShare * Double(present)
  }

  /// Whether half of the values or more, and two at least, are numbers of payment cards.
  package var looksLikeCard: Bool {
    if case .integer(let values) = values {
      let matches = presentRows.count { PersonalNumber.isCard(String(values[$0])) }
      return matches >= 2 && 2 * matches >= presentCount
    }
    let (present, matches) = countValues(where: PersonalNumber.isCard)
    return matches >= 2 && Double(matches) >= Suspicion.cardShare * Double(present)
  }

  /// What the values have of personal data; nil for nothing that is recognised.
  package var personalPattern: PersonalPattern? {
    if looksLikeEmail { return .email }
    if looksLikePhone { return .phone }
    if looksLikeAccount { return .account }
    if looksLikeCard { return .card }
    return looksLikeFreeText ? .nearlyUnique : nil
  }

  /// Whether the values single out rows: nearly all distinct and either dense whole numbers, words
  /// without spaces, or in a column named as an identifier.
  package var looksLikeIdentifier: Bool {
    let named = ValuePattern.namesIdentifier(name) && presentCount >= 2
    switch values {
    case .integer(let values):
      return isDenseSequence(values) || (named && isNearUnique)
    case .category, .text:
      guard isNearUnique, named || presentCount >= Suspicion.fewestRows else { return false }
      let (present, words) = countValues { !$0.utf8.contains(UInt8(ascii: " ")) }
      return Double(words) >= Suspicion.nearUniqueShare * Double(present)
    case .real, .boolean, .date: return false
    }
  }

  /// Whether nearly every row has words of its own.
  package var looksLikeFreeText: Bool {
    switch values {
    case .category, .text: presentCount >= Suspicion.fewestRows && isNearUnique
    default: false
    }
  }

  /// Whether some of a handful of texts are equal, so that they may be levels of a category.
  package var looksLikeFewLevels: Bool {
    presentCount < Suspicion.fewestRows && distinctCount < presentCount
  }

  package var presentCount: Int { rowCount - missingRows.count }

  /// The rows that have a value, ascending.
  package var presentRows: [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(presentCount)
    var next = 0
    for missing in missingRows {
      rows += next..<missing
      next = missing + 1
    }
    rows += next..<max(next, rowCount)
    return rows
  }

  private var isNearUnique: Bool {
    Double(distinctCount) >= Suspicion.nearUniqueShare * Double(presentCount)
  }

  /// Whether all values differ and fill at least half of their range.
  private func isDenseSequence(_ values: [Int64]) -> Bool {
    let rows = presentRows
    guard rows.count >= Suspicion.fewestRows, let first = rows.first else { return false }
    var (low, high) = (values[first], values[first])
    for row in rows { (low, high) = (min(low, values[row]), max(high, values[row])) }
    let (span, overflow) = high.subtractingReportingOverflow(low)
    guard !overflow, span < 2 * Int64(rows.count) else { return false }
    var seen = [Bool](repeating: false, count: Int(span) + 1)
    for row in rows {
      let place = Int(values[row] - low)
      if seen[place] { return false }
      seen[place] = true
    }
    return true
  }

  /// How many texts there are and how many of them satisfy `test`; numbers and dates have none.
  private func countValues(where test: (String) -> Bool) -> (present: Int, matches: Int) {
    switch values {
    case .category(let codes, let levels):
      let counts = levelCounts(codes: codes, levelCount: levels.count)
      let matches = levels.indices.reduce(0) { $0 + (test(levels[$1]) ? counts[$1] : 0) }
      return (presentCount, matches)
    case .text(let values):
      return (presentCount, presentRows.count { test(values[$0]) })
    case .integer, .real, .boolean, .date: return (presentCount, 0)
    }
  }
}

/// Thresholds of the judgements above.
enum Suspicion {
  static let fewestRows = 20
  static let nearUniqueShare = 0.95
  static let emailShare = 0.1
  static let phoneShare = 0.5
  /// One text in 97 has the check digits of an account by chance.
  static let accountShare = 0.1
  /// One number in ten has the check digit of a card by chance.
  static let cardShare = 0.5
}

/// What one text or name looks like.
enum ValuePattern {
  /// `local@domain.tld`: one @, no spaces, a dot inside the domain.
  static func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 254,
      !text.utf8.contains(where: { $0 <= UInt8(ascii: " ") })
    else { return false }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty } && (labels.last?.count ?? 0) >= 2
  }

  /// Seven to fifteen digits with a leading + or 0 or the usual separators, and not the shape of a
  /// date, a postal code or a network address.
  static func isPhone(_ text: String) -> Bool {
    var digits = 0
    var groups: [Int] = [0]
    for (place, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        groups[groups.count - 1] += 1
      case UInt8(ascii: "+"): if place != 0 { return false }
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
        UInt8(ascii: "("), UInt8(ascii: ")"):
        if groups.last != 0 { groups.append(0) }
      default: return false
      }
    }
    guard (7...15).contains(digits) else { return false }
    let shape = groups.filter { $0 > 0 }
    let looksLikeOther =
      [[4, 2, 2], [2, 2, 4], [5, 4]].contains(shape)
      || (shape.count == 4 && text.utf8.count { $0 == UInt8(ascii: ".") } == 3)
      || (shape.count == 2 && text.utf8.contains(UInt8(ascii: ".")))
    let first = text.utf8.first
    let marked = first == UInt8(ascii: "+") || first == UInt8(ascii: "0") || shape.count > 1
    return marked && !looksLikeOther
  }

  static func namesIdentifier(_ name: String) -> Bool {
    let words = words(of: name)
    let marks: Set = ["id", "uuid", "guid", "key", "identifier", "nr", "number"]
    return words.last.map(marks.contains) ?? false || words.first == "id"
  }

  static func namesPhone(_ name: String) -> Bool {
    !Set(words(of: name)).isDisjoint(with: ["phone", "telephone", "tel", "mobile", "cell", "fax"])
  }

  /// The words of `customer_id`, `CustomerID` or `customer id`, in lower case.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var wasLower = false
    var isInside = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        isInside = false
        continue
      }
      let startsWord = !isInside || (wasLower && character.isUppercase)
      if startsWord { words.append("") }
      words[words.count - 1] += character.lowercased()
      isInside = true
      wasLower = character.isLowercase || character.isNumber
    }
    return words
  }
}
