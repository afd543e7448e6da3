import Experiments
import Numerical
import Testing

struct ParzenTests {
  @Test func `without a point the density is uniform`() {
    let density = ParzenScale([])
    #expect(density.density(at: 0.1) == 1)
    #expect(density.density(at: 0.9) == 1)
  }

  @Test func `the density of two points, by tables of the normal distribution`() {
    // Points 0.25 and 0.5. Distances to neighbours: 0.25 and 0.25, so that the least width, 1 / 3, counts;
    // 0.25 and 0.5, so that 0.5 counts. At 0.25:
    //   first: φ(0) · 3 / (Φ(2.25) − Φ(−0.75)) = 1.196827 / (0.987776 − 0.226627) = 1.572395
    //   second: φ(0.5) · 2 / (Φ(1) − Φ(−1)) = 0.704131 / 0.682689 = 1.031408
    // (1 + 1.572395 + 1.031408) / 3 = 1.201268; the tables have six digits.
    #expect(abs(ParzenScale([0.5, 0.25]).density(at: 0.25) - 1.201268) < 5e-6)
  }

  @Test func `a point counts 0 and 1 among its neighbours`() {
    // One point at 0.2: its greater distance is 0.8 to the end, more than the least width of 1 / 2.
    //   φ(0) / 0.8 / (Φ(1) − Φ(−0.25)) = 0.498678 / (0.841345 − 0.401294) = 1.133228
    let expected = (1 + 1.133228) / 2
    #expect(abs(ParzenScale([0.2]).density(at: 0.2) - expected) < 5e-6)
  }

  @Test(arguments: [
    [0.5], [0.0, 1.0], [0.1, 0.1, 0.1, 0.9], (0..<300).map { Double($0 % 7) / 7 },
  ])
  func `a density integrates to one`(points: [Double]) {
    let density = ParzenScale(points)
    let count = 20_000
    var sum = 0.0
    for step in 0..<count {
      let x = (Double(step) + 0.5) / Double(count)
      sum += density.density(at: x)
    }
    // The midpoint rule errs by less than f'' / (24 n²), with widths of 0.01 and more below 1e-4.
    #expect(abs(sum / Double(count) - 1) < 1e-4)
  }

  @Test func `draws follow the density and stay inside`() {
    let density = ParzenScale([0.05, 0.06, 0.07, 0.08])
    var random = RandomSource(seed: Seed(1))
    let draws = (0..<4_000).map { _ in density.draw(&random) }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    var expected = 0.0
    for step in 0..<2_500 {
      let x = (Double(step) + 0.5) / 10_000
      expected += density.density(at: x) / 10_000
    }
    let found = Double(draws.count { $0 < 0.25 }) / 4_000
    // Five standard deviations of a share of 4,000 draws.
    let deviation = (expected * (1 - expected) / 4_000).squareRoot()
    #expect(abs(found - expected) < 5 * deviation)
  }

  @Test func `choices are counted on top of one each`() {
    // Taken twice, never, once of three: (1 + 2, 1, 1 + 1) of 6.
    let expected: [Double] = [3.0 / 6, 1.0 / 6, 2.0 / 6]
    #expect(ParzenChoice(count: 3, taken: [0, 2, 0]).probabilities == expected)
    #expect(ParzenChoice(count: 2, taken: []).probabilities == [0.5, 0.5])
  }
}
