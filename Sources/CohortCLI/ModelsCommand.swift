import ArgumentParser
import Artifacts
import Foundation
import Registry

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Register models, say which version counts, check them, look back.",
    discussion: """
      A model is named bank (its champion), bank/7, bank@champion or bank@2026-08-01 (what was champion when \
      that day ended, in UTC). Versions are numbers that never come again; aliases move, and every move stands \
      in a log that shows when it was changed. docs/registry.md has the rules.

      EXAMPLES
        cohort models register runs/latest bank --alias candidate
        cohort models promote bank@candidate --to champion
        cohort score bank@champion customers.csv -o scores.csv
        cohort models rollback bank --reason 'complaints since Monday'

      EXIT CODES
        0 done, 1 no such export of this model, 2 usage, 3 a gate was not met, 4 bad data, 6 missing, damaged \
      or too new, 7 out of disk or permission, 8 somebody else was faster
      """,
    subcommands: [
      ModelsListCommand.self, ModelsShowCommand.self, ModelsRegisterCommand.self,
      ModelsCardCommand.self, ModelsPromoteCommand.self, ModelsRollbackCommand.self,
      ModelsVerifyCommand.self, ModelsLogCommand.self, ModelsCollectCommand.self,
      ModelsDoctorCommand.self, ModelsSignCommand.self, ModelsKeysCommand.self,
      ModelsExportCommand.self,
    ],
    defaultSubcommand: ModelsListCommand.self)
}

/// Who is doing it.
struct AuthorOptions: ParsableArguments {
  @Option(help: "Who does it, for the log (default: the user of this system).")
  var actor: String?

  func validate() throws {
    if let actor, actor.isEmpty || actor.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      throw ValidationError("--actor needs a name in one line")
    }
  }

  var author: Author { Author(name: actor ?? NSUserName(), at: .now) }
}

extension StoreOptions {
  func registry(creating: Bool = false) throws -> ModelRegistry {
    try ModelRegistry(store, creating: creating)
  }
}

struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "A line per model: kind, versions and aliases.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let models = try store.registry().models()
    if output.json { return try JSONOutput.write(models) }
    guard let first = models.first else {
      return output.say("no models in \(store.store); next: cohort models register MODEL NAME")
    }
    try Console.write(ModelsText.list(models))
    output.say("next: cohort models show \(first.name)")
  }
}

struct ModelsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The versions of a model, or one of them.")

  @Argument(help: "A name, or name/7, name@alias, name@2026-08-01.")
  var model: String

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let reference = try ModelReference(model)
    let registry = try store.registry()
    guard reference.name != model else {
      let model = try registry.model(reference.name)
      if output.json { return try JSONOutput.write(model) }
      try Console.write(ModelsText.versions(model))
      let next = model.versions.last.map { "show \($0.reference)" } ?? "list"
      return output.say("next: cohort models \(next)")
    }
    let found = try registry.find(reference)
    // Whether its files are sound is asked by verify.
    let environment = try? ArtifactFiles.environment(of: found.path)
    if output.json {
      return try JSONOutput.write(ShownVersion(found: found, environment: environment))
    }
    try Console.write(
      ModelsText.version(found, environment, of: try registry.model(reference.name)))
    output.say("next: cohort score \(found.version.reference) TABLE.csv -o scores.csv")
  }
}

/// A version as `--json` shows it.
private struct ShownVersion: Encodable {
  let found: ResolvedModel
  let environment: TrainingEnvironment?

  private enum CodingKeys: String, CodingKey {
    case environment
  }

  func encode(to encoder: any Encoder) throws {
    try found.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(environment, forKey: .environment)
  }
}

struct ModelsLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Everything that was done, after checking that no entry was changed.",
    discussion: """
      Every entry holds the hash of the one before. Whoever can write the file could write all of it anew: note \
      the head hash elsewhere, and ask with --anchor whether it still is part of the log.
      """)

  @Argument(help: "Only this model.")
  var name: String?

  @Flag(help: "Only say whether the log is whole.")
  var verify = false

  @Option(help: ArgumentHelp("A head hash noted earlier.", valueName: "hash"))
  var anchor: String?

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  private struct Shown: Encodable {
    let head: LogHead
    let entries: [LogEntry]?
  }

  func run() throws {
    let log = try store.registry().log(of: name, anchor: anchor)
    if output.json {
      return try JSONOutput.write(Shown(head: log.head, entries: verify ? nil : log.entries))
    }
    if !verify { try Console.write(ModelsText.log(log.entries)) }
    output.say("the log is whole: \(log.head.sequence) entries, head \(log.head.hash)")
  }
}
