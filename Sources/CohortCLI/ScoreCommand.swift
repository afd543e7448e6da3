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
      artifact is checked before anything is read. Memory does not grow with the table, and a \
      command that was interrupted goes on where it was. See docs/scoring.md.

      EXAMPLES
        cohort score runs/latest/trials/3f9a2c71d0e4/model customers.csv -o segments.csv
        cohort score bank@champion customers.csv --top 5% --reasons 3
        cohort score bank@champion customers.csv -o scores.csv --sidecar
        cohort score bank@champion customers.csv --to sqlite:///scores.db --as-of 2027-01-31
      """)

  @Argument(help: "An artifact directory, a trial, or a registered model: name/7, name@champion.")
  var artifact: String

  @Argument(help: "A CSV file with the columns the model was trained on.")
  var table: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write (default: standard output, unless --to is given).")
  var file: String?

  @OptionGroup var scored: ScoredTableOptions
  @OptionGroup var history: ScoreHistoryOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var propensity: PropensityOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if output.json && file == nil && history.to == nil {
      throw ValidationError("--json needs -o FILE or --to DATABASE")
    }
    if scored.sidecar && file == nil { throw ValidationError("--sidecar needs -o FILE") }
    if history.to == nil && (history.asOf != nil || history.customer != nil) {
      throw ValidationError("--as-of and --customer go with --to")
    }
  }

  func run() throws {
    if let file, isSameFile(file, table) {
      throw CommandError(.usage, "the scores would replace the table \(table); give another -o")
    }
    try sidecar?.check(against: table)
    Interrupts.catchStopRequests()
    // Before there is work to lose.
    let scores = try file.map { try ScoredFile(path: $0) }
    let pool = try compute.makePool()
    let model = try ReferencePlaces(runs: "", store: store.store).model(artifact)
    let stored = try ArtifactReader.load(model.path)
    output.say("model: \(model.version?.reference ?? artifact), \(stored.identity)")
    if let version = model.version, version.digest != stored.identity {
      // Another artifact has come to its place since the name was resolved.
      throw ArtifactError.damaged(file: "manifest.json", .digest)
    }
    let batch = ScoreBatch(
      command: self, file: scores, pool: pool,
      model: ScoredModel(version: model.version, digest: stored.identity))
    switch stored.content {
    case .segmentation(let artifact):
      try propensity.refuse(for: SegmentationArtifact.kind)
      try batch.run(SegmentScorer(artifact)) { batch, _ in batch.scorer }
    case .propensity(let artifact):
      try batch.run(propensity.scorer(artifact), settling: propensity.settle)
    }
  }

  /// What is written beside the scores, if it is asked for.
  var sidecar: ScoreSidecar? { scored.sidecar ? file.map { ScoreSidecar(of: $0) } : nil }
}

func isSameFile(_ a: String, _ b: String) -> Bool {
  URL(filePath: a).resolvingSymlinksInPath() == URL(filePath: b).resolvingSymlinksInPath()
}
