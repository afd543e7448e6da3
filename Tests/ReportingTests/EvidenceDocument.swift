import Evaluation
import Experiments
import Foundation
import Learning

/// A classifier's evidence as its file has it: what tests fill in, then read as a run would be read.
struct EvidenceDocument: Encodable {
  var rowCount: Int
  var eventCount: Int
  var foldCount = 5
  var calibrationMethod = CalibrationMethod.isotonic
  var roc: ROCCurve
  var precisionRecall: PrecisionRecallCurve
  var gains: GainsTable
  var histogram: ScoreHistogram
  var rawCalibration: CalibrationCurve
  var calibration: CalibrationCurve
  var cut: Cut
  var importance: [Column] = []
  var dependence: [Dependence] = []
  var losses: [Double] = []
  var coefficients: [Coefficient] = []
  var slices: [Slice] = []
  var folds: [Fold] = []
  var modelBytes = 48_200

  struct Cut: Encodable {
    var rule: String
    var threshold: Double
    var contactShare: Double
    var confusion: ConfusionMatrix
    var profit: ProfitCurve?
  }

  struct Column: Encodable {
    var column: String
    var fitted: Double?
    var permutation: Double
    var permutationSpread: Double
    var contribution: Double?
  }

  struct Dependence: Encodable {
    var column: String
    var isCategorical = false
    var points: [Point]
    var rows: [[Double]] = []
    var rowCount: Int

    struct Point: Encodable {
      var number: Double?
      var label: String
      var mean: Double
      var low: Double
      var high: Double
      var share: Double
    }
  }

  struct Coefficient: Encodable {
    var feature: String
    var coefficient: Double
    var oddsRatio: Double
    var standardError: Double?
  }

  struct Slice: Encodable {
    var column: String
    var level: String
    var rowCount: Int
    var eventCount: Int
    var meanScore: Double
    var rate: Double
    var rocAUC: Double?
    var rocAUCInterval: Interval?
    var metrics: [Figure]?

    struct Figure: Encodable {
      var metric: String
      var value: Double?
    }
  }

  struct Fold: Encodable {
    var metric: String
    var values: [Double?]
  }

  /// Curves of `scores`, with those `raw` before calibration; the cut contacts the best `share`.
  init(scores: [Double], raw: [Double], labels: [Double], contacting share: Double) throws {
    let all = try BinaryScores(scores: scores, labels: labels)
    let groups = all.groups
    rowCount = all.rowCount
    eventCount = all.positiveCount
    roc = try ROCCurve(groups, limit: 500)
    precisionRecall = try PrecisionRecallCurve(groups, limit: 500)
    gains = try GainsTable(all)
    histogram = try ScoreHistogram(groups)
    calibration = try CalibrationCurve(groups)
    rawCalibration = try CalibrationCurve(BinaryScores(scores: raw, labels: labels).groups)
    let choice = try ThresholdRule.capacity(share: share).choose(groups)
    let percent = Int((100 * share).rounded())
    cut = Cut(
      rule: "the best \(percent)% of customers", threshold: choice.threshold,
      contactShare: choice.contactShare, confusion: choice.confusion,
      profit: try ProfitCurve(
        groups, campaign: Campaign(valueOfHit: 40, costOfContact: 5), limit: 500))
  }

  func evidence() throws -> ClassificationEvidence {
    try JSONDecoder().decode(ClassificationEvidence.self, from: JSONEncoder().encode(self))
  }
}
