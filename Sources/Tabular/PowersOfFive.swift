/// The first 128 bits of 5^q for every q at which a 64-bit significand gives a finite double.
///
/// Positive powers are cut off. For negative ones 2^b / 5^−q is cut off, and rounded up down to
/// q = −27, where the quotient times a significand can be exact (Lemire 2021, §5 and §8). They are
/// computed once, exactly, in about a millisecond.
enum PowersOfFive {
  static let smallest = -342
  static let largest = 308

  struct Bits: Hashable, Sendable {
    let high: UInt64
    let low: UInt64
  }

  @inline(__always) static func leadingBits(_ power: Int) -> Bits { table[power - smallest] }

  private static let table: [Bits] = {
    var positive: [Bits] = []
    var negative: [Bits] = []
    var five = WideNumber(1)
    for power in 0...(-smallest) {
      if power <= largest { positive.append(five.leadingBits) }
      if power > 0 { negative.append(five.reciprocalBits(roundingUp: power <= 27)) }
      five.multiply(by: 5)
    }
    return negative.reversed() + positive
  }()
}

/// A natural number below 2^832; 5^343 has 797 bits.
private struct WideNumber {
  private static let wordCount = 13
  private var words = [UInt64](repeating: 0, count: wordCount)

  init(_ value: UInt64) { words[0] = value }

  private var bitWidth: Int {
    guard let top = words.lastIndex(where: { $0 != 0 }) else { return 0 }
    return top * 64 + 64 - words[top].leadingZeroBitCount
  }

  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = words[index].multipliedFullWidth(by: factor)
      let (low, overflows) = product.low.addingReportingOverflow(carry)
      words[index] = low
      carry = product.high + (overflows ? 1 : 0)
    }
  }

  /// The number shifted so that its leading one is bit 127.
  var leadingBits: PowersOfFive.Bits {
    let top = bitWidth
    func word(endingAt bit: Int) -> UInt64 {
      var word: UInt64 = 0
      for offset in 0..<64 {
        let position = bit - 1 - offset
        let isSet = position >= 0 && words[position / 64] >> UInt64(position % 64) & 1 == 1
        word = word << 1 | (isSet ? 1 : 0)
      }
      return word
    }
    return PowersOfFive.Bits(high: word(endingAt: top), low: word(endingAt: top - 64))
  }

  /// The 128 leading bits of the reciprocal, by long division in base 2.
  func reciprocalBits(roundingUp: Bool) -> PowersOfFive.Bits {
    var remainder = WideNumber(0)
    remainder.words[bitWidth / 64] = 1 << UInt64(bitWidth % 64)
    remainder.subtract(self)
    var quotient: (high: UInt64, low: UInt64) = (0, 1)
    for _ in 0..<127 {
      remainder.double()
      let goesIn = !remainder.isBelow(self)
      if goesIn { remainder.subtract(self) }
      quotient.high = quotient.high << 1 | quotient.low >> 63
      quotient.low = quotient.low << 1 | (goesIn ? 1 : 0)
    }
    if roundingUp {
      quotient.low &+= 1
      if quotient.low == 0 { quotient.high += 1 }
    }
    return PowersOfFive.Bits(high: quotient.high, low: quotient.low)
  }

  private mutating func double() {
    var carry: UInt64 = 0
    for index in words.indices {
      let next = words[index] >> 63
      words[index] = words[index] << 1 | carry
      carry = next
    }
  }

  private func isBelow(_ other: WideNumber) -> Bool {
    for index in words.indices.reversed() where words[index] != other.words[index] {
      return words[index] < other.words[index]
    }
    return false
  }

  private mutating func subtract(_ other: WideNumber) {
    var borrow: UInt64 = 0
    for index in words.indices {
      let (first, borrows) = words[index].subtractingReportingOverflow(other.words[index])
      let (second, borrowsAgain) = first.subtractingReportingOverflow(borrow)
      words[index] = second
      borrow = borrows || borrowsAgain ? 1 : 0
    }
  }
}
