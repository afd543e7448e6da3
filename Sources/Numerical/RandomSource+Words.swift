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
      let first = UInt64(step &+ ordinal) &* 4
      fourBlocks(first, key: seed.value, into: start + ordinal &* wordsPerStep)
    }
  }

  /// Philox of the counters `first` … `first + 3`; lanes hold 32-bit numbers, one block each.
  @inline(__always)
  private static func fourBlocks(
    _ first: UInt64, key: UInt64, into target: UnsafeMutablePointer<UInt32>
  ) {
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
    for lane in 0..<4 {
      target[4 &* lane] = UInt32(truncatingIfNeeded: a[lane])
      target[4 &* lane &+ 1] = UInt32(truncatingIfNeeded: b[lane])
      target[4 &* lane &+ 2] = UInt32(truncatingIfNeeded: c[lane])
      target[4 &* lane &+ 3] = UInt32(truncatingIfNeeded: d[lane])
    }
  }
}
