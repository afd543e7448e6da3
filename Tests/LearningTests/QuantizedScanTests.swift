import Learning
import Numerical
import TestSupport
import Testing

struct QuantizedScanTests {
  @Test(arguments: [UInt64](1...40))
  func `the fast scan finds what the plain one finds`(seed: UInt64) {
    var random = RandomSource(seed: Seed(seed))
    let binCount = 2 + random.integer(below: 250)
    let entries = ScratchBuffer<Int64>(count: 260, repeating: 0)
    let scale = DerivativeScale(gradient: 1e-3, hessian: 2e-4)
    var sums = [SIMD2<Double>](repeating: .zero, count: 256)
    var total = SIMD2<Double>.zero
    for bin in 0..<binCount where random.uniform() < 0.8 {
      let h = Int64(1 + random.integer(below: 3000))
      let g = Int64(Double(h) * 0.2 * random.normal())
      entries[bin] = g << 32 + h
      sums[bin] = scale.sums(entries[bin])
      total += sums[bin]
    }
    var rules = TreeRules()
    (rules.leastRows, rules.leastHessian, rules.l2) = (0, 0.05, seed % 2 == 0 ? 0 : 1.5)
    let node = NodeSums(gradient: total[0], hessian: total[1], count: 1000)
    let search = SplitSearch(rules: rules, node: node)
    for missing in [MissingValues.none, .nan] {
      let traits = ColumnTraits(
        column: 0, binCount: binCount, missing: missing, zeroBin: 0, isCategorical: false,
        direction: 0, extraL2: seed % 3 == 0 ? 10 : 0)
      let fast = QuantizedScan(search, scale: scale).best(entries.start, traits)
      let plain = search.best(sums, traits)
      // Where nothing is missing both ways gain the same.
      if entries[binCount - 1] != 0 { #expect(fast.missingGoesLeft == plain.missingGoesLeft) }
      // Sums in another order; where two divisions gain the same to the last bits either may win.
      #expect(isClose(fast.gain, plain.gain, within: 1e-9))
      if fast.threshold == plain.threshold {
        #expect(isClose(fast.left.gradient, plain.left.gradient, within: 1e-9))
        #expect(isClose(fast.left.hessian, plain.left.hessian, within: 1e-9))
        #expect(isClose(fast.rightValue, plain.rightValue, within: 1e-9))
      }
    }
  }

  @Test func `entries hold sums of either sign`() {
    let scale = DerivativeScale(gradient: 1, hessian: 1)
    let records = [(-32_768, 65_535), (32_767, 0), (-1, 1), (0, 7)]
    var sum: Int64 = 0
    for (row, (g, h)) in records.enumerated() {
      let record = RowRecord.make(row: row + 4_000_000_000, g: Int32(g), h: Int32(h))
      #expect(scale.sums(RowRecord.entry(record)) == SIMD2(Double(g), Double(h)))
      sum &+= RowRecord.entry(record)
    }
    #expect(scale.sums(sum) == SIMD2(-2, 65_543))
    #expect(
      scale.sums(sum &- RowRecord.entry(RowRecord.make(row: 0, g: 5, h: 3))) == SIMD2(-7, 65_540))
  }

  @Test func `rounding is unbiased and blind to the chunk`() {
    let count = 4003
    let derivatives = ScratchBuffer<SIMD2<Float>>(
      count: count + 3, repeating: SIMD2(-0.3712, 0.2003))
    let scale = DerivativeScale(gradient: 0.01, hessian: 0.01)
    let rounding = StochasticRounding(scale, key: 99)
    let records = ScratchBuffer<UInt64>(count: count)
    let sums = rounding.write(0..<count, derivatives.start, to: records.start)
    // Fractions of 0.88 and 0.03 of a step: deviations of √(n p (1 − p)) ≈ 21 and 11 steps, four times.
    #expect(abs(Double(sums[0]) + 37.12 * Double(count)) < 84)
    #expect(abs(Double(sums[1]) - 20.03 * Double(count)) < 44)
    let part = ScratchBuffer<UInt64>(count: 100)
    _ = rounding.write(1001..<1101, derivatives.start, to: part.start)
    #expect((0..<100).allSatisfy { part[$0] == records[1001 + $0] })
    for row in [0, 5, 4002] {
      let one = rounding.whole(derivatives[row], row: row)
      #expect(records[row] == RowRecord.make(row: row, g: one[0], h: one[1]))
    }
  }
}
