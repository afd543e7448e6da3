import Numerical
import Tabular
import TestSupport
import Testing

/// Comparison with scikit-learn's `OneHotEncoder` and `SimpleImputer`.
struct EncodingFixtureTests {
  private struct Reference: Decodable {
    struct Case: Decodable {
      let rareShare: Double
      let maximumLevels: Int
      let levels: [String]
      let pooled: [String]
      let train: [[Double]]
      let score: [[Double]]
    }

    struct Fills: Decodable {
      let median: Double
      let mean: Double
      let medianOfOddCount: Double
    }

    let train: [String]
    let scored: [String]
    let cases: [Case]
    let numbers: [Double]
    let missing: [Int]
    let fills: Fills
  }

  private let reference: Reference

  init() throws { reference = try Fixture.load("encoding") }

  @Test func `one-hot columns equal scikit-learn's, rare levels and unseen ones included`() throws {
    let train = Table(columns: [EncodingExamples.category("c", reference.train)])
    let scored = Table(columns: [EncodingExamples.category("c", reference.scored)])
    for example in reference.cases {
      var options = EncodingOptions()
      options.rareShare = example.rareShare
      options.maximumLevels = example.maximumLevels
      options.rareRows = 1
      let encoder = try TableEncoder.fit(train, features: ["c"], options: options)
      let other = example.pooled.isEmpty ? [] : ["c = (other)"]
      #expect(encoder.featureNames == example.levels.map { "c = \($0)" } + other)
      #expect(try encoder.encode(train, on: .serial).matrix == Matrix(rows: example.train))
      let encoded = try encoder.encode(scored, on: .serial)
      #expect(encoded.matrix == Matrix(rows: example.score))
      // Two were never seen; pooled levels are not told from them.
      let pooled = reference.scored.count { example.pooled.contains($0) }
      #expect(encoded.unseenCounts == ["c": 2 + pooled])
    }
  }

  @Test func `fill values equal scikit-learn's`() throws {
    func fill(rowCount: Int, _ imputation: EncodingOptions.NumericImputation) throws -> Double? {
      var options = EncodingOptions()
      options.numericImputation = imputation
      let column = Column(
        name: "x", values: .real(Array(reference.numbers.prefix(rowCount))),
        missingRows: reference.missing.filter { $0 < rowCount })
      let encoder = try TableEncoder.fit(
        Table(columns: [column]), features: ["x"], options: options)
      guard case .number(let coding) = encoder.inputs[0].coding else { return nil }
      return coding.fill
    }
    #expect(try fill(rowCount: 41, .median) == reference.fills.median)
    #expect(try fill(rowCount: 39, .median) == reference.fills.medianOfOddCount)
    // The running mean rounds once per value: 41 roundings of numbers near 20.
    let mean = try #require(try fill(rowCount: 41, .mean))
    #expect(isClose(mean, reference.fills.mean, within: 1e-14))
  }
}
