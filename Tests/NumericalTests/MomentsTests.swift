import Numerical
import TestSupport
import Testing

struct MomentsTests {
  @Test func `four numbers by hand`() {
    // 2, 4, 4, 6: mean 4, squared deviations 4 + 0 + 0 + 4.
    let moments = Moments([2, 4, 4, 6])
    #expect(moments.count == 4 && moments.weight == 4)
    #expect(moments.mean == 4 && moments.variance == 2)
    #expect(moments.sampleVariance == 8.0 / 3)
    #expect(moments.minimum == 2 && moments.maximum == 6)
  }

  @Test func `a weight counts as repetitions`() {
    // Shares of 1/3 are rounded.
    #expect(isClose(Moments([2, 4, 6], weights: [1, 2, 1]).variance, 2, within: 1e-15))
    #expect(Moments([2, 4, 6, 99], weights: [1, 2, 1, 0]).maximum == 6)
  }

  @Test func `columns equal NumPy`() throws {
    let fixture = try MomentsFixture.load()
    let moments = Moments.ofColumns(fixture.table)
    for j in 0..<fixture.columns {
      // 103 additions.
      #expect(isClose(moments[j].mean, fixture.mean[j], within: 1e-14))
      #expect(isClose(moments[j].variance, fixture.variance[j], within: 1e-12))
      #expect(moments[j].minimum == fixture.table.column(j).min())
    }
  }

  @Test func `weighted columns equal NumPy`() throws {
    let fixture = try MomentsFixture.load()
    let moments = Moments.ofColumns(fixture.table, weights: fixture.weights)
    for j in 0..<fixture.columns {
      #expect(isClose(moments[j].mean, fixture.weighted_mean[j], within: 1e-14))
      #expect(isClose(moments[j].variance, fixture.weighted_variance[j], within: 1e-12))
    }
  }

  @Test func `covariance equals NumPy`() throws {
    let fixture = try MomentsFixture.load()
    let covariance = try Scatter(fixture.table).covariance
    for (a, b) in zip(covariance.values, fixture.covariance) {
      #expect(isClose(a, b, within: 1e-12))
    }
  }

  @Test func `a constant column varies by exactly nothing at any length`() {
    for rows in [1, 255, 256, 257, 5_000] {
      let x = Matrix(rowCount: rows, columnCount: 1, repeating: 0.1)
      let moments = Moments.ofColumns(x)[0]
      #expect(moments.mean == 0.1 && moments.variance == 0 && moments.isConstant)
    }
  }

  @Test func `a mean of 2³⁰ costs no digits`() {
    let x = ScatterTests.dyadic(3_000, 2)
    let far = Matrix(rowCount: 3_000, columnCount: 2, values: x.values.map { $0 + 0x1p30 })
    for (a, b) in zip(Moments.ofColumns(x), Moments.ofColumns(far)) {
      // 3000 additions in either, about pilot means that differ by a rounding of 10⁻⁷.
      #expect(isClose(a.variance, b.variance, within: 1e-12))
    }
  }

  @Test func `parts merge to the whole and nothing changes nothing`() {
    let values = ScatterTests.table(500, 1).values
    let merged = Moments(values[..<123]).merging(Moments(values[123...]))
    let whole = Moments(values)
    #expect(merged.count == whole.count && merged.maximum == whole.maximum)
    #expect(isClose(merged.variance, whole.variance, within: 1e-14))
    #expect(whole.merging(Moments()) == whole && Moments().merging(whole) == whole)
  }

  @Test func `bits do not depend on the number of threads`() {
    let x = ScatterTests.table(10_007, 3)
    let serial = Moments.ofColumns(x)
    for threads in [2, 3, 8] {
      #expect(Moments.ofColumns(x, on: WorkerPool(threadCount: threads)) == serial)
    }
  }

  @Test func `nothing has no variance`() {
    #expect(Moments().variance == 0 && Moments().sampleVariance == nil)
    #expect(Moments.ofColumns(Matrix(rowCount: 0, columnCount: 2)).count == 2)
  }
}
