import Foundation
import Learning
import Testing

@Suite struct ExponentialTests {
  @Test func `doubles are within 3e-16 of the library's`() {
    for step in -7000...7000 {
      let x = Double(step) / 10
      #expect(abs(Exponential.of(x) / exp(x) - 1) < 3e-16 + 2.3e-16)
    }
  }

  /// Rounding the argument aside, since it is a float already.
  @Test func `floats are within 3e-7 of the library's`() {
    for step in -8600...8600 {
      let x = Float(step) / 100
      let found = Exponential.of(SIMD8(repeating: x))[3]
      #expect(abs(Double(found) / exp(Double(x)) - 1) < 3e-7)
    }
  }

  @Test func `results beyond the range saturate`() {
    #expect(
      Exponential.of(SIMD8<Float>(repeating: 1e30))[0] == Exponential.of(SIMD8(repeating: 87))[0])
    #expect(Exponential.of(SIMD8<Float>(repeating: -1e30))[0] > 0)
    #expect(Exponential.of(1e300) == Exponential.of(708.0))
  }
}
