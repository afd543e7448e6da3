public import Experiments
internal import GRDB
public import Numerical

/// Every run of a folder, and every trial of them.
///
/// The plain files are the truth. What was read from them is kept in `.index.sqlite` beside the runs, each run
/// with the stamp of the files behind it, so that only what was written since is read again. The index may be
/// deleted at any time; a damaged one is made anew, and without leave to write it is kept in memory.
public struct RunHistory {
  /// Sentences on how the index was come by, for the curious.
  public let notes: [String]
  private let folder: RunsFolder
  private let pool: WorkerPool
  private let index: RunIndex

  /// Brings the index up to date.
  ///
  /// - Throws: `RunError` if the folder cannot be listed, `HistoryError` if not even memory can hold an index.
  public init(_ folder: RunsFolder, on pool: WorkerPool) throws {
    self.folder = folder
    self.pool = pool
    let runs = try folder.runs()
    let path = "\(folder.path)/\(RunIndex.fileName)"
    var notes: [String] = []
    index = try Self.index(of: runs, path: runs.isEmpty ? nil : path, on: pool, notes: &notes)
    self.notes = notes
  }

  /// On disk if that can be, made anew if it must be, else in memory.
  private static func index(
    of runs: [RunDirectory], path: String?, on pool: WorkerPool, notes: inout [String]
  ) throws -> RunIndex {
    do {
      if let path {
        do {
          return try RunIndex(path: path, runs, on: pool)
        } catch  where RunIndex.isDamage(error) && RunIndex.remove(path) {
          notes.append("the index of runs was damaged and is made anew; \(path)")
          return try RunIndex(path: path, runs, on: pool)
        } catch let error as DatabaseError {
          notes.append("the index of runs is kept in memory; \(path); \(error.sentence)")
        }
      }
      return try RunIndex(path: nil, runs, on: pool)
    } catch let error as DatabaseError {
      throw HistoryError.index(reason: error.sentence)
    }
  }

  /// What the index answers, or one read anew into memory where an index opens and yet cannot answer.
  private func answer<Value>(_ question: (RunIndex) throws -> Value) throws -> Value {
    do {
      return try question(index)
    } catch  where RunIndex.isDamage(error) {
      _ = RunIndex.remove("\(folder.path)/\(RunIndex.fileName)")
      return try question(RunIndex(path: nil, try folder.runs(), on: pool))
    }
  }

  /// The runs, newest first; what cannot be read is told by `unreadable`.
  public func runs() throws -> [RunListing] {
    try answer { try $0.runs() }.map { run in
      var run = run
      // Only a runner that has not said how it ended may still be at work.
      if run.state == .broken, RunDirectory(run.name, in: folder.path).isRunning {
        run.state = .running
      }
      return run
    }.sorted { ($0.started ?? "", $0.name) > ($1.started ?? "", $1.name) }
  }

  /// Runs whose files could not be read, with what is wrong.
  public func unreadable() throws -> [String] { try answer { try $0.unreadable() } }

  /// The trials that answer a question, by run and place on the leaderboard.
  public func trials(_ query: TrialQuery = TrialQuery()) throws -> [TrialListing] {
    try answer { try $0.trials(query) }
  }

  /// Names of all metrics that any trial has.
  public func metricNames() throws -> [String] { try answer { try $0.metricNames() } }
}

/// Why there is no history.
public enum HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  case index(reason: String)

  public var description: String {
    switch self {
    case .index(let reason): "the index of runs cannot be made; \(reason)"
    }
  }
}

extension DatabaseError {
  fileprivate var sentence: String { message ?? "\(resultCode)" }
}

/// Which trials to list.
public struct TrialQuery: Hashable, Sendable {
  public enum Sign: String, Hashable, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
  }

  /// A metric beside a number.
  public struct Condition: Hashable, Sendable {
    public var metric: String
    public var sign: Sign
    public var value: Double

    public init(metric: String, sign: Sign, value: Double) {
      self.metric = metric
      self.sign = sign
      self.value = value
    }
  }

  /// All of which must hold.
  public var conditions: [Condition] = []
  /// Of one run; nil for all.
  public var run: String?
  public var onlyFailed = false
  /// At most so many, the first of the order; nil for all.
  public var limit: Int?

  public init() {}
}

extension TrialQuery.Condition {
  /// Reads `silhouette > 0.4`; nil if it is none.
  public init?(_ text: String) {
    guard let mark = text.firstIndex(where: { "<>".contains($0) }),
      let sign = TrialQuery.Sign.allCases.first(where: { text[mark...].hasPrefix($0.rawValue) })
    else { return nil }
    let metric = text[..<mark].split(whereSeparator: \.isWhitespace)
    let number = text[text.index(mark, offsetBy: sign.rawValue.count)...]
      .split(whereSeparator: \.isWhitespace)
    guard metric.count == 1, number.count == 1, let value = Double(number[0]), value.isFinite else {
      return nil
    }
    self.init(metric: String(metric[0]), sign: sign, value: value)
  }
}
