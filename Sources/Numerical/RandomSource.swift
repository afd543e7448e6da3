/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011).
///
/// The numbers are a pure function of (seed, position), the same on every machine and in every
/// version of this package: only integer and basic IEEE arithmetic is used, never the platform's
/// logarithm. A source is a value: copies continue independently. Four 32-bit words make a block; a
/// 64-bit number takes two words.
public struct RandomSource: Sendable {
  private let key: UInt64
  private var block: UInt64 = 0
  /// Four blocks, two words to a number, the earlier one low.
  private var numbers = SIMD8<UInt64>()
  /// The word of `numbers` that comes next.
  private var nextWord = wordsPerStep

  public init(seed: Seed) {
    key = seed.value
  }

  /// The ten-round Philox bijection of a 128-bit counter under a 64-bit key.
  package static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(counter[0]) &* 0xd251_1f53
      let second = UInt64(counter[2]) &* 0xcd9e_8d57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0],
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1],
        UInt32(truncatingIfNeeded: first))
      key = key &+ SIMD2(0x9e37_79b9, 0xbb67_ae85)
    }
    return counter
  }

  @inline(__always)
  private mutating func refill() {
    numbers = Self.fourBlocks(block, key: key)
    block &+= 4
    nextWord = 0
  }

  public mutating func next32() -> UInt32 {
    if nextWord == Self.wordsPerStep { refill() }
    let number = numbers[nextWord / 2]
    defer { nextWord &+= 1 }
    return UInt32(truncatingIfNeeded: nextWord % 2 == 0 ? number : number >> 32)
  }

  public mutating func next64() -> UInt64 {
    guard nextWord % 2 == 0 else {
      let low = UInt64(next32())
      return low | UInt64(next32()) << 32
    }
    if nextWord == Self.wordsPerStep { refill() }
    defer { nextWord &+= 2 }
    return numbers[nextWord / 2]
  }

  /// Uniform on [0, 1), in multiples of 2⁻⁵³.
  public mutating func uniform() -> Double { Self.uniform(next64()) }

  /// What draw `index` (from 0) of `uniform` on a fresh source returns, without the draws before.
  public func uniform(at index: Int) -> Double {
    precondition(index >= 0, "draws are counted from zero")
    let block = UInt64(index) / 2
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0)
    let halves = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    let words = Self.philox(counter: counter, key: halves)
    let first = index % 2 * 2
    return Self.uniform(UInt64(words[first]) | UInt64(words[first + 1]) << 32)
  }

  private static func uniform(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// Uniform on 0 ..< `bound`, without bias (Lemire, 2019).
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "the bound must be positive")
    let bound = UInt64(bound)
    var product = next64().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next64().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// `indices` 0 ..< `count` in random order (Fisher and Yates, Durstenfeld's form).
  public mutating func permutation(count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1))
    }
    return order
  }

  /// `size` distinct indices below `count`, ascending (Floyd's sampling).
  public mutating func sample(_ size: Int, outOf count: Int) -> [Int] {
    precondition(size >= 0 && size <= count, "a sample cannot exceed its population")
    var chosen: Set<Int> = []
    for candidate in count - size..<count {
      let pick = integer(below: candidate + 1)
      chosen.insert(chosen.contains(pick) ? candidate : pick)
    }
    return chosen.sorted()
  }
}
