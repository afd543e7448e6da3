import Foundation
import Learning
import Numerical

/// What `cohort bench boosting` times: a fit of propensity data, then prediction and explanation.
///
/// `PREFIXtrain_x.npy` holds numbers, `PREFIXtrain_cat.npy` codes of categories, `PREFIXtrain_y.npy` labels
/// of 0 and 1; the same with `test` is the part on which the model is judged.
struct BoostingCase {
  private let training: Labeled<FeatureTable>
  private let test: Labeled<FeatureTable>
  private let estimator: GradientBoosting

  init(prefix: String, rows: Int, parameters: Parameters) throws {
    training = try Self.part(prefix + "train", limit: rows)
    test = try Self.part(prefix + "test", limit: 0)
    estimator = try GradientBoosting(parameters)
  }

  private static func part(_ prefix: String, limit: Int) throws -> Labeled<FeatureTable> {
    let limit = limit > 0 ? limit : nil
    let labels = try NumpyFile.columns(at: prefix + "_y.npy", limit: limit).first ?? []
    let numbers = try NumpyFile.columns(at: prefix + "_x.npy", limit: limit)
    var columns = numbers.enumerated().map { FeatureColumn("n\($0)", .numbers($1)) }
    for (index, column) in try NumpyFile.columns(at: prefix + "_cat.npy", limit: limit).enumerated()
    {
      let levels = (0..<Int(column.max() ?? 0) + 1).map { "\($0)" }
      columns.append(
        FeatureColumn(
          "c\(index)",
          .categories(
            Categories(codes: column.map { Int32($0) }, levels: levels))))
    }
    return Labeled(
      FeatureTable(rowCount: labels.count, columns: columns), labels: labels)
  }

  func fit(on pool: WorkerPool) throws -> Fit<GradientBoostingModel> {
    try estimator.fit(training, in: FitContext(seed: Seed(0), pool: pool))
  }

  /// Area under the curve and log-loss of the test part, and how long predicting and explaining it take.
  func quality(of model: GradientBoostingModel, on pool: WorkerPool) throws -> [String: Double] {
    let predictions = try model.predictions(test.features, on: pool)
    let batch = try (0..<5).map { _ in
      try seconds { _ = try model.predictions(test.features, on: pool) }
    }
    let explained = test.features.selectingRows(Array(0..<min(5000, test.labels.count)))
    let explainer = TreeExplainer(model)
    let shap = try seconds { _ = try explainer.contributions(explained, on: pool) }
    let latencies = singleRowLatencies(model)
    return [
      "auc": areaUnderCurve(predictions), "logloss": logLoss(predictions),
      "predict_s": batch.sorted()[2], "shap_5000_s": shap,
      "single_us_p50": latencies[latencies.count / 2] * 1e6,
      "single_us_p99": latencies[latencies.count * 99 / 100] * 1e6,
    ]
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func singleRowLatencies(_ model: GradientBoostingModel) -> [Double] {
    var sum = 0.0
    return (0..<min(2000, test.labels.count)).map { row in
      let values = test.features.columns.map { column in
        switch column.values {
        case .numbers(let numbers): numbers[row]
        case .categories(let categories): Double(categories.codes[row])
        }
      }
      return values.withUnsafeBufferPointer { values in
        seconds { sum += model.prediction(values) }
      }
    }.sorted()
  }

  private func logLoss(_ predictions: [Double]) -> Double {
    zip(predictions, test.labels).reduce(0) { $0 - log($1.1 > 0.5 ? $1.0 : 1 - $1.0) }
      / Double(predictions.count)
  }

  /// The probability that a row of label 1 stands above one of label 0, ties counting half.
  private func areaUnderCurve(_ predictions: [Double]) -> Double {
    let order = predictions.indices.sorted { predictions[$0] < predictions[$1] }
    var (ranks, positives, start) = (0.0, 0.0, 0)
    while start < order.count {
      var end = start
      while end < order.count, predictions[order[end]] == predictions[order[start]] { end += 1 }
      let middle = Double(start + 1 + end) / 2
      for row in order[start..<end] where test.labels[row] > 0.5 {
        ranks += middle
        positives += 1
      }
      start = end
    }
    let negatives = Double(order.count) - positives
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
  }
}
