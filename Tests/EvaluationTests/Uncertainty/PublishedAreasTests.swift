import Evaluation
import Foundation
import Numerical
import Testing

/// Areas of three tests on the same patients as the literature prints them.
///
/// Patients with ovarian cancer and an intestinal obstruction, from DeLong, DeLong and Clarke-Pearson (1988);
/// the 43 without a missing test stand in SAS/STAT 14.1 User's Guide, The LOGISTIC Procedure, Example 72.8,
/// Comparing Receiver Operating Characteristic Curves. The rows were compared with that page; its figures are
/// quoted from memory of it, and still have to be compared. A curve of one test is that of its values, whatever
/// logistic model is laid over them.
struct PublishedAreasTests {
  /// Albumin, total protein, Krebs-Goplerud score, and 1 for a patient who benefits.
  private static let patients: [[Double]] = [
    [3.0, 5.8, 10, 0], [3.2, 6.3, 5, 1], [3.9, 6.8, 3, 1], [2.8, 4.8, 6, 0], [3.2, 5.8, 3, 1],
    [0.9, 4.0, 5, 0], [2.5, 5.7, 8, 0], [1.6, 5.6, 5, 1], [3.8, 5.7, 5, 1], [3.7, 6.7, 6, 1],
    [3.2, 5.4, 4, 1], [3.8, 6.6, 6, 1], [4.1, 6.6, 5, 1], [3.6, 5.7, 5, 1], [4.3, 7.0, 4, 1],
    [3.6, 6.7, 4, 0], [2.3, 4.4, 6, 1], [4.2, 7.6, 4, 0], [4.0, 6.6, 6, 0], [3.5, 5.8, 6, 1],
    [3.8, 6.8, 7, 1], [3.0, 4.7, 8, 0], [4.5, 7.4, 5, 1], [3.7, 7.4, 5, 1], [3.1, 6.6, 6, 1],
    [4.1, 8.2, 6, 1], [4.3, 7.0, 5, 1], [4.3, 6.5, 4, 1], [3.2, 5.1, 5, 1], [2.6, 4.7, 6, 1],
    [3.3, 6.8, 6, 0], [1.7, 4.0, 7, 0], [3.7, 6.1, 5, 1], [3.3, 6.3, 7, 1], [4.2, 7.7, 6, 1],
    [3.5, 6.2, 5, 1], [2.9, 5.7, 9, 0], [2.1, 4.8, 7, 1], [2.8, 6.2, 8, 0], [4.0, 7.0, 7, 1],
    [3.3, 5.7, 6, 1], [3.7, 6.9, 5, 1], [3.6, 6.6, 5, 1],
  ]

  /// Albumin, total protein, and 10 less the score, of which a greater one speaks for a benefit.
  private static func areas() throws -> DeLong {
    let scores = [patients.map { $0[0] }, patients.map { $0[1] }, patients.map { 10 - $0[2] }]
    return try DeLong(
      scores.map { try BinaryScores(scores: $0, labels: patients.map { $0[3] }) })
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
