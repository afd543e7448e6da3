internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Numerical
internal import Tabular

/// What a trial said of every training row: what two trials are compared by, row by row.
public enum RowAnswers: Hashable, Sendable {
  case scores(RowScores)
  case labels(RowLabels)

  /// The rows' numbers in their table, from 1.
  var rows: [Int] {
    switch self {
    case .scores(let scores): scores.rows
    case .labels(let labels): labels.rows
    }
  }
}

/// Probabilities out of fold, and what became of the rows (`predictions.csv`).
public struct RowScores: Hashable, Sendable {
  /// The folds in which the rows were scored, and what metrics are on each (`replicates.json`).
  public struct Folds: Hashable, Sendable {
    /// By row, the number of its fold from 1.
    public let numbers: [Int]
    /// By metric, its value on every fold in the order of their numbers.
    public let values: [String: [Double]]
    /// Rows tested over rows trained on, in the mean over the folds.
    public let testRatio: Double

    public init(numbers: [Int], values: [String: [Double]], testRatio: Double) {
      self.numbers = numbers
      self.values = values
      self.testRatio = testRatio
    }
  }

  /// Numbers in the table, from 1.
  public let rows: [Int]
  /// Probabilities before and after calibration; the same without one.
  public let raw: [Double]
  public let calibrated: [Double]
  /// 1 for the event, else 0.
  public let outcomes: [Double]
  public let weights: [Double]?
  /// Nil where metrics by fold are not stored.
  public let folds: Folds?

  /// All lists by row must be of one length.
  public init(
    rows: [Int], raw: [Double], calibrated: [Double], outcomes: [Double],
    weights: [Double]? = nil, folds: Folds? = nil
  ) {
    let counts = [
      raw.count, calibrated.count, outcomes.count, weights?.count ?? rows.count,
      folds?.numbers.count ?? rows.count,
    ]
    precondition(counts.allSatisfy { $0 == rows.count }, "every row has every value")
    self.rows = rows
    self.raw = raw
    self.calibrated = calibrated
    self.outcomes = outcomes
    self.weights = weights
    self.folds = folds
  }

  static func header(isWeighted: Bool) -> [String] {
    ["row", "fold", "raw", "calibrated", "outcome"] + (isWeighted ? ["weight"] : [])
  }
}

/// The segments of rows, −1 for none (`assignments.csv`).
public struct RowLabels: Hashable, Sendable {
  /// Numbers in the table, from 1.
  public let rows: [Int]
  public let labels: [Int]

  /// Both lists must be of one length.
  public init(rows: [Int], labels: [Int]) {
    precondition(rows.count == labels.count, "every row has a label")
    self.rows = rows
    self.labels = labels
  }
}

/// The directory of a finished trial, as comparisons read it.
struct TrialFolder {
  let path: String

  /// Whether this is the directory of the trial.
  func holdsTrial(_ id: String) -> Bool {
    guard !id.isEmpty, RunStorage.exists("\(path)/status.json"),
      let parameters: TrialParameters = try? RunDirectory.decode("\(path)/parameters.json")
    else { return false }
    return parameters.key.hasPrefix(id)
  }

  /// What the trial said of every row; nil where it does not say enough, as trials of older versions.
  ///
  /// - Throws: `.damaged` if a file was lost or changed.
  func answers(on pool: WorkerPool) throws(RunError) -> RowAnswers? {
    if let table = try table("predictions.csv", on: pool) {
      return try scores(table).map(RowAnswers.scores)
    }
    guard let table = try table("assignments.csv", on: pool) else { return nil }
    guard let rows = Self.whole(table["row"]), let labels = Self.whole(table["segment"]) else {
      throw .damaged(file: "\(path)/assignments.csv", fault: .unreadable)
    }
    return .labels(RowLabels(rows: rows, labels: labels))
  }

  func evidence() throws(RunError) -> ClassificationEvidence? {
    guard try bytes(of: "evidence.json") != nil else { return nil }
    return try RunDirectory.decode("\(path)/evidence.json")
  }

  /// Nil if the trial did not store them.
  private func replicates() throws(RunError) -> TrialReplicates? {
    guard try bytes(of: TrialReplicates.file) != nil else { return nil }
    return try RunDirectory.decode("\(path)/\(TrialReplicates.file)")
  }

  /// The file as it was written; nil if the trial has none of that name.
  private func bytes(of name: String) throws(RunError) -> Data? {
    guard RunStorage.exists("\(path)/status.json") else { return nil }
    let status: TrialStatus = try RunDirectory.decode("\(path)/status.json")
    guard let listed = status.files.first(where: { $0.path == name }) else { return nil }
    let file = "\(path)/\(name)"
    guard RunStorage.exists(file) else { throw .damaged(file: file, fault: .missing) }
    let data = try RunStorage.read(file)
    guard data.count == listed.size, ContentHash.hexadecimal(data) == listed.sha256 else {
      throw .damaged(file: file, fault: .otherContent)
    }
    return data
  }

  private func table(_ name: String, on pool: WorkerPool) throws(RunError) -> Table? {
    guard let data = try bytes(of: name) else { return nil }
    let header = data.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: ","))
    let kinds = header.map { name in
      let name = String(decoding: name, as: UTF8.self)
      return (name, ["row", "fold", "segment"].contains(name) ? ColumnKind.integer : .real)
    }
    let options = CSVOptions(
      delimiter: UInt8(ascii: ","), kinds: Dictionary(kinds) { first, _ in first })
    do {
      return try Table.read(csvText: [UInt8](data), name: name, options: options, on: pool)
    } catch {
      throw .damaged(file: "\(path)/\(name)", fault: .unreadable)
    }
  }

  private func scores(_ table: Table) throws(RunError) -> RowScores? {
    guard let outcomes = table["outcome"]?.numbers else { return nil }
    let weights = table["weight"]?.numbers
    guard let rows = Self.whole(table["row"]), let numbers = Self.whole(table["fold"]),
      let raw = table["raw"]?.numbers, let calibrated = table["calibrated"]?.numbers,
      (raw + calibrated).allSatisfy((0...1).contains),
      outcomes.allSatisfy({ $0 == 0 || $0 == 1 }),
      weights?.allSatisfy({ $0 >= 0 && $0.isFinite }) ?? true
    else { throw .damaged(file: "\(path)/predictions.csv", fault: .unreadable) }
    let replicates = try replicates()
    return RowScores(
      rows: rows, raw: raw, calibrated: calibrated, outcomes: outcomes, weights: weights,
      folds: replicates.map {
        RowScores.Folds(numbers: numbers, values: $0.folds, testRatio: $0.testRatio)
      })
  }

  private static func whole(_ column: Column?) -> [Int]? {
    guard let column, column.missingRows.isEmpty, case .integer(let values) = column.values else {
      return nil
    }
    return values.map { Int($0) }
  }
}
