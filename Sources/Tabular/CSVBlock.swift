import CIntrinsics

/// Whether the bytes of a text stand inside quotes, 64 at a time.
///
/// In well-formed CSV a quote toggles between inside and outside, doubled quotes toggling twice; so
/// a byte is inside if the quotes before it are odd in number.
struct QuoteParity {
  /// All ones if the next block begins inside quotes.
  private(set) var carry: UInt64

  init(beginsInside: Bool) { carry = beginsInside ? .max : 0 }

  var isInside: Bool { carry != 0 }

  /// The bytes inside quotes, opening quotes counted in and closing quotes not.
  @inline(__always)
  mutating func inside(quotes: UInt64) -> UInt64 {
    if quotes == 0 { return carry }
    var inside = quotes
    inside ^= inside &<< 1
    inside ^= inside &<< 2
    inside ^= inside &<< 4
    inside ^= inside &<< 8
    inside ^= inside &<< 16
    inside ^= inside &<< 32
    inside ^= carry
    carry = UInt64(bitPattern: Int64(bitPattern: inside) &>> 63)
    return inside
  }
}

/// Positions of one byte value among the 64 at `bytes`, as bits.
@inline(__always)
func matches(_ bytes: UnsafePointer<UInt8>, _ byte: UInt8) -> UInt64 {
  cohort_matches_u8x64(bytes, byte)
}

enum Byte {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let comma = UInt8(ascii: ",")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
}
