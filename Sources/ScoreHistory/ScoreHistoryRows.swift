import Artifacts
import Foundation
import Tabular

/// What all scores of a batch have in common.
public struct ScoreHistoryKey: Hashable, Sendable {
  /// A registered name, or the digest of a model that has none.
  public let model: String
  /// 0 for a model that is not registered.
  public let version: Int
  /// The day for which the scores hold, `yyyy-mm-dd`.
  public let day: String

  public init(model: String, version: Int, day: String) {
    self.model = model
    self.version = version
    self.day = day
  }

  var reference: String { version == 0 ? model : "\(model)/\(version)" }
}

/// A score as a history keeps it.
public struct ScoreHistoryRow: Hashable, Sendable {
  /// The row of the table, counted from 1 below the header.
  let number: Int
  let customer: String
  let raw: Double?
  let calibrated: Double?
  let band: String?
  let segment: Int64?
  /// A JSON array of texts.
  let reasons: String?
}

/// Takes from scored parts what a history keeps of them.
struct ScoreHistoryRows: Sendable {
  let customerColumn: String

  /// - Parameters:
  ///   - columns: Columns that pass through.
  ///   - customer: Which of them tells customers apart; nil for the first.
  /// - Throws: `.noCustomerColumn`.
  init(columns: [String], customer: String?) throws(ScoreHistoryError) {
    guard let name = customer ?? columns.first, columns.contains(name) else {
      throw .noCustomerColumn(name: customer)
    }
    customerColumn = name
  }

  /// The rows of a part that have an answer.
  func rows(of part: ScoredPart) -> [ScoreHistoryRow] {
    let customers = part.passthrough.first { $0.name == customerColumn }
    func numbers(_ name: String) -> [Double]? {
      part.answers.first { $0.name == name }?.numbers
    }
    let raw = numbers("raw")
    let calibrated = numbers("calibrated")
    let segments = numbers("segment")
    let band = part.answers.first { $0.name == "band" }
    let reasons = part.answers.filter { $0.name.hasPrefix("reason_") }
    var isRefused = [Bool](repeating: false, count: part.rowCount)
    for row in part.refused { isRefused[row] = true }
    return isRefused.indices.filter { !isRefused[$0] }.map { row in
      ScoreHistoryRow(
        number: part.firstRow + row + 1, customer: customers?.text(at: row) ?? "",
        raw: raw.flatMap { Self.finite($0[row]) },
        calibrated: calibrated.flatMap { Self.finite($0[row]) }, band: band?.text(at: row),
        segment: segments.flatMap { Int64(exactly: $0[row]) },
        reasons: Self.json(reasons.compactMap { $0.text(at: row) }.filter { !$0.isEmpty }))
    }
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

  /// Nil for no reasons at all.
  private static func json(_ texts: [String]) -> String? {
    guard !texts.isEmpty, let bytes = try? CanonicalJSON.encode(texts) else { return nil }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}

/// What a batch has added to a history.
public struct ScoreHistoryOutcome: Hashable, Sendable, Encodable {
  public let added: Int
  /// Scores that were there already, equal in everything.
  public let present: Int
}
