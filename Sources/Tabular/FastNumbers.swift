import CIntrinsics

// Readers of numbers in their common spellings, eight digits at a time. They return nil for every
// other text, which may still be a number: `DecimalText` decides. Memory from 24 bytes before the
// text to 16 bytes behind it must be readable.

/// An integer of up to 18 digits without a plus sign or leading zeros.
@inline(__always)
func fastInteger(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
  guard let text = cell.baseAddress else { return nil }
  let count = cell.count
  let isNegative = text.pointee == UInt8(ascii: "-")
  let first = isNegative ? text + 1 : text
  let length = isNegative ? count - 1 : count
  guard length > 0, length <= 18 else { return nil }
  if first.pointee == UInt8(ascii: "0"), length > 1 { return nil }
  var faults: UInt64 = 0
  let magnitude = Int64(digits(endingAt: first + length, count: length, &faults))
  if faults != 0 { return nil }
  return isNegative ? -magnitude : magnitude
}

/// A number with at most eight digits before its point and nineteen in all, without an exponent,
/// a plus sign or superfluous zeros.
@inline(__always)
func fastReal(_ cell: UnsafeBufferPointer<UInt8>, _ powers: PowersOfTen) -> Double? {
  guard let text = cell.baseAddress else { return nil }
  let count = cell.count
  let isNegative = text.pointee == UInt8(ascii: "-")
  let first = isNegative ? text + 1 : text
  let length = isNegative ? count - 1 : count
  guard length > 0, length <= 20 else { return nil }
  let points = cohort_matches_u8x16(first, UInt8(ascii: "."))
  let point = min((points | 1 << 16).trailingZeroBitCount, length)
  guard point > 0, point <= 8 else { return nil }
  if first.pointee == UInt8(ascii: "0"), point > 1 { return nil }
  let decimals = max(length - point - 1, 0)
  guard point + decimals <= 19 else { return nil }
  var faults: UInt64 = 0
  if length <= 8, decimals > 0 {
    let digits = eightDigits(
      withoutPoint(word(endingAt: first + length), decimals), count: point &+ decimals, &faults)
    if faults != 0 { return nil }
    let magnitude = Double(digits) / powers.reals[decimals]
    return isNegative ? -magnitude : magnitude
  }
  let whole = eightDigits(endingAt: first + point, count: point, &faults)
  let fraction = digits(endingAt: first + length, count: decimals, &faults)
  if faults != 0 { return nil }
  let significand = whole &* powers.wholes[decimals] &+ fraction
  if significand <= 1 << 53 {
    let magnitude = Double(significand) / powers.reals[decimals]
    return isNegative ? -magnitude : magnitude
  }
  return nearestDouble(significand, -decimals).map { isNegative ? -$0 : $0 }
}

/// Up to nineteen digits; bits of `faults` are set if one of the characters is not a digit.
@inline(__always)
private func digits(
  endingAt end: UnsafePointer<UInt8>, count: Int, _ faults: inout UInt64
) -> UInt64 {
  var value = eightDigits(endingAt: end, count: min(count, 8), &faults)
  if count > 8 {
    value &+= 100_000_000 &* eightDigits(endingAt: end - 8, count: min(count - 8, 8), &faults)
  }
  if count > 16 {
    value &+=
      10_000_000_000_000_000
      &* eightDigits(endingAt: end - 16, count: min(count - 16, 8), &faults)
  }
  return value
}

@inline(__always)
private func eightDigits(
  endingAt end: UnsafePointer<UInt8>, count: Int, _ faults: inout UInt64
) -> UInt64 {
  eightDigits(word(endingAt: end), count: count, &faults)
}

/// Eight characters, the last one in the highest byte.
@inline(__always)
private func word(endingAt end: UnsafePointer<UInt8>) -> UInt64 {
  UInt64(littleEndian: UnsafeRawPointer(end - 8).loadUnaligned(as: UInt64.self))
}

/// The characters with those before the point moved over it; 1 to 7 decimals stand behind it.
@inline(__always)
private func withoutPoint(_ word: UInt64, _ decimals: Int) -> UInt64 {
  let behind: UInt64 = .max &<< UInt64(64 &- 8 &* decimals)
  return word & behind | word &<< 8 & ~behind
}

/// Up to eight digits at the end of a word: what precedes them is replaced by zeros, then neighbours are
/// joined to pairs, pairs to fours and fours to eight.
@inline(__always)
private func eightDigits(_ word: UInt64, count: Int, _ faults: inout UInt64) -> UInt64 {
  let zeros: UInt64 = 0x3030_3030_3030_3030
  let kept: UInt64 = count == 0 ? 0 : .max &<< UInt64(64 &- 8 &* count)
  let text = word & kept | zeros & ~kept
  let nibbles: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
  faults |= (text & nibbles) ^ zeros
  faults |= ((text &+ 0x0606_0606_0606_0606) & nibbles) ^ zeros
  let values = text &- zeros
  let pairs = values &* 10 &+ values &>> 8
  let mask: UInt64 = 0x0000_00FF_0000_00FF
  let upper = (pairs & mask) &* 0x000F_4240_0000_0064
  let lower = (pairs &>> 16 & mask) &* 0x0000_2710_0000_0001
  return (upper &+ lower) &>> 32
}

/// Powers of ten, as whole numbers and as doubles, for a loop that looks them up for every cell.
struct PowersOfTen {
  fileprivate let wholes: UnsafePointer<UInt64>
  fileprivate let reals: UnsafePointer<Double>

  /// 10^19 is the largest that 64 bits hold.
  static func withPowers<Result>(_ body: (PowersOfTen) -> Result) -> Result {
    var power: UInt64 = 1
    let wholes = (0..<20).map { _ in
      defer { power = power &* 10 }
      return power
    }
    return wholes.withUnsafeBufferPointer { wholes in
      exactPowers.withUnsafeBufferPointer { reals in
        guard let wholes = wholes.baseAddress, let reals = reals.baseAddress else {
          preconditionFailure("the tables of powers are not empty")
        }
        return body(PowersOfTen(wholes: wholes, reals: reals))
      }
    }
  }
}
