import Foundation
import Numerical
import Testing

struct ScalarMinimumTests {
  @Test func `the vertex of a parabola is found`() {
    let minimum = ScalarMinimum(in: -10...10) { ($0 - 3) * ($0 - 3) + 1 }
    // Near the vertex values differ by less than ε once x is within √ε.
    #expect(abs(minimum.location - 3) < 1e-7)
    #expect(minimum.value == 1 || abs(minimum.value - 1) < 1e-14)
  }

  @Test func `a skewed function is minimised`() {
    // x − log x has its minimum at 1.
    #expect(abs(ScalarMinimum(in: 0.01...50) { $0 - log($0) }.location - 1) < 1e-7)
  }

  @Test func `a minimum at the edge is approached`() {
    #expect(ScalarMinimum(in: 2...5) { $0 }.location - 2 < 1e-6)
    #expect(5 - ScalarMinimum(in: 2...5) { -$0 }.location < 1e-6)
  }

  @Test func `values that are no numbers are avoided`() {
    let minimum = ScalarMinimum(in: -1...4) { $0 < 0 ? .nan : ($0 - 2) * ($0 - 2) }
    #expect(abs(minimum.location - 2) < 1e-7)
  }

  @Test func `an interval of one point is answered with it`() {
    #expect(ScalarMinimum(in: 2...2) { $0 }.location == 2)
  }
}
