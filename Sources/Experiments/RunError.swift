public import Artifacts
public import Evaluation
public import Tabular

/// Why a run could not start, go on or be read.
///
/// A trial that fails is not an error: it is a row.
public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
  case study(StudyError)
  case table(TableError)
  case storage(StorageError)
  case artifact(ArtifactError)
  /// Another process is writing the same run.
  case busy(directory: String)
  /// The study leaves no column to learn from.
  case noFeatures(source: String)
  /// A holdout of so few rows, or so many, leaves one side without rows.
  case emptySplit(rows: Int, holdout: Double)
  /// The target cannot be learnt.
  case target(column: String, TargetProblem)
  /// A clustering's value column is no number, or has a role that hides it.
  case value(column: String, experiment: String)
  /// The rows cannot be split as the study asks.
  case split(SplitProblem)
  case notARun(path: String)
  /// The run has no leaderboard yet, or lost it, or none of its trials has ended.
  case unfinished(directory: String, ended: Int, planned: Int, isRunning: Bool)
  case damaged(file: String, fault: FileFault)
  /// The chosen trial could not be fitted again for the holdout.
  case holdout(trial: String, reason: String)
  /// A recorded trial that was computed again has no result.
  case retraining(reason: String)
  /// What a worker has read gives another plan than that of the run.
  case changed(directory: String)
  /// A worker process has ended in a way that is no trial's fault.
  case worker(WorkerEnd)
  /// The trials of an experiment cannot be put in order.
  case ranking(experiment: String, EvaluationError)

  public enum FileFault: Hashable, Sendable {
    case missing, unreadable, otherContent
  }

  public var description: String {
    switch self {
    case .study(let error): "\(error)"
    case .table(let error): "\(error)"
    case .storage(let error): "\(error)"
    case .artifact(let error): "\(error)"
    case .busy(let directory):
      "another process holds this run; \(directory); wait for it, or give another --runs"
    case .noFeatures(let source):
      "no column is left to learn from; \(source); give fewer columns a role"
    case .emptySplit(let rows, let holdout):
      "a holdout of \(holdout) splits \(rows) rows so that one side is empty; change split.holdout"
    case .target(let column, let problem):
      "\(problem.isOfWeights ? "column" : "the target") \(column) \(problem)"
    case .value(let column, let experiment):
      "the value column \(column) of \(experiment) must hold numbers and be no id; name another"
    case .split(let problem): "\(problem)"
    case .notARun(let path):
      "this is not a run directory; \(path); give the directory that cohort run has written"
    case .unfinished(let directory, let ended, let planned, let isRunning):
      "\(ended) of \(planned) trials have ended and the run has not ranked them; \(directory); "
        + (isRunning ? "wait for its end" : "run the study again to finish it")
    case .damaged(let file, let fault):
      "\(fault); \(file); run the study again to write it anew"
    case .holdout(let trial, let reason):
      "the chosen trial \(trial) cannot be measured on the holdout: \(reason)"
    case .retraining(let reason): "the recorded trial has no result any more: \(reason)"
    case .changed(let directory):
      "the study or its table changed during the run; \(directory); run the study again"
    case .worker(let end): "\(end)"
    case .ranking(let experiment, let error):
      "the trials of \(experiment) cannot be put in order: \(error)"
    }
  }
}

extension RunError.FileFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "a file of the run is missing"
    case .unreadable: "a file of the run cannot be read as what it should be"
    case .otherContent: "a file of the run was changed after it was written"
    }
  }
}
