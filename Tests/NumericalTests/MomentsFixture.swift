import Numerical
import TestSupport

/// `moments.json`, written by `generate/moments.py`.
struct MomentsFixture: Decodable {
  let rows: Int
  let columns: Int
  let values: [Double]
  let weights: [Double]
  let mean: [Double]
  let variance: [Double]
  let weighted_mean: [Double]
  let weighted_variance: [Double]
  let covariance: [Double]
  let probabilities: [Double]
  let quantiles: [[Double]]
  let normal_probabilities: [Double]
  let normal_quantiles: [Double]

  static func load() throws -> Self { try Fixture.load("moments") }

  var table: Matrix { Matrix(rowCount: rows, columnCount: columns, values: values) }
}
