internal import Artifacts
internal import Foundation
internal import Learning

/// What a finished trial leaves besides its numbers.
///
/// `evidence.json` for the report, the curves as CSV, `assignments.csv` (row of the source from 1,
/// segment, distance, strength, anomaly) and `model/`, the artifact. No value of the table is among them but means and shares.
struct TrialFiles {
  let assignments: Assignments
  let reconstructionErrors: [Double]?
  let losses: [Double]
  let evidence: ClusteringEvidence
  let replicates: TrialReplicates
  let artifact: SegmentationArtifact
  let data: TrialData

  func files() throws(TrialFailure) -> [DurableDirectory.File] {
    do {
      let evidence = DurableDirectory.File(
        path: "evidence.json", bytes: try CanonicalJSON.encode(evidence))
      let replicates = DurableDirectory.File(
        path: TrialReplicates.file, bytes: try CanonicalJSON.encode(replicates))
      let model = try ArtifactWriter.files(of: artifact).map {
        DurableDirectory.File(path: "model/\($0.path)", bytes: $0.bytes)
      }
      let tables = [
        ("curves/silhouette.csv", silhouettes), ("curves/map.csv", map),
        ("curves/loss.csv", lossByIteration), ("assignments.csv", rows),
      ]
      return [evidence, replicates] + model
        + tables.compactMap { path, lines in DurableDirectory.File(path, lines: lines) }
    } catch {
      throw TrialFailure(reason: "it cannot be stored: \(error)")
    }
  }

  private var silhouettes: [String] {
    var lines = ["segment,rank,silhouette"]
    for blade in evidence.silhouettes {
      for (index, value) in blade.values.enumerated() {
        lines.append("\(blade.segment),\(index + 1),\(value)")
      }
    }
    return lines
  }

  private var map: [String] {
    ["x,y,segment"] + (evidence.map?.points ?? []).map { "\($0.x),\($0.y),\($0.segment)" }
  }

  private var lossByIteration: [String] {
    ["iteration,loss"] + losses.enumerated().map { "\($0.offset + 1),\($0.element)" }
  }

  private var rows: [String] {
    let header = "row,segment,distance,strength,anomaly"
    let place = assignments
    return [reconstructionErrors == nil ? header : header + ",reconstruction_error"]
      + data.trainingRows.enumerated().map { index, row in
        var numbers = [place.distances[index], place.strengths[index], place.anomalies[index]]
        if let reconstructionErrors { numbers.append(reconstructionErrors[index]) }
        let fields = numbers.map { $0.isFinite ? "\($0)" : "" }
        return "\(data.sourceRow(row)),\(place.labels[index]),\(fields.joined(separator: ","))"
      }
  }
}

extension DurableDirectory.File {
  /// Lines of numbers under a header; nil if there are none.
  init?(_ path: String, lines: [String]) {
    guard lines.count > 1 else { return nil }
    var text = ""
    for line in lines { text += line + "\n" }
    self.init(path: path, bytes: Data(text.utf8))
  }
}
