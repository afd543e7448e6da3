/// Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  var state = UTF8State()
  var index = 0
  while index < bytes.count {
    if state.isComplete, index + 8 <= bytes.count {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      if word & 0x8080_8080_8080_8080 == 0 {
        index += 8
        continue
      }
    }
    if !state.accept(base[index]) { return false }
    index += 1
  }
  return state.isComplete
}

/// What may follow the bytes of a UTF-8 text seen so far.
struct UTF8State {
  /// Bytes still to come in the current character.
  private var pending = 0
  /// The range of the next of them.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  var isComplete: Bool { pending == 0 }

  /// Takes the next byte; false if it cannot stand here.
  @inline(__always)
  mutating func accept(_ byte: UInt8) -> Bool {
    if pending > 0 {
      guard byte >= lower, byte <= upper else { return false }
      pending -= 1
      lower = 0x80
      upper = 0xBF
      return true
    }
    if byte < 0x80 { return true }
    return begin(byte)
  }

  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: pending = 1
    case 0xE0...0xEF: pending = 2
    case 0xF0...0xF4: pending = 3
    default: return false
    }
    switch byte {
    case 0xE0: lower = 0xA0
    case 0xED: upper = 0x9F
    case 0xF0: lower = 0x90
    case 0xF4: upper = 0x8F
    default: break
    }
    return true
  }
}
