import Numerical
import TestSupport
import Testing

struct RandomSourceTests {
  /// The published vectors of Random123's `kat_vectors` for `philox4x32`, ten rounds.
  @Test(
    arguments: [
      (
        [0, 0, 0, 0], [0, 0],
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func `Philox gives the published words`(vector: ([UInt32], [UInt32], [UInt32])) {
    let words = RandomSource.philox(counter: SIMD4(vector.0), key: SIMD2(vector.1))
    #expect(words == SIMD4(vector.2))
  }

  @Test func `a fresh source of seed zero starts with the published block`() {
    var random = RandomSource(seed: Seed(0))
    #expect(random.next32() == 0x6627_e8d5)
    #expect(random.next32() == 0xe169_c58d)
    #expect(random.next64() == 0x9b00_dbd8_bc57_ac4c)
  }

  @Test func `any draw can be taken without those before`() {
    let fresh = RandomSource(seed: Seed(77))
    var walking = fresh
    for index in 0..<100 { #expect(fresh.uniform(at: index) == walking.uniform()) }
  }

  @Test func `copies continue independently`() {
    var first = RandomSource(seed: Seed(1))
    _ = first.next32()
    var second = first
    #expect(first.next64() == second.next64())
  }

  @Test func `uniform numbers fill the unit interval evenly`() {
    // A fixed stream, hence an exact outcome; bounds of five standard errors say that it is a fair one.
    var random = RandomSource(seed: Seed(11))
    let moments = Moments((0..<20_000).map { _ in random.uniform() })
    #expect(moments.minimum >= 0 && moments.maximum < 1)
    // Variances 1/12 of a draw and 1/180 of its squared deviation, over 20,000.
    #expect(abs(moments.mean - 0.5) < 0.0103)
    #expect(abs(moments.variance - 1.0 / 12) < 0.00264)
  }

  @Test func `integers below a bound are equally likely`() {
    var random = RandomSource(seed: Seed(12))
    var counts = [Double](repeating: 0, count: 7)
    for _ in 0..<14_000 { counts[random.integer(below: 7)] += 1 }
    // χ² with 6 degrees of freedom exceeds 22.5 once in a thousand streams.
    let deviations = counts.map { $0 - 2_000 }
    #expect(deviations.reduce(0) { $0 + $1 * $1 } / 2_000 < 22.5)
  }

  @Test func `bounds of one and of the largest integer are met`() {
    var random = RandomSource(seed: Seed(13))
    #expect(random.integer(below: 1) == 0)
    for _ in 0..<100 { #expect((0..<Int.max).contains(random.integer(below: .max))) }
  }

  @Test func `a permutation holds every index once`() {
    var random = RandomSource(seed: Seed(14))
    let order = random.permutation(count: 1_000)
    #expect(order.sorted() == Array(0..<1_000) && order != Array(0..<1_000))
    #expect(random.permutation(count: 0).isEmpty)
  }

  @Test func `a sample without replacement is distinct and ascending`() {
    var random = RandomSource(seed: Seed(15))
    let sample = random.sample(40, outOf: 50)
    #expect(sample.count == 40 && Set(sample).count == 40 && sample == sample.sorted())
    #expect(random.sample(5, outOf: 5) == [0, 1, 2, 3, 4])
  }

  @Test func `subsets without replacement are equally likely`() {
    var random = RandomSource(seed: Seed(16))
    var counts: [[Int]: Double] = [:]
    for _ in 0..<6_000 { counts[random.sample(2, outOf: 4), default: 0] += 1 }
    #expect(counts.count == 6)
    // χ² with 5 degrees of freedom exceeds 20.5 once in a thousand streams.
    let deviations = counts.values.map { $0 - 1_000 }
    #expect(deviations.reduce(0) { $0 + $1 * $1 } / 1_000 < 20.5)
  }

  @Test func `a sample with replacement repeats indices`() {
    var random = RandomSource(seed: Seed(17))
    let sample = random.resample(10_000, outOf: 10_000)
    #expect(sample.allSatisfy { (0..<10_000).contains($0) })
    // Distinct share 1 − 1/e with a standard deviation of about 0.0031.
    let distinct = Double(Set(sample).count) / 10_000
    #expect(abs(distinct - 0.632_12) < 0.0155)
    #expect(random.resample(0, outOf: 0).isEmpty)
  }

  @Test func `normal numbers have mean 0, variance 1 and normal tails`() {
    var random = RandomSource(seed: Seed(18))
    let draws = (0..<40_000).map { _ in random.normal() }
    let moments = Moments(draws)
    // Standard errors 1/200 and √2/200.
    #expect(abs(moments.mean) < 0.025)
    #expect(abs(moments.variance - 1) < 0.036)
    let beyondTwo = Double(draws.filter { abs($0) > 2 }.count) / 40_000
    // 0.0455 with a standard error of 0.00104.
    #expect(abs(beyondTwo - 0.0455) < 0.0052)
    #expect(draws.allSatisfy { $0.isFinite })
  }

  @Test func `exponential numbers are positive with mean 1 and variance 1`() {
    var random = RandomSource(seed: Seed(19))
    let moments = Moments((0..<40_000).map { _ in random.exponential() })
    #expect(moments.minimum > 0)
    // Standard errors 1/200 and √8/200.
    #expect(abs(moments.mean - 1) < 0.025)
    #expect(abs(moments.variance - 1) < 0.071)
  }

  @Test func `weighted choice follows the weights and never picks a weight of zero`() throws {
    var random = RandomSource(seed: Seed(20))
    var counts = [Double](repeating: 0, count: 5)
    for _ in 0..<10_000 {
      let drawn = random.index(weights: [0, 1, 3, 0, 0])
      counts[try #require(drawn)] += 1
    }
    #expect(counts[0] == 0 && counts[3] == 0 && counts[4] == 0)
    // Share 0.25 with a standard error of 0.0043.
    #expect(abs(counts[1] / 10_000 - 0.25) < 0.0215)
  }

  @Test func `no positive weight leaves nothing to choose`() {
    var random = RandomSource(seed: Seed(21))
    #expect(random.index(weights: [0, 0]) == nil)
    #expect(random.index(weights: []) == nil)
  }

  @Test func `words made side by side are those drawn in turn`() {
    var source = RandomSource(seed: Seed(0xdead_beef_1234_5678))
    let drawn = (0..<96).map { _ in source.next32() }
    let made = [UInt32](unsafeUninitializedCapacity: 64) { buffer, count in
      let words = UnsafeMutableBufferPointer(rebasing: buffer[0..<64])
      RandomSource.words(into: words, seed: Seed(0xdead_beef_1234_5678), from: 2)
      count = 64
    }
    #expect(made == Array(drawn[32...]))
  }
}
