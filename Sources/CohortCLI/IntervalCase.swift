import ArgumentParser
import Evaluation
import Learning
import Numerical

/// What `cohort bench auc-interval` times: bootstrap replicates of the area under the ROC curve.
///
/// The input has a column of scores and a column of labels, 0 or 1.
struct IntervalCase {
  static let subject = "auc-interval"

  private let scores: [Double]
  private let labels: [Double]
  private let resamples: Int

  init(_ x: Matrix, parameters: Parameters) throws {
    guard x.columnCount == 2 else {
      throw ValidationError(
        "\(Self.subject) needs scores and labels, found \(x.columnCount) columns")
    }
    guard case .integer(let count) = parameters["resamples"] ?? .integer(1000), count > 1,
      parameters.names.allSatisfy({ $0 == "resamples" })
    else { throw ValidationError("\(Self.subject) has one parameter, resamples, a number above 1") }
    scores = x.column(0)
    labels = x.column(1)
    resamples = count
  }

  /// The area and its interval.
  func run(on pool: WorkerPool) throws -> [String: Double] {
    let sorted = try BinaryScores(scores: scores, labels: labels)
    let drawn = try Bootstrap(replicateCount: resamples, seed: Seed(0)).replicates(
      of: sorted, metrics: [.rocAUC], threshold: 0.5, on: pool)
    let interval = try drawn.interval(of: 0)
    return ["auc": drawn.estimates[0], "lower": interval.lower, "upper": interval.upper]
  }
}
