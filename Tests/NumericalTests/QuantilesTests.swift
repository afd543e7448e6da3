import Numerical
import TestSupport
import Testing

struct QuantilesTests {
  @Test func `quantiles lie between neighbours in proportion`() {
    // Sorted 1, 2, 4, 8; position 3p: 0.25 → 0.75, 0.5 → 1.5.
    #expect(Quantiles.of([8, 1, 4, 2], at: [0, 0.25, 0.5, 1]) == [1, 1.75, 3, 8])
    #expect(Quantiles.median([3, 1, 2]) == 2)
  }

  @Test func `quantiles equal NumPy to the last bit`() throws {
    let fixture = try MomentsFixture.load()
    for j in 0..<fixture.columns {
      let column = fixture.table.column(j)
      #expect(Quantiles.of(column, at: fixture.probabilities) == fixture.quantiles[j])
      #expect(
        Quantiles.ofSorted(column.sorted(), at: fixture.probabilities) == fixture.quantiles[j])
    }
  }

  /// Orders on which careless pivots degrade: sorted, reversed, all equal, two values, sawtooth.
  @Test(arguments: 0..<6)
  func `selection equals sorting`(order: Int) {
    var random = RandomSource(seed: Seed(3))
    for count in [1, 2, 17, 18, 100, 2_001] {
      let values = (0..<count).map { i -> Double in
        switch order {
        case 0: Double(i)
        case 1: Double(-i)
        case 2: 7
        case 3: Double(random.integer(below: 2))
        case 4: Double(i % 13)
        default: random.uniform()
        }
      }
      let probabilities = [0.9, 0, 0.5, 0.123, 1, 0.25]
      #expect(
        Quantiles.of(values, at: probabilities)
          == Quantiles.ofSorted(values.sorted(), at: probabilities))
    }
  }

  @Test func `nothing has no quantiles`() {
    #expect(Quantiles.of([], at: [0.5])[0].isNaN)
  }
}
