import Artifacts
import Experiments
import Exports
import Foundation
import History
import Learning
import Numerical
import Registry
import ScoreHistory
import Tabular

/// The exit codes of the contract, and which error leads to which.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case usage = 2
  case gate = 3
  case data = 4
  case noResult = 5
  case artifact = 6
  case resources = 7
  case conflict = 8
  case bug = 70
  case interrupted = 130
  case terminated = 143
}

extension ExitStatus {
  /// The code for an error of one of our layers; nil for errors of the argument parser.
  init?(of error: any Error) {
    switch error {
    case let error as CommandError: self = error.status
    case is StudyError, is ParameterError: self = .usage
    case let error as TableError: self = Self.code(error)
    case is StorageError: self = .resources
    case let error as ArtifactError: self = Self.code(error)
    case let error as ScoringError: self = Self.code(error)
    case BatchError.stopped: self = Interrupts.status ?? .interrupted
    case is BatchError: self = .data
    case let error as ScoreHistoryError: self = Self.code(error)
    case let error as RunError: self = Self.code(error)
    case let error as RegistryError: self = Self.code(error)
    case let error as ComparisonError: self = Self.code(error)
    case is HistoryError: self = .failed
    case let error as ExportError: self = Self.code(error)
    case let error as LearningError:
      if case .cancelled = error { self = Interrupts.status ?? .interrupted } else { self = .data }
    case NumericalError.unsupportedPlatform: self = .failed
    case is NumericalError: self = .data
    default: return nil
    }
  }

  private static func code(_ error: TableError) -> ExitStatus {
    switch error {
    case .unreadable(_, let code) where code == EACCES || code == EPERM: .resources
    default: .data
    }
  }

  private static func code(_ error: ArtifactError) -> ExitStatus {
    switch error {
    case .storage, .notRegularFile: .resources
    case .busy, .alreadyExists: .conflict
    default: .artifact
    }
  }

  private static func code(_ error: RegistryError) -> ExitStatus {
    switch error {
    case .unreadableReference, .illegalName, .illegalAlias, .reservedAlias, .otherKind,
      .reasonNeeded, .unknownSensitive, .uncovered, .unreadablePolicy, .unreadableKey:
      .usage
    case .refused: .gate
    case .noRegistry, .unknownModel, .unknownVersion, .unknownAlias, .noChampion, .notReady,
      .damaged, .newer, .brokenLog, .otherHead:
      .artifact
    case .moved, .inUse, .nothingBefore, .busy: .conflict
    case .storage: .resources
    case .artifact(let error): code(error)
    }
  }

  private static func code(_ error: ScoringError) -> ExitStatus {
    switch error {
    case .table(let error): code(error)
    case .model: .data
    }
  }

  private static func code(_ error: ScoreHistoryError) -> ExitStatus {
    switch error {
    case .unreadablePlace, .noCustomerColumn: .usage
    case .noCustomer, .repeatedCustomers: .data
    case .otherScores, .busy: .conflict
    // A place that cannot take scores, be it full, out of reach or no database.
    case .unavailable, .storage, .refused: .resources
    }
  }

  private static func code(_ error: ExportError) -> ExitStatus {
    switch error {
    case .unsupported: .failed
    case .disagreement: .bug
    case .scoring(let error): code(error)
    }
  }

  private static func code(_ error: ComparisonError) -> ExitStatus {
    switch error {
    case .run(let error): code(error)
    case .artifact(let error): code(error)
    case .notComparable, .differentKinds, .rule, .unknownMetric: .usage
    }
  }

  private static func code(_ error: RunError) -> ExitStatus {
    switch error {
    case .study: .usage
    // A role or a kind that names no column is the study's mistake, not the table's.
    case .table(.unknownColumn), .table(.conflictingRoles), .table(.personalFeature): .usage
    case .table(let error): code(error)
    case .storage: .resources
    case .artifact(let error): code(error)
    case .busy: Interrupts.status ?? .conflict
    // A worker that was content does not make a run that failed one that is done.
    case .worker(.exited(let code, _)) where code != ExitStatus.done.rawValue:
      ExitStatus(rawValue: code) ?? .failed
    case .worker: .failed
    // The study has to say what the table cannot.
    case .target(_, .absent), .target(_, .unclear), .target(_, .noSuchValue),
      .target(_, .tooMany), .target(_, .weightKind), .split(.refused):
      .usage
    case .target, .split(.time): .data
    case .noFeatures, .emptySplit, .notARun, .value, .changed: .usage
    case .unfinished(_, _, _, let isRunning): isRunning ? .conflict : .noResult
    case .damaged: .failed
    case .holdout, .ranking, .retraining: .noResult
    }
  }
}

/// A failure that the command line itself finds, as one sentence with the code it leads to.
struct CommandError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}
