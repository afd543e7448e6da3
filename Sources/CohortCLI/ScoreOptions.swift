import ArgumentParser
import Artifacts
import Foundation
import ScoreHistory
import Tabular

/// What a scored table has beside the answers.
struct ScoredTableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "More columns to pass through, behind the ids; separated by commas, repeatable.",
      valueName: "column,…"))
  var keep: [String] = []

  @Flag(help: "Pass texts through that a spreadsheet would run as formulas.")
  var rawCsv = false

  @Flag(help: "A column outside: how many numbers of the row are outside the range of training.")
  var flagOutside = false

  @Option(
    help: ArgumentHelp(
      "Columns that neither the model nor --keep names: ignore, or error (exit code 4).",
      valueName: "what"))
  var extraColumns = ExtraColumns.ignore

  @Option(
    help: ArgumentHelp(
      "Exit code 0 if at most this share of the rows was rejected, such as 0.1%.",
      valueName: "share"))
  var allowRejected: RowShare?

  @Flag(help: "Write what --json prints, with the digest of the scores, into a file beside them.")
  var sidecar = false

  /// The columns asked for, in their order.
  var kept: [String] {
    keep.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  func validate() throws {
    if kept.contains("") { throw ValidationError("--keep needs names between its commas") }
    if Set(kept).count < kept.count { throw ValidationError("--keep names a column twice") }
  }
}

/// What is done about columns that nobody asks for.
enum ExtraColumns: String, CaseIterable, ExpressibleByArgument {
  case ignore, error
}

/// Where scores are kept for good.
struct ScoreHistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add the scores to the table score of sqlite:///file.db or postgresql://host/database.",
      valueName: "database"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "The day of these scores, yyyy-mm-dd (default: today in UTC).", valueName: "day"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "The column that tells customers apart in the history (default: the first id).",
      valueName: "column"))
  var customer: String?

  func validate() throws {
    guard let asOf else { return }
    var text = asOf
    guard asOf.utf8.count == 10, text.withUTF8({ CivilDate($0) }) != nil else {
      throw ValidationError("--as-of must be a day such as 2027-06-30")
    }
  }

  /// The day the scores are of; the clock is asked only if none was given.
  var day: String {
    if let asOf { return asOf }
    let seconds = Date().timeIntervalSince1970
    return CivilDate(daysSinceEpoch: Int((seconds / 86_400).rounded(.down))).description
  }
}

/// What can be asked of a propensity model only.
struct PropensityOptions: ParsableArguments {
  @Option(help: "Propensity: how many reasons to give each customer.")
  var reasons: Int?

  @Option(help: "Propensity: contact calibrated probabilities from this one on, 0 to 1.")
  var threshold: Double?

  @Option(help: "Propensity: contact the best share of the rows, such as 5% or 0.05.")
  var top: RowShare?

  func validate() throws {
    if let reasons, !(1...100).contains(reasons) {
      throw ValidationError("--reasons must be from 1 to 100, found \(reasons)")
    }
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold must be from 0 to 1, found \(threshold)")
    }
    if threshold != nil && top != nil {
      throw ValidationError("--threshold and --top exclude each other; give one")
    }
  }

  func scorer(_ artifact: PropensityArtifact) -> PropensityScorer {
    let cut: PropensityScorer.Cut =
      if let threshold {
        .threshold(threshold)
      } else if let top {
        .top(top.share)
      } else {
        .stored
      }
    return PropensityScorer(artifact, cut: cut, reasonCount: reasons ?? 0)
  }

  /// Finds out where the best rows begin, which takes a pass over the table, if they are asked for by share.
  func settle<Source: TablePartSource>(
    _ batch: BatchScoring<PropensityScorer, Source>, _ progress: inout ScoringProgress
  ) throws -> PropensityScorer {
    guard let top else { return batch.scorer }
    if progress.rankCut == nil { progress.rankCut = try batch.rankCut(top.share) }
    guard let first = progress.rankCut else { return batch.scorer }
    return batch.scorer.cutting(.ranked(top.share, from: first))
  }

  /// What was asked for, in one form for equal requests.
  var request: [String] {
    [
      "reasons=\(reasons ?? 0)", "threshold=\(threshold.map { "\($0)" } ?? "")",
      "top=\(top.map { "\($0.share)" } ?? "")",
    ]
  }

  /// Refuses what an artifact of `kind` cannot give.
  func refuse(for kind: String) throws {
    let given = [
      ("--reasons", reasons != nil), ("--threshold", threshold != nil), ("--top", top != nil),
    ]
    if let (option, _) = given.first(where: \.1) {
      throw CommandError(
        .usage, "\(option) is for propensity models, the artifact is a \(kind); leave it out")
    }
  }
}

/// A share of rows, written as `5%` or `0.05`.
struct RowShare: ExpressibleByArgument {
  let share: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else {
      return nil
    }
    let share = isPercent ? number / 100 : number
    guard share > 0, share <= 1 else { return nil }
    self.share = share
  }

  /// Whether `count` rows are at most this share of `total`.
  func covers(_ count: Int, of total: Int) -> Bool {
    // Shares such as 0.29 of 100 rows come out a rounding error short.
    Double(count) <= share * Double(total) * (1 + 1e-12)
  }
}
