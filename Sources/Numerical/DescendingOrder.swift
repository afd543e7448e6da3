/// The order of numbers from the greatest down, equal ones by position.
///
/// A radix sort of the bit patterns, eleven bits at a time, that skips digits in which all agree. Zeros of
/// either sign are equal. Values must not be NaN; callers check.
///
/// - Complexity: O(n) time; 24 bytes of memory per value.
package enum DescendingOrder {
  package static func of(_ values: [Double]) -> [UInt32] {
    precondition(values.count <= Int(UInt32.max), "positions are numbered in 32 bits")
    var entries = values.enumerated().map { Entry(key: key($1), position: UInt32($0)) }
    let digits = DigitCounts(entries)
    var other = entries
    for digit in 0..<DigitCounts.digitCount where !digits.isConstant(digit) {
      scatter(entries, into: &other, digit: digit, starts: digits.starts(digit))
      swap(&entries, &other)
    }
    return entries.map(\.position)
  }

  private struct Entry: BitwiseCopyable {
    let key: UInt64
    let position: UInt32
  }

  /// Unsigned and descending as the values ascend.
  private static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? bits : ~bits & ~(1 << 63)
  }

  private static func scatter(
    _ source: [Entry], into target: inout [Entry], digit: Int, starts: [Int]
  ) {
    var next = starts
    next.withUnsafeMutableBufferPointer { next in
      target.withUnsafeMutableBufferPointer { target in
        for entry in source {
          let value = DigitCounts.digit(digit, of: entry.key)
          target[next[value]] = entry
          next[value] &+= 1
        }
      }
    }
  }

  /// How often every value of every digit occurs.
  private struct DigitCounts {
    static let bits = 11
    static let values = 1 << bits
    static let digitCount = (64 + bits - 1) / bits

    private let rowCount: Int
    private var counts = [Int](repeating: 0, count: values * digitCount)

    static func digit(_ digit: Int, of key: UInt64) -> Int {
      Int(truncatingIfNeeded: key >> UInt64(digit &* bits)) & (values &- 1)
    }

    init(_ entries: [Entry]) {
      rowCount = entries.count
      counts.withUnsafeMutableBufferPointer { counts in
        for entry in entries {
          for digit in 0..<Self.digitCount {
            counts[digit &* Self.values &+ Self.digit(digit, of: entry.key)] &+= 1
          }
        }
      }
    }

    private func counts(_ digit: Int) -> ArraySlice<Int> {
      counts[digit * Self.values..<(digit + 1) * Self.values]
    }

    func isConstant(_ digit: Int) -> Bool { counts(digit).contains(rowCount) }

    /// Where the entries of each value of a digit begin.
    func starts(_ digit: Int) -> [Int] {
      var total = 0
      return counts(digit).map { count in
        defer { total += count }
        return total
      }
    }
  }
}
