import Learning
import Numerical
import TestSupport

/// `pca.json`, written by `generate/pca.py`.
struct PrincipalComponentsFixture: Decodable {
  let data: [String: Table]
  let digits: Digits
  let fits: [Fit]

  struct Table: Decodable {
    let rows: Int
    let columns: Int
    let values: [Double]
  }

  /// One letter per pixel, `a` for 0.
  struct Digits: Decodable {
    let rows: Int
    let columns: Int
    let letters: String
  }

  struct Fit: Decodable {
    let data: String
    let components: Double?
    let whiten: Bool
    let kept: Int
    let mean: [Double]
    let directions: [Double]
    let variances: [Double]
    let ratios: [Double]
    let singular_values: [Double]
    let noise_variance: Double
    let scores: [Double]

    var count: ComponentCount {
      guard let components else { return .all }
      return components < 1 ? .share(components) : .count(Int(components))
    }
  }

  static func load() throws -> Self { try Fixture.load("pca") }

  func table(_ name: String) -> Matrix {
    if let table = data[name] {
      return Matrix(rowCount: table.rows, columnCount: table.columns, values: table.values)
    }
    let pixels = digits.letters.utf8.map { Double($0 - UInt8(ascii: "a")) }
    return Matrix(rowCount: digits.rows, columnCount: digits.columns, values: pixels)
  }
}
