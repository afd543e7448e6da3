/// Trials computed in processes of their own, so that even a crash is a row.
public struct Isolation: Sendable {
  /// Processes side by side.
  public var jobs: Int
  /// Starts a process that calls `Runner.work` for the one that watches it.
  public var start: @Sendable (WatcherPlace) throws(RunError) -> any Worker

  public init(
    jobs: Int, start: @escaping @Sendable (WatcherPlace) throws(RunError) -> any Worker
  ) {
    self.jobs = jobs
    self.start = start
  }
}

/// A running worker process.
public protocol Worker: AnyObject {
  var process: Int32 { get }
  /// How it ended; nil while it lives. Not asked again once it has ended.
  func ended() -> WorkerEnd?
  /// Bytes of memory it has taken; nil where the system does not tell.
  var residentBytes: Double? { get }
  /// Asks it to stop, or ends it at once.
  func stop(atOnce: Bool)
}

/// How a worker process ended.
public enum WorkerEnd: Hashable, Sendable, CustomStringConvertible {
  /// With an exit code and what it said last.
  case exited(code: Int32, complaint: String)
  case signal(Int32)
  /// The system refused to start one, for a reason (`errno`).
  case notStarted(code: Int32)

  public var description: String {
    switch self {
    case .exited(_, let complaint) where !complaint.isEmpty: complaint
    case .exited(let code, _):
      "a worker process ended with exit code \(code) and no reason; run without --isolate to see more"
    case .signal(let number):
      "worker processes end by signal \(number) before they take a trial; run without --isolate to see more"
    case .notStarted(let code):
      "no worker process can be started (error \(code)); run without --isolate"
    }
  }
}
