import Evaluation
import TestSupport
import Testing

/// One example of `classification.json`.
struct ScoresExample: Decodable, CustomTestStringConvertible {
  struct Capture: Decodable {
    let share: Double
    let capture: Double
  }

  struct Cut: Decodable {
    let threshold: Double
    /// TP, FP, TN, FN.
    let counts: [Double]
    let accuracy: Double
    let precision: Double
    let recall: Double
    let specificity: Double
    let f1: Double
    let mcc: Double
    let balanced_accuracy: Double
  }

  struct Probabilities: Decodable {
    let log_loss: Double
    let brier: Double
    let ece_width: Double
    let ece_mass: Double
    let calibration_rate: [Double]?
    let calibration_mean: [Double]?
  }

  struct Curves: Decodable {
    let fpr: [Double]
    let tpr: [Double]
    let thresholds: [Double]
    let precision: [Double]
    let recall: [Double]
  }

  let name: String
  let scores: [Double]
  let labels: [Double]
  let weights: [Double]?
  let roc_auc: Double
  let pr_auc: Double
  let ks: Double?
  let captures: [Capture]
  let cuts: [Cut]
  let probabilities: Probabilities?
  let curves: Curves?

  var testDescription: String { name }

  func binaryScores() throws -> BinaryScores {
    try BinaryScores(scores: scores, labels: labels, weights: weights)
  }

  func groups() throws -> ScoreGroups { try binaryScores().groups }

  static let all: [ScoresExample] = {
    do { return try Fixture.load("classification") } catch { fatalError("\(error)") }
  }()
}

/// Sums of 400 terms in another order than the reference's.
let summation = 1e-13
