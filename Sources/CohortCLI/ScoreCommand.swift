import ArgumentParser
import Artifacts
import Foundation
import Numerical
import Registry
import Tabular

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Give the customers of a table their segments or their probabilities.",
    discussion: """
      Ids pass through; every row of the table has a row in the output, in the same order. The \
      artifact is checked before anything is read.

      EXAMPLES
        cohort score runs/latest/trials/3f9a2c71d0e4/model customers.csv -o segments.csv
        cohort score bank@champion customers.csv --top 5% --reasons 3
      """)

  @Argument(help: "An artifact directory, a trial, or a registered model: name/7, name@champion.")
  var artifact: String

  @Argument(help: "A CSV file with the columns the model was trained on.")
  var table: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write (default: standard output).")
  var file: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var propensity: PropensityOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if output.json && file == nil { throw ValidationError("--json needs -o FILE") }
  }

  func run() throws {
    if let file, isSameFile(file, table) {
      throw CommandError(.usage, "the scores would replace the table \(table); give another -o")
    }
    let pool = try compute.makePool()
    let model = try ReferencePlaces(runs: "", store: store.store).model(artifact)
    if let version = model.version {
      output.say("model: \(version.reference), \(version.digest)")
    }
    switch try ArtifactReader.load(model.path).content {
    case .segmentation(let artifact):
      try propensity.refuse(for: SegmentationArtifact.kind)
      try score(with: SegmentScorer(artifact), on: pool)
    case .propensity(let artifact):
      try score(with: propensity.scorer(artifact), on: pool)
    }
  }

  private func score(with scorer: some TableScorer, on pool: WorkerPool) throws {
    let table = try scorer.read(csv: table, on: pool)
    let scores = try scorer.score(table, on: pool)
    if let file {
      try scorer.write(scores, of: table, to: file, on: pool)
    } else {
      try scorer.forEachPart(of: scores, table, on: pool) {
        try Console.write(String(decoding: $0, as: UTF8.self))
      }
    }
    if output.json { return try JSONOutput.write(scores.summary) }
    for line in lines(scores.summary) { output.say(line) }
  }

  private func isSameFile(_ a: String, _ b: String) -> Bool {
    URL(filePath: a).resolvingSymlinksInPath() == URL(filePath: b).resolvingSymlinksInPath()
  }

  private func lines(_ summary: ScoringSummary) -> [String] {
    var lines = (summary.segments ?? []).map {
      "\($0.name): \($0.rowCount) of \(summary.rowCount) rows"
    }
    if let decision = summary.decision {
      let threshold = decision.threshold.map { ", threshold \($0)" } ?? ""
      lines.append(
        "contact \(decision.contactCount) of \(summary.rowCount) rows (\(decision.rule)\(threshold))"
      )
      lines += decision.bands.map { "\($0.name): \($0.rowCount) of \(summary.rowCount) rows" }
    }
    if let suppressed = summary.suppressedRowCount, suppressed > 0 {
      lines.append("\(suppressed) of \(summary.rowCount) rows have no consent and no answer")
    }
    lines += summary.imputedCells.map { "\($0.column): \($0.count) missing values filled in" }
    lines += (summary.missingCells ?? []).map { "\($0.column): \($0.count) missing values" }
    lines += summary.unseenCells.map { "\($0.column): \($0.count) values unseen in training" }
    if summary.ignoredColumnCount > 0 {
      lines.append(
        "\(summary.ignoredColumnCount) columns that the model does not need were ignored")
    }
    if let file { lines.append("scores: \(file)") }
    return lines
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
}
