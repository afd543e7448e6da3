import Evaluation
import Foundation
import Numerical
import TestSupport
import Testing

/// Areas of three tests on the same patients as R's pROC finds them, and as the literature is quoted.
///
/// Patients with ovarian cancer and an intestinal obstruction, from DeLong, DeLong and Clarke-Pearson (1988);
/// the 43 without a missing test stand in SAS/STAT 14.1 User's Guide, The LOGISTIC Procedure, Example 72.8,
/// Comparing Receiver Operating Characteristic Curves. The rows were compared with that page; its printed figures
/// are quoted from memory, and pROC gives the same for these rows, but nobody has compared them with the page yet.
/// A curve of one test is that of its values, whatever logistic model is laid over them. See `generate/delong.R` for
/// where `delong.json` comes from.
struct PublishedAreasTests {
  private struct Published: Decodable {
    /// Albumin, total protein, 10 less the Krebs-Goplerud score, and 1 for a patient who benefits.
    let patients: [[Double]]
    /// By test: area, standard error, ends of the 95 % interval.
    let single: [[Double]]
    /// By test, z and p of its difference from the score's.
    let paired: [[Double]]
    let covariance: [[Double]]
  }

  private static func fixture() throws -> Published { try Fixture.load("delong") }

  private static func areas(_ fixture: Published) throws -> DeLong {
    let labels = fixture.patients.map { $0[3] }
    return try DeLong(
      (0..<3).map { test in
        try BinaryScores(scores: fixture.patients.map { $0[test] }, labels: labels)
      })
  }

  private static func areas() throws -> DeLong { try areas(fixture()) }

  private static func isEqual(_ value: Double, _ other: Double) -> Bool {
    abs(value - other) <= 1e-12
  }

  @Test func `areas, variances and tests are as another program finds them`() throws {
    let fixture = try Self.fixture()
    let found = try Self.areas(fixture)
    for test in 0..<3 {
      let interval = try found.interval(of: test)
      let own = [found.areas[test], found.standardError(of: test), interval.lower, interval.upper]
      #expect(zip(own, fixture.single[test]).allSatisfy(Self.isEqual), "test \(test)")
      for other in 0..<3 {
        #expect(Self.isEqual(found.covariance[test, other], fixture.covariance[test][other]))
      }
    }
    for test in 0..<2 {
      let difference = try found.difference(test, 2)
      let own = [difference.z, difference.pValue]
      #expect(zip(own, fixture.paired[test]).allSatisfy(Self.isEqual), "test \(test)")
    }
  }

  /// Four decimals are printed: half a unit of the last.
  private static func isPrinted(_ value: Double, _ printed: Double) -> Bool {
    abs(value - printed) <= 0.000_05
  }

  @Test func `areas, standard errors and intervals are as printed`() throws {
    let found = try Self.areas()
    let printed = [
      [0.7366, 0.0927, 0.5549, 0.9182], [0.6478, 0.1000, 0.4518, 0.8439],
      [0.7258, 0.1028, 0.5243, 0.9273],
    ]
    for (test, figures) in printed.enumerated() {
      let interval = try found.interval(of: test)
      let own = [found.areas[test], found.standardError(of: test), interval.lower, interval.upper]
      for (value, figure) in zip(own, figures) {
        #expect(Self.isPrinted(value, figure), "test \(test): \(value), printed \(figure)")
      }
    }
  }

  // Albumin less score, total protein less score; a chi-square of one degree of freedom is z squared.
  @Test func `contrasts with the score are as printed`() throws {
    let found = try Self.areas()
    let printed = [
      [0.0108, 0.0953, -0.1761, 0.1976, 0.0127, 0.9102],
      [-0.0780, 0.1046, -0.2830, 0.1271, 0.5554, 0.4561],
    ]
    for (test, figures) in printed.enumerated() {
      let difference = try found.difference(test, 2)
      let own = [
        difference.value, difference.standardError, difference.interval.lower,
        difference.interval.upper, difference.z * difference.z, difference.pValue,
      ]
      for (value, figure) in zip(own, figures) {
        #expect(Self.isPrinted(value, figure), "contrast \(test): \(value), printed \(figure)")
      }
    }
  }

  // Both differences d with covariance V: d' V⁻¹ d of two degrees of freedom, whose tail is exp(−x / 2).
  @Test func `the joint test of both contrasts is as printed`() throws {
    let found = try Self.areas()
    let s = found.covariance
    func covariance(_ a: Int, _ b: Int) -> Double { s[a, b] - s[a, 2] - s[2, b] + s[2, 2] }
    let (p, q) = (found.areas[0] - found.areas[2], found.areas[1] - found.areas[2])
    let (pp, pq, qq) = (covariance(0, 0), covariance(0, 1), covariance(1, 1))
    let square = (p * p * qq - 2 * p * q * pq + q * q * pp) / (pp * qq - pq * pq)
    #expect(Self.isPrinted(square, 2.5340))
    #expect(Self.isPrinted(exp(-square / 2), 0.2817))
  }
}
