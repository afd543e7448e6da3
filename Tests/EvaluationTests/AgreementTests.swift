import Evaluation
import Numerical
import TestSupport
import Testing

struct AgreementTests {
  struct Example: Decodable {
    let name: String
    let a: [Int]
    let b: [Int]
    let ari: Double
    let nmi: Double
    let jaccard: [Double]
  }

  /// One division of exact integers; the reference rounds its products as well.
  @Test func `the adjusted Rand index equals scikit-learn`() throws {
    for example in try Fixture.load("agreement", as: [Example].self) {
      let found = try Agreement.adjustedRandIndex(example.a, example.b)
      #expect(isClose(found, example.ari, within: 1e-15), "\(example.name)")
      #expect(try found == Agreement.adjustedRandIndex(example.b, example.a), "\(example.name)")
    }
  }

  /// Up to 500 logarithms summed in another order.
  @Test func `normalised mutual information equals scikit-learn`() throws {
    for example in try Fixture.load("agreement", as: [Example].self) {
      let found = try Agreement.normalizedMutualInformation(example.a, example.b)
      #expect(isClose(found, example.nmi, within: 1e-13), "\(example.name)")
    }
  }

  @Test func `Jaccard similarities equal those of sets`() throws {
    for example in try Fixture.load("agreement", as: [Example].self) {
      let overlaps = try Agreement.jaccard(of: example.a, with: example.b)
      #expect(overlaps.map(\.label) == Set(example.a).sorted())
      #expect(overlaps.map(\.jaccard) == example.jaccard, "\(example.name)")
    }
  }

  /// Hubert and Arabie's index of iris k-means with three clusters against the species.
  @Test func `iris has its known adjusted Rand index`() throws {
    let examples = try Fixture.load("agreement", as: [Example].self)
    let example = try #require(examples.first { $0.name == "iris k-means 3" })
    let found = try Agreement.adjustedRandIndex(example.a, example.b)
    #expect(isClose(found, 0.7302382722834697, within: 1e-15))
  }

  // Pairs together in both: {0, 1}, {3, 4}: a = 2. In the first only: {0, 2}, {1, 2}: b = 2. In the second
  // only: {2, 3}, {2, 4}: c = 2. In neither: d = 10 − 6 = 4. 2 (8 − 4) / (4 · 6 + 4 · 6) = 1/6.
  @Test func `five rows have the index of the formula`() throws {
    #expect(try Agreement.adjustedRandIndex([0, 0, 0, 1, 1], [0, 0, 1, 1, 1]) == 1.0 / 6.0)
  }

  // Products of pair counts pass 2⁶³ here. Of 2m rows the first labeling joins halves, the second halves
  // shifted by m / 2, so all four cells hold m / 2: together in both m² / 2 − m pairs, in either m² − m,
  // of m (2m − 1) in all. The index reduces to −1 / (2m − 2).
  @Test func `a million rows do not overflow`() throws {
    let m = 1 << 19
    let a = (0..<2 * m).map { $0 / m }
    let b = (0..<2 * m).map { (($0 + m / 2) / m) % 2 }
    let found = try Agreement.adjustedRandIndex(a, b)
    #expect(isClose(found * Double(2 * m - 2), -1, within: 1e-12))
  }

  @Test func `equal partitions agree fully whatever their names`() throws {
    let a = ClusteringExample.labels(rows: 300, clusters: 11, seed: 4)
    let b = a.map { 1000 - 17 * $0 }
    #expect(try Agreement.adjustedRandIndex(a, b) == 1)
    #expect(try Agreement.normalizedMutualInformation(a, b) == 1)
    #expect(try Agreement.jaccard(of: a, with: b).allSatisfy { $0.jaccard == 1 })
  }

  /// {0, 1} is as like {0} as {1}: half of either; the smaller label is named.
  @Test func `the smaller label wins between equal overlaps`() throws {
    let overlaps = try Agreement.jaccard(of: [5, 5], with: [8, 3])
    #expect(overlaps.map(\.nearestLabel) == [3])
    #expect(overlaps.map(\.jaccard) == [0.5])
    #expect(overlaps.map(\.rowCount) == [2])
  }

  @Test func `labelings of different length are refused`() {
    #expect(throws: EvaluationError.lengths(expected: 2, found: 1)) {
      try Agreement.adjustedRandIndex([0, 1], [0])
    }
  }
}
