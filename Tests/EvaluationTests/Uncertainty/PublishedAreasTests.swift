import Evaluation
import Foundation
import Numerical
import TestSupport
import Testing

/// Areas of three tests on the same patients as R's pROC finds them, and as others have published them.
///
/// The 49 patients with ovarian cancer and an intestinal obstruction are those of the example of DeLong, DeLong and
/// Clarke-Pearson (1988); `generate/delong.R` tells where their rows come from and writes `delong.json`. Printed
/// figures are of two sources: the paper's section 3, with two decimals, and the notebook `usage.ipynb` of pyroc
/// (Alistair Johnson), which fills six patients' missing tests with the median. The paper does not say what it did
/// with them.
struct PublishedAreasTests {
  private struct Patients: Decodable {
    /// Albumin, total protein, 10 less the Krebs-Goplerud score, and the outcome.
    let patients: [[Double]]
    /// By test: area, standard error, ends of the 95 % interval.
    let single: [[Double]]
    /// By test, z and p of its difference from the score's.
    let paired: [[Double]]
    let covariance: [[Double]]

    func areas() throws -> DeLong {
      let labels = patients.map { $0[3] }
      return try DeLong(
        (0..<3).map { test in try BinaryScores(scores: patients.map { $0[test] }, labels: labels) })
    }
  }

  private struct Published: Decodable {
    /// Those without a gap.
    let complete: Patients
    /// All, the median in place of what is missing.
    let filled: Patients
  }

  private static func fixture() throws -> Published { try Fixture.load("delong") }

  private static func isEqual(_ value: Double, _ other: Double) -> Bool {
    abs(value - other) <= 1e-12
  }

  @Test func `areas, variances and tests are as another program finds them`() throws {
    let fixture = try Self.fixture()
    for known in [fixture.complete, fixture.filled] {
      let found = try known.areas()
      for test in 0..<3 {
        let interval = try found.interval(of: test)
        let own = [
          found.areas[test], found.standardError(of: test), interval.lower, interval.upper,
        ]
        #expect(zip(own, known.single[test]).allSatisfy(Self.isEqual), "test \(test)")
        for other in 0..<3 {
          #expect(Self.isEqual(found.covariance[test, other], known.covariance[test][other]))
        }
      }
      for test in 0..<2 {
        let difference = try found.difference(test, 2)
        let own = [difference.z, difference.pValue]
        #expect(zip(own, known.paired[test]).allSatisfy(Self.isEqual), "test \(test)")
      }
    }
  }

  @Test func `areas are as the paper prints them`() throws {
    let found = try Self.fixture().filled.areas()
    for (area, printed) in zip(found.areas, [0.72, 0.65, 0.69]) {
      #expect(abs(area - printed) <= 0.005, "\(area), printed \(printed)")
    }
  }

  /// Half a unit of the eighth decimal, the last that is printed.
  private static func isPrinted(_ value: Double, _ printed: Double) -> Bool {
    abs(value - printed) <= 0.000_000_005
  }

  @Test func `areas and intervals are as a notebook prints them`() throws {
    let found = try Self.fixture().filled.areas()
    let printed = [
      [0.722_972_97, 0.537_373_81, 0.908_572_13], [0.650_900_90, 0.449_157_82, 0.852_643_98],
      [0.686_936_94, 0.480_930_18, 0.892_943_70],
    ]
    for (test, figures) in printed.enumerated() {
      let interval = try found.interval(of: test)
      for (value, figure) in zip([found.areas[test], interval.lower, interval.upper], figures) {
        #expect(Self.isPrinted(value, figure), "test \(test): \(value), printed \(figure)")
      }
    }
  }

  // The score less albumin, and less total protein: ends of the interval, and p.
  @Test func `contrasts with the score are as a notebook prints them`() throws {
    let found = try Self.fixture().filled.areas()
    let printed = [
      [-0.219_942_44, 0.147_870_37, 0.700_941_078_844_564_7],
      [-0.164_397_24, 0.236_469_31, 0.724_550_848_019_527_1],
    ]
    for (test, figures) in printed.enumerated() {
      let difference = try found.difference(2, test)
      let ends = [difference.interval.lower, difference.interval.upper]
      #expect(zip(ends, figures).allSatisfy(Self.isPrinted), "contrast \(test): \(ends)")
      #expect(Self.isEqual(difference.pValue, figures[2]), "contrast \(test)")
    }
  }

  // Both differences d with covariance V: d' V⁻¹ d of two degrees of freedom, whose tail is exp(−x / 2).
  @Test func `the joint test of all three is as a notebook prints it`() throws {
    let found = try Self.fixture().filled.areas()
    let s = found.covariance
    func covariance(_ a: Int, _ b: Int) -> Double { s[a, b] - s[a, 2] - s[2, b] + s[2, 2] }
    let (p, q) = (found.areas[0] - found.areas[2], found.areas[1] - found.areas[2])
    let (pp, pq, qq) = (covariance(0, 0), covariance(0, 1), covariance(1, 1))
    let square = (p * p * qq - 2 * p * q * pq + q * q * pp) / (pp * qq - pq * pq)
    #expect(Self.isEqual(exp(-square / 2), 0.422_912_563_380_643))
  }
}
