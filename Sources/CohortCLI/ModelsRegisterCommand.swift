import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Registry
import Tabular

/// What people say of a model.
struct CardOptions: ParsableArguments {
  @Option(help: "Who answers for the model.")
  var owner: String?

  @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
  var use: String?

  @Option(help: ArgumentHelp("What it must not be used for.", valueName: "text"))
  var notFor: String?

  @Option(help: ArgumentHelp("When it has to be looked at again, yyyy-mm-dd.", valueName: "day"))
  var reviewBy: String?

  @Option(
    name: .customLong("limitation"),
    help: ArgumentHelp("What it cannot do, or was not tried on; repeatable.", valueName: "text"))
  var limitations: [String] = []

  func validate() throws {
    guard let reviewBy else { return }
    let isDay = reviewBy.utf8.count == 10
    guard isDay, (try? Date("\(reviewBy)T00:00:00Z", strategy: .iso8601)) != nil else {
      throw ValidationError("--review-by must be a day such as 2027-06-30, found \(reviewBy)")
    }
  }

  var card: CardNotes {
    CardNotes(
      owner: owner, intendedUse: use, outOfScopeUse: notFor, reviewBy: reviewBy,
      limitations: limitations.isEmpty ? nil : limitations)
  }
}

struct ModelsRegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Copy a model into the registry under a name, with the next number.",
    discussion: """
      The model is checked first: every hash, its structure, its self-test. The same bytes again are the same \
      version. Of a run the chosen model is registered as register: in its study would do it: with the metrics of \
      the holdout and the study's card. What is said here counts more than that card; sensitive columns are noted.

      EXAMPLES
        cohort models register runs/latest bank --experiment propensity --alias candidate
        cohort models register runs/latest/trials/3f9a2c71d0e4/model bank --owner CRM
      """)

  @Argument(help: "A run (its chosen trial is meant), a trial, or the directory of a model.")
  var model: String

  @Argument(help: "The name: a-z, 0-9 and -.")
  var name: String

  @Option(help: "Which experiment of the run.")
  var experiment: String?

  @Option(help: "Point this alias to it, as cohort models promote would.")
  var alias: String?

  @Option(help: ArgumentHelp("A column that is sensitive; repeatable.", valueName: "column"))
  var sensitive: [String] = []

  @Option(
    help: ArgumentHelp(
      "What was found out about sensitive groups, in the form of evidence/fairness.json.",
      valueName: "file"))
  var fairness: String?

  @Option(help: "Why, for the log.")
  var reason: String?

  @OptionGroup var card: CardOptions
  @OptionGroup var who: AuthorOptions
  @OptionGroup var runs: RunsOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  private struct Registered: Encodable {
    let version: ModelVersion
    let isNew: Bool
    let move: AliasMove?

    private enum CodingKeys: String, CodingKey {
      case version, move
      case isNew = "new"
    }
  }

  func run() throws {
    let source = try source()
    let registration = Registration(
      card: source.card.replaced(by: card.card), sensitive: sensitive, fairness: try report(),
      reason: reason)
    let registry = try store.registry(creating: true)
    let (version, isNew) = try source.withArtifact { path in
      try registry.register(path, as: name, registration, by: who.author)
    }
    let state = isNew ? "registered as" : "is registered already as"
    output.say("\(source.path) \(state) \(version.reference), \(version.digest)")
    if !isNew, card.card != CardNotes() || !sensitive.isEmpty || fairness != nil {
      output.say(
        "note: what was said of \(version.reference) before stays; its card is changed by cohort models card"
      )
    }
    if source.leavesSignature {
      output.say(
        "note: the signature of \(source.path) does not cover what the run knows besides; next: cohort "
          + "models sign \(version.reference)")
    }
    let move = try alias.map { try promote(version, to: $0, in: registry) }
    if output.json {
      return try JSONOutput.write(Registered(version: version, isNew: isNew, move: move))
    }
    if move == nil { output.say("next: cohort models promote \(version.reference) --to champion") }
  }

  private func promote(
    _ version: ModelVersion, to alias: String, in registry: ModelRegistry
  ) throws -> AliasMove {
    let policy = try PromotionPolicy(in: store.store)
    let review = try registry.review(
      ModelReference(version.reference), for: alias, under: policy, by: who.author)
    let move = try registry.promote(review, reason: reason, by: who.author)
    output.say(ModelsText.sentence(move))
    return move
  }

  /// What is meant.
  private func source() throws -> RegistrationSource {
    for path in [model, model + "/model"]
    where FileManager.default.fileExists(atPath: path + "/manifest.json") {
      return try RegistrationSource(path: path)
    }
    guard RunDirectory(model, in: runs.runs).isThere else {
      return try RegistrationSource(path: model)
    }
    let run = try runs.run(named: model)
    let choices = try run.listing().run.choices
    let meant = choices.filter { experiment == nil || $0.experiment == experiment }
    guard let choice = meant.first, meant.count == 1,
      let chosen = try ChosenModel(
        choice.experiment, of: run.record(), in: run.underOwnName, run.study())
    else {
      let names = choices.map(\.experiment).joined(separator: ", ")
      throw CommandError(
        .usage,
        choices.isEmpty
          ? "the run has chosen no trial; \(run.path); see cohort runs show"
          : "the run has chosen trials of \(names); \(run.path); give one with --experiment")
    }
    return RegistrationSource(chosen)
  }

  private func report() throws -> FairnessEvidence? {
    guard let fairness else { return nil }
    let reason: String
    do {
      return try FairnessEvidence(report: Data(contentsOf: URL(filePath: fairness)))
    } catch ArtifactError.json(_, let error) {
      reason = "\(error)"
    } catch ArtifactError.content(_, let place, let fault) {
      reason = "at \(place) \(fault)"
    } catch {
      reason = "it is not there or may not be read"
    }
    throw CommandError(
      .usage,
      "\(fairness) is no fairness report: \(reason); see docs/artifact-format.md for its form")
  }
}

/// What is registered: the chosen model of a run with what the run knows besides, or an artifact as it is.
private struct RegistrationSource {
  let path: String
  /// What the study of its run says of it.
  let card: CardNotes
  /// Nil for an artifact as it is.
  private let chosen: ChosenModel?

  init(_ chosen: ChosenModel) {
    path = chosen.path
    card = chosen.findings.notes
    self.chosen = chosen
  }

  /// An artifact, which may be that of a trial inside its run.
  init(path: String) throws {
    self.path = path
    let run = RunDirectory(path + "/../../..", in: "")
    card = try run.isThere ? run.study().card ?? CardNotes() : CardNotes()
    chosen = nil
  }

  /// Whether the trial is signed, which is not what is registered.
  var leavesSignature: Bool {
    chosen != nil && FileManager.default.fileExists(atPath: "\(path)/\(ModelSignature.file)")
  }

  func withArtifact<Value>(_ body: (String) throws -> Value) throws -> Value {
    guard let chosen else { return try body(path) }
    return try chosen.withPublished(body)
  }
}

extension RunDirectory {
  fileprivate var isThere: Bool {
    FileManager.default.fileExists(atPath: path + "/resolved.json")
  }

  /// Not under that of a link, such as `latest`: the name goes into what is registered.
  fileprivate var underOwnName: RunDirectory {
    let own = URL(filePath: path).resolvingSymlinksInPath()
    return own.lastPathComponent == name ? self : RunDirectory(own.path, in: "")
  }
}

struct ModelsCardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Say who answers for a version and what it is for.")

  @Argument(help: "name/7, name@alias.")
  var model: String

  @OptionGroup var card: CardOptions
  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if card.card == CardNotes() {
      throw ValidationError(
        "give at least one of --owner, --use, --not-for, --review-by, --limitation")
    }
  }

  func run() throws {
    let reference = try ModelReference(model)
    let version = try store.registry().describe(reference, card.card, by: who.author)
    if output.json { return try JSONOutput.write(version) }
    output.say("noted for \(version.reference)")
  }
}
