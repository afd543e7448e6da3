internal import Experiments
internal import Learning

extension ClassificationEvidence {
  /// The share of positives among the rows.
  var baseRate: Double { rowCount > 0 ? Double(eventCount) / Double(rowCount) : 0 }

  var isCalibrated: Bool { calibrationMethod != .none }

  /// The rows behind every curve and table of scores.
  var sample: String {
    let rows = "\(NumberFormat.count(rowCount)) training \(rowCount == 1 ? "row" : "rows")"
    let scoring = foldCount > 1 ? ", each scored out of fold" : ""
    return "Exact, \(rows) (\(NumberFormat.count(eventCount)) positive)\(scoring)."
  }

  /// How many of all cuts a line goes through, where it is an outline; empty otherwise.
  func outline(_ drawn: Int, of cuts: Int) -> String {
    drawn < cuts
      ? " The line goes through \(NumberFormat.count(drawn)) of \(NumberFormat.count(cuts)) cuts, "
        + "those that give its shape." : ""
  }

  /// How scores became probabilities.
  var calibrationWords: String {
    switch calibrationMethod {
    case .none: "Scores are shown as the model gives them, without a calibration map."
    case .sigmoid, .isotonic, .beta:
      "Probabilities were calibrated by the \(calibrationMethod.rawValue) map, for every fold by one "
        + "that had not seen it."
    }
  }
}
