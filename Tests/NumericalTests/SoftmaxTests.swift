import Foundation
import Numerical
import TestSupport
import Testing

struct SoftmaxTests {
  /// Shares of the classes for one row, and the logarithm of the sum of exponentials.
  static func shares(_ logs: [Double], offsets: [Double]? = nil, slope: Double = 1) -> (
    shares: [Double], logSum: Double
  ) {
    // Four rows alike; the first is read.
    let values = ScratchBuffer<Double>(count: 4 * logs.count)
    for (c, log) in logs.enumerated() {
      for row in 0..<4 { values[c * 4 + row] = log }
    }
    let (maxima, sums) = (ScratchBuffer<Double>(count: 4), ScratchBuffer<Double>(count: 4))
    (offsets ?? logs.map { _ in 0 }).withUnsafeBufferPointer { offsets in
      guard let offsets = offsets.baseAddress else { return }
      Softmax.shares(
        of: values.start, classCount: logs.count, stride: 4, count: 4, offsets: offsets,
        slope: slope, maxima: maxima.start, sums: sums.start)
    }
    return (logs.indices.map { values[$0 * 4] }, maxima[0] + log(sums[0]))
  }

  @Test func `exponentials agree with the library's`() {
    // Shares of (0, −x) are 1 : e^−x, so their ratio is the exponential with two more roundings.
    for step in 0...70_700 {
      let x = Double(step) * 0.01
      let found = Self.shares([0, -x]).shares
      #expect(abs(found[1] / found[0] - exp(-x)) <= 4 * exp(-x).ulp, "\(x)")
    }
  }

  @Test func `shares of equal logarithms are equal, however large`() {
    for log in [0, -1e300, 1e300, 700, -745.2] {
      #expect(Self.shares([log, log, log, log]).shares == [0.25, 0.25, 0.25, 0.25])
    }
  }

  @Test func `a class far behind has no share`() {
    let found = Self.shares([5, -704, -1e308])
    #expect(found.shares == [1, 0, 0])
    #expect(found.logSum == 5)
  }

  @Test func `what is no logarithm counts for nothing`() {
    #expect(Self.shares([.nan, 3, -.infinity]).shares == [0, 1, 0])
    #expect(Self.shares([.nan, -.infinity]).shares == [0.5, 0.5])
  }

  @Test func `offsets and slope make the logarithms`() {
    // 1 − 4/2 = −1 and 2 − 6/2 = −1.
    let found = Self.shares([4, 6], offsets: [1, 2], slope: -0.5)
    #expect(found.shares == [0.5, 0.5])
    // One rounding of log 2.
    #expect(isClose(found.logSum, -1 + log(2), within: 1e-15))
  }
}
