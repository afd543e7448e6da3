import Numerical
import TestSupport
import Testing

struct StudentTTests {
  struct Reference: Decodable {
    struct Student: Decodable {
      struct Tail: Decodable {
        let t: Double
        let df: Double
        let tail: Double
      }

      struct Normal: Decodable {
        let z: Double
        let tail: Double
      }

      let tails: [Tail]
      let quantiles: [Tail]
      let normals: [Normal]
    }

    let student: Student
  }

  private func relativeError(_ found: Double, _ expected: Double) -> Double {
    found == expected ? 0 : abs(found - expected) / abs(expected)
  }

  /// Logarithms of gamma functions up to 5000 · ln 5000 in size lose five digits of their difference.
  @Test func `tails equal scipy`() throws {
    for row in try Fixture.load("uncertainty", as: Reference.self).student.tails {
      let found = StudentT.twoSidedTail(row.t, degreesOfFreedom: row.df)
      #expect(relativeError(found, row.tail) < (row.df > 1000 ? 1e-10 : 1e-12), "\(row)")
    }
  }

  @Test func `quantiles equal scipy`() throws {
    for row in try Fixture.load("uncertainty", as: Reference.self).student.quantiles {
      let found = StudentT.twoSidedQuantile(row.tail, degreesOfFreedom: row.df)
      #expect(relativeError(found, row.t) < 1e-11, "\(row)")
    }
  }

  @Test func `normal tails equal scipy`() throws {
    for row in try Fixture.load("uncertainty", as: Reference.self).student.normals {
      #expect(relativeError(StandardNormal.twoSidedTail(row.z), row.tail) < 1e-13, "\(row)")
    }
  }

  @Test(arguments: [0.001, 0.2, 0.5, 0.9, 0.99999])
  func `cumulative undoes the quantile`(p: Double) {
    #expect(isClose(StandardNormal.cumulative(StandardNormal.quantile(p)), p, within: 1e-14))
  }

  @Test func `infinite values have no tail`() {
    #expect(StudentT.twoSidedTail(.infinity, degreesOfFreedom: 3) == 0)
    #expect(StudentT.twoSidedTail(1e200, degreesOfFreedom: 3) == 0)
    #expect(StudentT.twoSidedTail(.nan, degreesOfFreedom: 3).isNaN)
  }
}
