import ArgumentParser
import Artifacts
import Foundation
import Tabular

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Give the customers of a table their segments.",
    discussion: """
      Ids pass through; every row of the table has a row in the output, in the same order. The \
      artifact is checked before anything is read.

      EXAMPLE
        cohort score runs/latest/trials/3f9a2c71d0e4/model customers.csv -o segments.csv
      """)

  @Argument(help: "An artifact directory.")
  var artifact: String

  @Argument(help: "A CSV file with the columns the model was trained on.")
  var table: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write (default: standard output).")
  var file: String?

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
    let scorer = SegmentScorer(try ArtifactReader.load(artifact).segmentation)
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
    var lines = summary.segments.map { "\($0.name): \($0.rowCount) of \(summary.rowCount) rows" }
    lines += summary.imputedCells.map { "\($0.column): \($0.count) missing values filled in" }
    lines += summary.unseenCells.map { "\($0.column): \($0.count) values unseen in training" }
    if summary.ignoredColumnCount > 0 {
      lines.append(
        "\(summary.ignoredColumnCount) columns that the model does not need were ignored")
    }
    if let file { lines.append("scores: \(file)") }
    return lines
  }
}
