internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
internal import Tabular

/// What a finished classifier leaves besides its numbers and its artifact.
///
/// `evidence.json` for the report, the curves and slices as CSV, and `predictions.csv`: for every row that a fold
/// scored its number in the source from 1, the fold, its probability before and after calibration, what
/// became of it (1 for the event) and, where rows have weights, its weight: all that judging the trial
/// beside another takes.
struct ClassificationFiles {
  let evidence: ClassificationEvidence
  let replicates: TrialReplicates
  let folds: OutOfFold
  let data: TrialData

  func files() throws(TrialFailure) -> [DurableDirectory.File] {
    do {
      let evidence = DurableDirectory.File(
        path: "evidence.json", bytes: try CanonicalJSON.encode(evidence))
      let replicates = DurableDirectory.File(
        path: TrialReplicates.file, bytes: try CanonicalJSON.encode(replicates))
      var files: [DurableDirectory.File] =
        [evidence, replicates]
        + [
          ("curves/roc.csv", roc), ("curves/precision_recall.csv", precisionRecall),
          ("curves/gains.csv", gains), ("curves/calibration.csv", calibration),
          ("curves/loss.csv", losses), ("predictions.csv", predictions),
        ].compactMap { path, lines in DurableDirectory.File(path, lines: lines) }
      if let slices { files.append(slices) }
      return files
    } catch {
      throw TrialFailure(reason: "it cannot be stored: \(error)")
    }
  }

  private var roc: [String] {
    ["threshold,false_positive_rate,true_positive_rate"]
      + evidence.roc.points.map { point in
        "\(point.threshold.map { "\($0)" } ?? ""),\(point.falsePositiveRate),\(point.truePositiveRate)"
      }
  }

  private var precisionRecall: [String] {
    ["threshold,recall,precision"]
      + evidence.precisionRecall.points.map { "\($0.threshold),\($0.recall),\($0.precision)" }
  }

  private var gains: [String] {
    ["bin,rows,threshold,predicted,actual,lift,capture,gain,cumulative_capture,ks"]
      + evidence.gains.rows.map { row in
        let figures = [
          row.threshold, row.predicted, row.actual, row.lift, row.capture, row.gain,
          row.cumulative.capture, row.cumulative.ks,
        ]
        return "\(row.bin),\(row.rowCount)," + figures.map { "\($0)" }.joined(separator: ",")
      }
  }

  private var calibration: [String] {
    let curves = [("raw", evidence.rawCalibration), ("calibrated", evidence.calibration)]
    return ["scores,lowest,highest,weight,mean_score,rate"]
      + curves.flatMap { name, curve in
        curve.bins.map { bin in
          "\(name),\(bin.lowestScore),\(bin.highestScore),\(bin.weight),\(bin.meanScore),\(bin.rate)"
        }
      }
  }

  private var losses: [String] {
    ["iteration,loss"] + evidence.losses.enumerated().map { "\($0.offset + 1),\($0.element)" }
  }

  /// Nil without slices.
  private var slices: DurableDirectory.File? {
    guard let first = evidence.slices.first else { return nil }
    var writer = CSVWriter()
    let header = [
      "column", "level", "rows", "positives", "observed", "mean_score", "roc_auc",
      "roc_auc_lower", "roc_auc_upper",
    ]
    let metrics = (first.metrics ?? []).map(\.metric)
    writer.append(header + metrics)
    for slice in evidence.slices {
      let names = [slice.column, slice.level, "\(slice.rowCount)", "\(slice.eventCount)"]
      let shares: [Double?] = [
        slice.rate, slice.meanScore, slice.rocAUC, slice.rocAUCInterval?.lower,
        slice.rocAUCInterval?.upper,
      ]
      let numbers = shares + (slice.metrics ?? []).map(\.value)
      let texts = numbers.map { number in number.map { "\($0)" } ?? "" }
      writer.append(names + texts)
    }
    return DurableDirectory.File(path: "curves/slices.csv", bytes: Data(writer.bytes))
  }

  private var predictions: [String] {
    let scores = folds.scores
    return [RowScores.header(isWeighted: scores.weights != nil).joined(separator: ",")]
      + folds.rows.indices.map { index in
        let weight = scores.weights.map { ",\($0[index])" } ?? ""
        return "\(data.sourceRow(data.trainingRows[folds.rows[index]])),\(folds.folds[index] + 1),"
          + "\(scores.raw[index]),\(scores.calibrated[index]),\(Int(scores.labels[index]))" + weight
      }
  }
}
