import Artifacts
import Foundation
import ScoreHistory
import Tabular

/// Scored parts without a model behind them.
enum ScoredBatch {
  /// Customers c0, c1, … with probabilities that are no short decimals.
  static func part(
    _ customers: [String], from firstRow: Int = 0, shift: Double = 0, refused: [Int] = []
  ) -> ScoredPart {
    let count = customers.count
    let values = (0..<count).map { Double(firstRow + $0 + 1) / 7 + shift }
    return ScoredPart(
      firstRow: firstRow, passthrough: [Column(name: "id", values: .text(customers))],
      answers: [
        Column(name: "raw", values: .real(values), missingRows: refused),
        Column(name: "calibrated", values: .real(values.map { $0 / 3 }), missingRows: refused),
        Column(
          name: "band",
          values: .category(codes: (0..<count).map { Int32($0 % 2) }, levels: ["High", "Low"]),
          missingRows: refused),
        Column(
          name: "reason_1", values: .text((0..<count).map { $0 == 1 ? "" : "plan = \"b\" raises" })),
        Column(name: "status", values: .text((0..<count).map { _ in "ok" })),
      ], refused: refused)
  }

  static let key = ScoreHistoryKey(model: "bank", version: 7, day: "2027-01-31")

  /// Adds parts to a history in one batch.
  @discardableResult
  static func add(
    _ parts: [ScoredPart], to place: ScoreHistoryPlace, _ key: ScoreHistoryKey = key
  ) throws -> ScoreHistoryOutcome {
    var history = try ScoreHistoryBatch(place, key, columns: ["id"], customer: nil)
    let prepare = history.preparation
    for part in parts { try history.append([prepare(part)], reaching: ScoringProgress()) }
    return try history.commit()
  }
}
