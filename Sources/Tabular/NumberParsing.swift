/// The parts of a decimal number, read from text without regard to locale.
///
/// Grammar: `[+-] digits [. digits] [e [+-] digits]`, where digits may be missing on one side of the
/// point. The number is ±`significand` · 10^`exponent`; digits beyond the nineteenth are dropped and
/// counted in `exponent`.
package struct DecimalText {
  package private(set) var isNegative = false
  package private(set) var significand: UInt64 = 0
  package private(set) var exponent = 0
  /// A digit other than zero was dropped, so the number is larger than its parts say.
  package private(set) var isTruncated = false
  /// There is neither a point nor an exponent.
  package private(set) var isWhole = true
  /// Written as a number is usually printed: no plus sign and no zero before another digit.
  ///
  /// Codes such as `007` or `+31612345678` lose their spelling when they are read as numbers.
  package private(set) var isPlain = true

  private var digitCount = 0
  private var significantCount = 0

  package init?(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      isPlain = isNegative
      index = 1
    }
    if index + 1 < text.count, text[index] == UInt8(ascii: "0"), isDigit(text[index + 1]) {
      isPlain = false
    }
    readDigits(text, &index, scale: 0)
    if index < text.count, text[index] == UInt8(ascii: ".") {
      isWhole = false
      index += 1
      readDigits(text, &index, scale: -1)
    }
    guard digitCount > 0 else { return nil }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      index += 1
      guard readExponent(text, &index) else { return nil }
    }
    guard index == text.count else { return nil }
  }

  /// `scale` is what a kept digit adds to the exponent: 0 before the point, −1 behind it.
  private mutating func readDigits(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, scale: Int
  ) {
    while index < text.count, isDigit(text[index]) {
      let digit = UInt64(text[index] & 15)
      index += 1
      digitCount += 1
      if significantCount < 19 {
        significand = significand &* 10 &+ digit
        if significand != 0 { significantCount += 1 }
        exponent += scale
      } else {
        isTruncated = isTruncated || digit != 0
        exponent += scale + 1
      }
    }
  }

  /// Exponents are held at ±100 000, far beyond what a double can express.
  private mutating func readExponent(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> Bool {
    var isDown = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isDown = text[index] == UInt8(ascii: "-")
      index += 1
    }
    let first = index
    var magnitude = 0
    while index < text.count, isDigit(text[index]) {
      magnitude = min(magnitude * 10 + Int(text[index] & 15), 100_000)
      index += 1
    }
    exponent += isDown ? -magnitude : magnitude
    return index > first
  }
}

extension DecimalText {
  /// The value as a 64-bit integer, nil if it has a point or an exponent or does not fit.
  package var integer: Int64? {
    guard isWhole, exponent == 0 else { return nil }
    if !isNegative { return Int64(exactly: significand) }
    if significand == UInt64(1) << 63 { return .min }
    return Int64(exactly: significand).map { -$0 }
  }

  /// The double nearest to the number, ties to even; infinite beyond the range of doubles.
  ///
  /// `text` is what the parts were read from. It is read again, by the standard library, in the
  /// rare cases that the parts cannot decide.
  package func double(from text: UnsafeBufferPointer<UInt8>) -> Double {
    let magnitude: Double
    if let near = nearestDouble(significand, exponent),
      !isTruncated || near == nearestDouble(significand &+ 1, exponent)
    {
      magnitude = near
    } else {
      let digits = text.first == UInt8(ascii: "+") ? text[1...] : text[...]
      return Double(String(decoding: digits, as: UTF8.self)) ?? .nan
    }
    return isNegative ? -magnitude : magnitude
  }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

/// Powers of ten that a double holds exactly.
let exactPowers: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

/// The double nearest to `significand` · 10^`exponent`, or nil where 128 bits cannot tell.
///
/// Two exact factors give one rounding (Clinger 1990). Otherwise the significand is multiplied by
/// the first 128 bits of the power of five, which decides all but a few ties (Lemire 2021, "Number
/// parsing at a gigabyte per second", §5).
func nearestDouble(_ significand: UInt64, _ exponent: Int) -> Double? {
  if significand <= 1 << 53, exponent >= -22, exponent <= 22 {
    let exact = Double(significand)
    return exponent < 0 ? exact / exactPowers[-exponent] : exact * exactPowers[exponent]
  }
  if significand == 0 || exponent < PowersOfFive.smallest { return 0 }
  if exponent > PowersOfFive.largest { return .infinity }
  let shift = significand.leadingZeroBitCount
  let w = significand << UInt64(shift)
  let power = PowersOfFive.leadingBits(exponent)
  var (high, low) = w.multipliedFullWidth(by: power.high)
  if high & 0x1FF == 0x1FF {
    let more = w.multipliedFullWidth(by: power.low).high
    let (sum, carries) = low.addingReportingOverflow(more)
    low = sum
    if carries { high &+= 1 }
    if low == .max { return nil }
  }
  return rounded(high, low, decimalExponent: exponent, shift: shift)
}

/// Rounds the product of significand and power, whose leading one is bit 63 or 62 of `high`.
@inline(__always)
private func rounded(_ high: UInt64, _ low: UInt64, decimalExponent: Int, shift: Int) -> Double {
  let upper = Int(high >> 63)
  let drop = UInt64(upper + 9)
  var mantissa = high >> drop
  // ⌊log₂ 10^q⌋ = ⌊q · 217706 / 2¹⁶⌋ for every q in the table; 1023 is the bias of a double.
  var biased = ((217_706 * decimalExponent) >> 16) + 63 + upper - shift + 1023
  if biased <= 0 {
    if 1 - biased >= 64 { return 0 }
    mantissa >>= UInt64(1 - biased)
    mantissa = (mantissa + (mantissa & 1)) >> 1
    return Double(bitPattern: mantissa)
  }
  let mayTie = low <= 1 && decimalExponent >= -4 && decimalExponent <= 23 && mantissa & 3 == 1
  if mayTie && mantissa << drop == high { mantissa &= ~1 }
  mantissa = (mantissa + (mantissa & 1)) >> 1
  if mantissa >= 1 << 53 {
    mantissa = 1 << 52
    biased += 1
  }
  if biased >= 0x7FF { return .infinity }
  return Double(bitPattern: UInt64(biased) << 52 | mantissa & (1 << 52 - 1))
}
