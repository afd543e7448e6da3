/// Rows of CSV text built from numbers and words that need no quotes.
struct CSVBytes {
  private(set) var bytes: [UInt8] = []
  private var isAtStart = true

  init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    isAtStart = true
  }

  mutating func appendMissing() { separate() }

  mutating func append(_ word: String) {
    separate()
    bytes.append(contentsOf: word.utf8)
  }

  mutating func append(_ flag: Bool) { append(flag ? "true" : "false") }

  mutating func append(_ number: Int) {
    separate()
    appendDigits(number, atLeast: 1)
  }

  /// `number` behind a letter, filled up with zeros to `width` digits.
  mutating func append(_ letter: StaticString, _ number: Int, width: Int) {
    separate()
    letter.withUTF8Buffer { bytes.append(contentsOf: $0) }
    appendDigits(number, atLeast: width)
  }

  /// `number` / 10^`decimals` with all decimals written.
  mutating func append(_ number: Int, decimals: Int) {
    separate()
    appendDigits(number, atLeast: decimals + 1)
    bytes.insert(UInt8(ascii: "."), at: bytes.count - decimals)
  }

  mutating func append(_ date: CivilDate) {
    separate()
    appendDigits(date.year, atLeast: 4)
    bytes.append(UInt8(ascii: "-"))
    appendDigits(date.month, atLeast: 2)
    bytes.append(UInt8(ascii: "-"))
    appendDigits(date.day, atLeast: 2)
  }

  private mutating func separate() {
    if !isAtStart { bytes.append(UInt8(ascii: ",")) }
    isAtStart = false
  }

  /// The decimal digits of a number that is not negative.
  private mutating func appendDigits(_ number: Int, atLeast width: Int) {
    var divisor = 1
    var digits = 1
    while digits < width || number / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }
}
