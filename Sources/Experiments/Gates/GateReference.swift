internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Numerical

/// What the `vs` of a gate names, as the caller found it.
public enum GateReference: Hashable, Sendable {
  /// The directory of a run: its chosen trial of the same experiment is meant.
  case run(String)
  /// The directory of an artifact.
  case model(String)
  /// It has a name, and cannot be used for this reason: no gate may take it for missing.
  case unusable(String)
}

/// A reference that was read, or why it could not be.
enum ReadReference {
  case run(ComparedRun, directory: RunDirectory)
  case model(ComparedModel, path: String)
  case refused(String)

  init(_ reference: GateReference, name: String, on pool: WorkerPool) {
    do throws(ComparisonError) {
      switch reference {
      case .run(let path):
        let directory = RunDirectory(path: path)
        self = .run(
          try ComparedRun(name: name, reading: directory, on: pool), directory: directory)
      case .model(let path):
        self = .model(try ComparedModel(name: name, reading: path, on: pool), path: path)
      case .unusable(let reason):
        self = .refused("\(name) cannot be compared with: \(reason)")
      }
    } catch {
      self = .refused("\(name) cannot be compared with: \(error)")
    }
  }

  /// What stands against the chosen trial of an experiment.
  func candidate(for experiment: ExperimentRecord) -> (Candidate, model: String)? {
    switch self {
    case .run(let run, let directory):
      guard let candidate = run.experiment(experiment.id)?.candidate else { return nil }
      return (candidate, "\(directory.trialPath(candidate.id))/model")
    case .model(let model, let path):
      guard model.artifact.isPropensity == (experiment.task == .classify) else { return nil }
      var candidate = model.candidate
      candidate.metrics += Self.holdoutMetrics(of: model, at: path)
      return (candidate, path)
    case .refused: return nil
    }
  }

  /// Why there is no candidate.
  func absence(of experiment: ExperimentRecord, name: String) -> String {
    switch self {
    case .run: "\(name) has no chosen trial of \(experiment.id)"
    case .model(let model, _):
      "\(name) is a \(model.artifact.manifest.kind) model, which says nothing of \(experiment.id)"
    case .refused(let reason): reason
    }
  }

  /// An artifact is written before the holdout is asked; the leaderboard of its run has the answer.
  private static func holdoutMetrics(of model: ComparedModel, at path: String) -> [MetricRecord] {
    let file = "\(path)/../../../leaderboard.json"
    // Elsewhere than in a run there is none, and one of another run does not list the trial.
    guard let board: Leaderboard = try? RunDirectory.decode(file) else { return [] }
    let rows = board.experiments.flatMap(\.rows)
    let row = rows.first { $0.isChosen && $0.trial.id == model.artifact.lineage.trial }
    return row?.trial.metrics.filter { $0.split == "holdout" } ?? []
  }
}
