extension RandomSource {
  /// 32-bit words made at once by `words(into:from:)`.
  package static let wordsPerStep = 16

  /// Writes words `16 · step` … of a fresh source of `seed`, those that `next32` returns in turn.
  ///
  /// Four blocks are computed side by side. The count must be a multiple of 16.
  package static func words(
    into target: UnsafeMutableBufferPointer<UInt32>, seed: Seed, from step: Int
  ) {
    precondition(
      target.count % wordsPerStep == 0 && step >= 0, "words are made sixteen at a time")
    guard let start = target.baseAddress else { return }
    for ordinal in 0..<target.count / wordsPerStep {
      let numbers = fourBlocks(UInt64(step &+ ordinal) &* 4, key: seed.value)
      for index in 0..<8 {
        let place = start + (ordinal &* wordsPerStep &+ 2 &* index)
        place[0] = UInt32(truncatingIfNeeded: numbers[index])
        place[1] = UInt32(truncatingIfNeeded: numbers[index] >> 32)
      }
    }
  }

  /// Philox of the counters `first` … `first + 3`, two words to a number, the earlier one low.
  ///
  /// While they are computed lanes hold 32-bit numbers, one block each.
  @inline(__always)
  static func fourBlocks(_ first: UInt64, key: UInt64) -> SIMD8<UInt64> {
    let low = SIMD4<UInt64>(repeating: 0xffff_ffff)
    let counters = SIMD4(repeating: first) &+ SIMD4(0, 1, 2, 3)
    var (a, b) = (counters & low, counters &>> 32)
    var (c, d) = (SIMD4<UInt64>.zero, SIMD4<UInt64>.zero)
    var (k0, k1) = (key & 0xffff_ffff, key >> 32)
    for _ in 0..<10 {
      let p = (a & low) &* SIMD4(repeating: 0xd251_1f53)
      let q = (c & low) &* SIMD4(repeating: 0xcd9e_8d57)
      (a, b, c, d) = (
        (q &>> 32) ^ b ^ SIMD4(repeating: k0), q & low,
        (p &>> 32) ^ d ^ SIMD4(repeating: k1), p & low
      )
      k0 = (k0 &+ 0x9e37_79b9) & 0xffff_ffff
      k1 = (k1 &+ 0xbb67_ae85) & 0xffff_ffff
    }
    let (first, second) = (a | b &<< 32, c | d &<< 32)
    return SIMD8(
      first[0], second[0], first[1], second[1], first[2], second[2], first[3], second[3])
  }
}
