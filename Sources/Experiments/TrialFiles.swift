internal import Artifacts
internal import Foundation
internal import Learning
internal import Tabular

/// What a finished trial leaves besides its numbers.
///
/// `evidence.json` for the report, the curves as CSV, `assignments.csv` (row of the source from 1,
/// segment) and `model/`, the artifact. No value of the table is among them.
struct TrialFiles {
  let outcome: TrialOutcome
  let data: TrialData

  func write(to place: String) throws(RunError) {
    try RunStorage.write(
      try RunDirectory.encode(outcome.evidence, for: "evidence.json"),
      to: "\(place)/evidence.json")
    try RunStorage.makeDirectory("\(place)/curves")
    try write(silhouettes, to: "\(place)/curves/silhouette.csv")
    try write(map, to: "\(place)/curves/map.csv")
    try write(losses, to: "\(place)/curves/loss.csv")
    try write(assignments, to: "\(place)/assignments.csv")
    do throws(ArtifactError) {
      try ArtifactWriter.publish(outcome.artifact, to: "\(place)/model")
    } catch {
      throw .artifact(error)
    }
  }

  private var silhouettes: [String] {
    var lines = ["segment,rank,silhouette"]
    for blade in outcome.evidence.silhouettes {
      for (index, value) in blade.values.enumerated() {
        lines.append("\(blade.segment),\(index + 1),\(value)")
      }
    }
    return lines
  }

  private var map: [String] {
    ["x,y,segment"]
      + (outcome.evidence.map?.points ?? []).map { "\($0.x),\($0.y),\($0.segment)" }
  }

  private var losses: [String] {
    ["iteration,loss"] + outcome.losses.enumerated().map { "\($0.offset + 1),\($0.element)" }
  }

  private var assignments: [String] {
    ["row,segment"] + zip(data.trainingRows, outcome.labels).map { "\($0 + 1),\($1)" }
  }

  private func write(_ lines: [String], to path: String) throws(RunError) {
    guard lines.count > 1 else { return }
    var text = ""
    for line in lines { text += line + "\n" }
    try RunStorage.write(Data(text.utf8), to: path)
  }
}
