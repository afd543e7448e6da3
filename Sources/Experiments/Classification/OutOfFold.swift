internal import Evaluation
internal import Learning
internal import Numerical

/// The scores of rows by pipelines that had not seen them.
struct OutOfFold: Sendable {
  /// Places among the training rows, ascending; rows that no fold scores are not among them.
  let rows: [Int]
  /// By scored row.
  let folds: [Int]
  let scores: ScoredRows
  /// Fitted to all scores, for the pipeline that is kept.
  let map: CalibrationMap
  /// What a reader should know of the scores.
  let warnings: [String]

  /// Calibrated probabilities from which the bands of customers begin: the best tenth, the best three
  /// tenths, the best six tenths.
  var bandLimits: [Double] {
    let sorted = scores.calibrated.sorted()
    return Quantiles.ofSorted(sorted, at: [0.9, 0.7, 0.4]).map {
      ScoreCut.between(ascending: sorted, at: $0)
    }
  }

  /// Joins the log-odds of all folds; each fold's probabilities are calibrated by its training rows alone.
  ///
  /// - Parameters:
  ///   - scored: log-odds by fold and row of its test part.
  ///   - fits: what calibrates the folds, with the log-odds that it gives by fit and row of its test part.
  init(
    _ scored: [[Double]], of splits: [Evaluation.Split], method: CalibrationMethod,
    by fits: CalibrationFits, _ fitted: [[Double]], data: TrialData
  ) throws(TrialFailure) {
    var found: [(row: Int, fold: Int, logOdds: Double)] = []
    for (fold, (split, logOdds)) in zip(splits, scored).enumerated() {
      found += zip(split.test, logOdds).map { ($0, fold, $1) }
    }
    found.sort { $0.row < $1.row }
    let (rows, folds, logOdds) = (found.map(\.row), found.map(\.fold), found.map(\.logOdds))
    (self.rows, self.folds) = (rows, folds)
    let learner = CalibrationLearner(method: method, data: data)
    do throws(LearningError) {
      map = try learner.map(rows: rows, logOdds: logOdds)
      let raw = logOdds.map(Logistic.probability(ofLogOdds:))
      var calibrated = raw
      var unmapped: [Int] = []
      for fold in splits.indices where method != .none {
        let evidence = fits.evidence(for: fold, of: splits, scored, fitted)
        guard Set(data.labels(evidence.rows)).count > 1 else {
          unmapped.append(fold)
          continue
        }
        let own = folds.indices.filter { folds[$0] == fold }
        let map = try learner.map(rows: evidence.rows, logOdds: evidence.logOdds)
        let values = try map.apply(learner.scores(own.map { logOdds[$0] }))
        for (place, value) in zip(own, values) { calibrated[place] = value }
      }
      warnings = unmapped.map {
        "fold \($0 + 1) is judged as the model scores it: its training rows are too few to calibrate by"
      }
      scores = ScoredRows(
        logOdds: logOdds, raw: raw, calibrated: calibrated, labels: data.labels(rows),
        weights: data.weights(rows), isCalibrated: method != .none)
    } catch {
      throw TrialFailure(reason: "scores: \(error)")
    }
  }
}

/// Learns maps from scores to probabilities.
private struct CalibrationLearner {
  let method: CalibrationMethod
  let data: TrialData

  /// As the method reads log-odds.
  func scores(_ logOdds: [Double]) -> [Double] {
    method.needsProbabilities ? logOdds.map(Logistic.probability(ofLogOdds:)) : logOdds
  }

  /// - Parameter rows: places among the training rows.
  func map(rows: [Int], logOdds: [Double]) throws(LearningError) -> CalibrationMap {
    try method.fit(
      scores: scores(logOdds), labels: data.labels(rows), weights: data.weights(rows))
  }
}
