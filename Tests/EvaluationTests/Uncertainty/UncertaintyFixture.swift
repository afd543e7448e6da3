import Evaluation
import TestSupport
import Testing

/// The contents of `uncertainty.json` that concern metrics.
struct UncertaintyFixture: Decodable {
  struct Wilson: Decodable {
    let hits: Double
    let trials: Double
    let level: Double
    let lower: Double
    let upper: Double
  }

  struct Areas: Decodable, CustomTestStringConvertible {
    let name: String
    let labels: [Double]
    let scores: [[Double]]
    let areas: [Double]
    let covariance: [Double]
    let z: Double
    let p: Double

    var testDescription: String { name }

    func models() throws -> [BinaryScores] {
      try scores.map { try BinaryScores(scores: $0, labels: labels) }
    }
  }

  struct Resampled: Decodable {
    let a: [Double]
    let b: [Double]
    let ratio: Double
    let t: Double
    let p: Double
    let lower90: Double
    let upper90: Double
  }

  let wilson: [Wilson]
  let delong: [Areas]
  let resampled: [Resampled]

  static let shared: UncertaintyFixture = {
    do { return try Fixture.load("uncertainty") } catch { fatalError("\(error)") }
  }()
}
