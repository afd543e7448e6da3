import Numerical
import Testing

struct DescendingOrderTests {
  /// Against a comparison sort on (value descending, position ascending).
  @Test(arguments: [0, 1, 2, 50, 3000])
  func `the order is that of a comparison sort`(count: Int) {
    var source = RandomSource(seed: Seed(UInt64(count)))
    let values = (0..<count).map { index in
      index % 3 == 0 ? Double(source.integer(below: 7)) - 3 : source.normal() * 1e3
    }
    let expected = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    #expect(DescendingOrder.of(values) == expected.map { UInt32($0) })
  }

  @Test func `extremes and zeros of both signs have their places`() {
    let least = Double.leastNonzeroMagnitude
    let values = [-0.0, least, -.infinity, 0, .infinity, -1e308, -least]
    #expect(DescendingOrder.of(values) == [4, 1, 0, 3, 6, 5, 2])
  }
}
