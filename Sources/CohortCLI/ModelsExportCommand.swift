public import ArgumentParser
import Artifacts
public import Exports
import Foundation
import Tabular

struct ModelsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model in the language of another program.",
    discussion: """
      The whole pipeline is written, from the columns of the table to the answers, and answers as the model does \
      on 10,000 made-up rows, or nothing is written. lightgbm is the trees alone; sql-rules are the few \
      questions that describe segments, which do not place customers.

      EXAMPLES
        cohort models export runs/latest/trials/91b04ce2aa17/model --to onnx -o propensity.onnx
        cohort models export runs/latest/trials/3f9a2c71d0e4/model --to sql --dialect sqlite --table crm -o segments.sql

      EXIT CODES
        0 done, 1 the form has no words for the model, 6 artifact refused, 7 no permission, 8 -o exists
      """)

  @Argument(help: "An artifact directory, a trial, or a registered model: name/7, name@champion.")
  var model: String

  @Option(
    help: "onnx, onnx-wide (older runtimes), sql, sql-rules, lightgbm or mlflow (a directory).")
  var to: ModelExport.Form

  @Option(help: "SQL: postgresql, sqlite or ansi (default: postgresql).")
  var dialect: SQLDialect?

  @Option(help: "SQL: the table to read (default: customers).")
  var table: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file or, for mlflow, the directory to write.")
  var file: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if to != .sql, to != .sqlRules, dialect != nil || table != nil {
      throw ValidationError("--dialect and --table are for --to sql and sql-rules; leave them out")
    }
    if let table, table.split(separator: ".", omittingEmptySubsequences: false).contains("") {
      throw ValidationError("--table must be a name such as customers or crm.customers")
    }
  }

  func run() throws {
    if FileManager.default.fileExists(atPath: file) {
      throw CommandError(.conflict, "\(file) exists; remove it or give another -o")
    }
    let pool = try compute.makePool()
    let model = try ReferencePlaces(runs: "", store: store.store).model(model)
    let artifact = try ArtifactReader.load(model.path)
    if let consent = artifact.inputs.consent {
      let outcome =
        to == .sql || to == .sqlRules
        ? "rows without it have no answer" : "what is exported does not, leave out the rows without"
      output.say("note: the model asks for consent (column \(consent.column)); \(outcome)")
    }
    let export = ModelExport(of: artifact, on: pool)
    let product = try export.product(
      to, dialect: dialect ?? .postgresql, table: table ?? "customers")
    switch product {
    case .file(let bytes):
      let place = try DurableFile(path: file)
      try place.append(bytes)
      try place.publish()
    case .directory(let files): try DurableDirectory.publish(files, to: file)
    }
    if output.json { return try JSONOutput.write(Written(form: to.rawValue, path: file)) }
    output.say("\(to.rawValue): \(file)")
  }

  private struct Written: Encodable {
    let form: String
    let path: String
  }
}

extension ModelExport.Form: ExpressibleByArgument {}
extension SQLDialect: ExpressibleByArgument {}
