import Foundation
import Learning
import Numerical
import TestSupport

/// `boosting.json`, written by LightGBM 4.7.0.
struct BoostingFixture: Decodable {
  struct Column: Decodable {
    let name: String
    let numbers: [Double?]?
    let codes: [Int32]?
    let levels: [String]?

    var column: FeatureColumn {
      if let codes, let levels {
        return FeatureColumn(name, .categories(Categories(codes: codes, levels: levels)))
      }
      return FeatureColumn(name, .numbers((numbers ?? []).map { $0 ?? .nan }))
    }
  }

  struct Case: Decodable {
    let name: String
    let table: String
    let labels: [Double]
    let weights: [Double]?
    let parameters: [String: ParameterValue]
    let text: String
    let scores: [Double]
    let predictions: [Double]
    let contributions: [[Double]]
    let gain: [Double]
    let splits: [Int]

    func estimator(_ histograms: String) throws -> GradientBoosting {
      let given = Parameters(
        parameters.map { ($0.key, $0.value) } + [
          ("histograms", .text(histograms)), ("categories", .text("sets")),
        ])
      return try GradientBoosting(given)
    }
  }

  let tables: [String: [Column]]
  let cases: [Case]

  static func load() throws -> BoostingFixture { try Fixture.load("boosting") }

  func table(_ entry: Case) -> FeatureTable {
    FeatureTable(
      rowCount: entry.labels.count, columns: (tables[entry.table] ?? []).map(\.column))
  }

  /// Values as models take single rows: categories as codes, NaN for missing ones.
  func rows(_ entry: Case) -> [[Double]] {
    let columns = (tables[entry.table] ?? []).map { column -> [Double] in
      if let codes = column.codes { return codes.map { $0 < 0 ? .nan : Double($0) } }
      return (column.numbers ?? []).map { $0 ?? .nan }
    }
    return entry.labels.indices.map { row in columns.map { $0[row] } }
  }

  func input(_ entry: Case) -> Labeled<FeatureTable> {
    Labeled(table(entry), labels: entry.labels, weights: entry.weights)
  }
}

func boostingContext(_ seed: UInt64 = 1, threads: Int = 1) -> FitContext {
  FitContext(seed: Seed(seed), pool: WorkerPool(threadCount: threads))
}
