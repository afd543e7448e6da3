import Foundation
import TestSupport
import Testing

import Numerical

struct StandardNormalTests {
  @Test func `quantiles equal SciPy`() throws {
    let fixture = try MomentsFixture.load()
    for (p, expected) in zip(fixture.normal_probabilities, fixture.normal_quantiles) {
      // Both claim about sixteen digits; near 1 the argument itself carries only as many.
      #expect(abs(StandardNormal.quantile(p) - expected) <= 2e-15 * max(1, abs(expected)) + 0)
    }
  }

  @Test func `quantiles are odd about one half and increase`() {
    let values = (1..<1_000).map { StandardNormal.quantile(Double($0) / 1_000) }
    #expect(zip(values, values.dropFirst()).allSatisfy(<))
    #expect(StandardNormal.quantile(0.25) == -StandardNormal.quantile(0.75))
  }

  @Test(arguments: [
    Double.leastNonzeroMagnitude, 1e-300, 0x1p-53, 0.1, 0.5, 0.7071, 0.7072, 0.999_999, 1,
    1.000_001, 2, 10, 1e308,
  ])
  func `the portable logarithm equals the platform's`(x: Double) {
    // The platform's is right to the last bit; ours adds a few roundings.
    #expect(abs(PortableLogarithm.of(x) - log(x)) <= 5e-16 * abs(log(x)))
  }
}
