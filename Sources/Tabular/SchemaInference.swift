/// The forms that values of a column take; its kind is decided by all of its rows.
struct ValueForms: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A whole number of 64 bits.
  static let integer = ValueForms(rawValue: 1)
  /// A number with a point or an exponent, or a whole number that 64 bits do not hold.
  static let real = ValueForms(rawValue: 2)
  static let boolean = ValueForms(rawValue: 4)
  static let date = ValueForms(rawValue: 8)
  static let text = ValueForms(rawValue: 16)
  /// A spelling of NaN or infinity, or a number too large for a double.
  static let nonFinite = ValueForms(rawValue: 32)

  /// The kind of a column with these forms.
  ///
  /// - `integer` or `real` if all are numbers (`nonFinite` among them is then an error);
  /// - `boolean` if all are `true` or `false`; 0 and 1 are integers, yes and no are categories;
  /// - `date` if all are dates;
  /// - nil, which stands for `category` or `text`, in every other case, also without any value.
  var kind: ColumnKind? {
    if isEmpty { return nil }
    if isSubset(of: .integer) { return .integer }
    if isSubset(of: [.integer, .real, .nonFinite]) { return .real }
    if self == .boolean { return .boolean }
    if self == .date { return .date }
    return nil
  }

  /// The form of a value, which is neither missing nor surrounded by blanks.
  init(of text: UnsafeBufferPointer<UInt8>) {
    guard let first = text.first else {
      self = .text
      return
    }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let isDate = CivilDate(text) != nil
      self = isDate ? .date : ValueForms(ofNumber: text)
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "n"),
      UInt8(ascii: "N"), UInt8(ascii: "i"), UInt8(ascii: "I"):
      self = isNonFiniteWord(text) ? .nonFinite : ValueForms(ofNumber: text)
    default:
      self = truthValue(text) == nil ? .text : .boolean
    }
  }

  /// Codes such as `007` and `+31612345678` are text: as numbers they would lose their spelling.
  private init(ofNumber text: UnsafeBufferPointer<UInt8>) {
    guard let number = DecimalText(text), number.isPlain else {
      self = .text
      return
    }
    if number.integer != nil {
      self = .integer
    } else {
      self = number.double(from: text).isFinite ? .real : .nonFinite
    }
  }
}

/// How many levels a category may have.
enum CategoryRule {
  static let mostLevels = 1000

  /// Text is a category if it has at most 1000 distinct values and each stands in two rows or more
  /// on average.
  static func isCategory(levelCount: Int, valueCount: Int) -> Bool {
    levelCount > 0 && levelCount <= mostLevels && levelCount * 2 <= valueCount
  }
}

/// `true` and `false` in lower case, upper case or capitalised.
func truthValue(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
  switch text.count {
  case 4 where isOne(of: ["true", "TRUE", "True"], text): true
  case 5 where isOne(of: ["false", "FALSE", "False"], text): false
  default: nil
  }
}

/// What a column that is declared boolean may hold besides: `yes`, `y`, `t`, `1` and `no`, `n`, `f`,
/// `0`, in any case of letters.
func declaredTruthValue(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
  let word = text.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
  func isOne(of spellings: [StaticString]) -> Bool {
    word.withUnsafeBufferPointer { Tabular.isOne(of: spellings, $0) }
  }
  if isOne(of: ["true", "yes", "y", "t", "1"]) { return true }
  if isOne(of: ["false", "no", "n", "f", "0"]) { return false }
  return nil
}

/// `nan`, `inf` or `infinity` with or without a sign, in any case of letters.
func isNonFiniteWord(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  guard text.count >= 3, text.count <= 9 else { return false }
  let hasSign = text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+")
  let word = text.dropFirst(hasSign ? 1 : 0).map { $0 | 0x20 }
  return word.withUnsafeBufferPointer { isOne(of: ["nan", "inf", "infinity"], $0) }
}

private func isOne(of spellings: [StaticString], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
  spellings.contains { spelling in
    spelling.withUTF8Buffer { $0.count == text.count && $0.elementsEqual(text) }
  }
}
