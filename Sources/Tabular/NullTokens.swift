/// Spellings of a missing value; spaces and tabs around them do not count.
struct NullTokens: Sendable {
  private let tokens: [[UInt8]]
  private let includesEmpty: Bool
  /// Bit b is set if a cell that begins with byte b may be missing.
  private let firstBytes: SIMD4<UInt64>
  /// A token may be read as a number, so numbers have to be compared with the tokens.
  let mayBeNumbers: Bool

  init(_ spellings: [String]) {
    tokens = spellings.map { trimmingBlanks($0) }
    includesEmpty = tokens.contains([])
    var bits = SIMD4<UInt64>()
    var mayBeNumbers = false
    for token in tokens {
      // Blank cells, and cells that begin with a blank, are compared in any case.
      guard let first = token.first else { continue }
      bits[Int(first >> 6)] |= 1 << UInt64(first & 63)
      let isNumber = token.withUnsafeBufferPointer { DecimalText($0) != nil }
      mayBeNumbers = mayBeNumbers || isNumber
    }
    bits[0] |= 1 << UInt64(Byte.space) | 1 << UInt64(Byte.tab)
    firstBytes = bits
    self.mayBeNumbers = mayBeNumbers
  }

  @inline(__always)
  func contains(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    if cell.isEmpty { return includesEmpty }
    let first = cell[0]
    let mayBe = firstBytes[Int(first &>> 6)] &>> UInt64(first & 63) & 1 != 0
    return mayBe && matches(trimmed(cell))
  }

  /// Out of line, since counting references to `tokens`, which all threads share, costs more than the
  /// rest of reading an empty cell.
  @inline(never)
  private func matches(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    tokens.contains { $0.count == cell.count && $0.elementsEqual(cell) }
  }
}

/// The text without spaces and tabs around it.
@inline(__always)
func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
  func isBlank(_ byte: UInt8) -> Bool { byte == Byte.space || byte == Byte.tab }
  var start = 0
  var end = text.count
  while start < end, isBlank(text[start]) { start &+= 1 }
  while end > start, isBlank(text[end &- 1]) { end &-= 1 }
  return UnsafeBufferPointer(rebasing: text[start..<end])
}

private func trimmingBlanks(_ text: String) -> [UInt8] {
  Array(text.utf8).withUnsafeBufferPointer { Array(trimmed($0)) }
}
