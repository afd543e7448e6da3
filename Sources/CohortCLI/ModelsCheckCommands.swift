import ArgumentParser
import Artifacts
import Foundation
import Registry

struct ModelsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract:
      "Load models with every check; registered ones that are damaged go to the quarantine.",
    discussion: """
      Nobody can use a version in quarantine. Registering the same artifact again repairs it. With --key a model \
      must be signed by one of these keys; without, registered ones must be signed as policy.json asks.

      EXAMPLES
        cohort models verify
        cohort models verify bank@champion
        cohort models verify runs/latest/trials/3f9a2c71d0e4/model --key release.pub.pem
        cohort models verify bank@champion --retrain --data customers.csv

      --retrain trains the model again from what its lineage records and compares the digests (exit code 6 if \
      another model comes out, 4 if the table is not the one it was trained on).
      """)

  @Argument(help: "Versions, or directories of models (default: every version).")
  var models: [String] = []

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp("A public key that may have signed it; repeatable.", valueName: "file"))
  var keys: [String] = []

  @OptionGroup var retraining: RetrainingOptions
  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { try retraining.check(models) }

  func run() throws {
    if retraining.retrain { return try retraining.run(models, store: store, output: output) }
    let trust = try asked()
    let checked =
      try models.isEmpty ? everyVersion(trust) : models.map { try verify($0, trust) }
    if output.json { try JSONOutput.write(checked) } else { try Console.write(text(checked)) }
    let faults = checked.filter { $0.fault != nil }
    guard let first = faults.first else { return }
    throw CommandError(
      .artifact,
      "\(faults.count) of \(checked.count) models cannot be trusted; \(first.reference); "
        + (first.isQuarantined
          ? "register the same artifact again, or use another version" : "use another model"))
  }

  /// What the keys on the command line ask; nil for what the registry's policy does.
  private func asked() throws -> SignatureTrust? {
    if keys.isEmpty { return nil }
    return SignatureTrust(.signed, keys: try keys.map { TrustedKey(try KeyFiles.verifying($0)) })
  }

  private func everyVersion(_ trust: SignatureTrust?) throws -> [Verification] {
    let registry = try store.registry()
    return try registry.models().flatMap(\.versions).filter { $0.status != .retired }
      .map { try registry.verify($0, trusting: trust, by: who.author) }
  }

  private func verify(_ model: String, _ trust: SignatureTrust?) throws -> Verification {
    guard FileManager.default.fileExists(atPath: model) else {
      let registry = try store.registry()
      let version = try registry.find(ModelReference(model)).version
      return try registry.verify(version, trusting: trust, by: who.author)
    }
    let files = try ArtifactFiles(verifying: model)
    let signer = try trust.map { try files.requireSignature(by: $0.keys, on: who.author.day) }
    let named = try files.requireOwnSignature()
    let artifact = try ArtifactReader.load(files)
    return Verification(
      reference: model, digest: artifact.identity, signatureKey: signer?.identifier ?? named)
  }

  private func text(_ checked: [Verification]) -> String {
    checked.map { result in
      let state = result.fault.map { (result.isQuarantined ? "quarantined: " : "unusable: ") + $0 }
      let signer = result.signatureKey.map { "  signed by \($0)" } ?? ""
      return "\(result.reference)  \(state ?? "sound")  \(result.digest)\(signer)\n"
    }.joined()
  }
}

struct ModelsDoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the whole registry and change nothing.",
    discussion: """
      The database, the chain of the log, every byte of every version, aliases against the log, leftovers. \
      Faults end with exit code 6; notes do not.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let findings = try store.registry().findings()
    if output.json { try JSONOutput.write(findings) }
    if !output.json {
      try Console.write(
        findings.map { "\($0.weight.rawValue)  \($0.subject)  \($0.finding)\n" }.joined())
    }
    let faults = findings.filter { $0.weight == .fault }
    guard let first = faults.first else {
      return output.say("no faults, \(findings.count) notes; \(store.store)")
    }
    throw CommandError(
      .artifact,
      "\(faults.count) faults; \(store.store), first \(first.subject); see the lines above")
  }
}

struct ModelsCollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Clear away what no version needs: set aside first, deleted by a later gc.",
    discussion: """
      EXAMPLES
        cohort models gc --dry-run
        cohort models gc --purge bank/3 --purge bank/4 --reason 'older than two years'

      A purged version keeps its number and its place in the log; its files go. One that an alias points to is \
      never purged (exit code 8).
      """)

  @Option(help: ArgumentHelp("Give this version up first; repeatable.", valueName: "name/7"))
  var purge: [String] = []

  @Option(help: "Why, for the log; needed with --purge.")
  var reason: String?

  @Option(help: ArgumentHelp("How long files stay in the quarantine.", valueName: "age"))
  var grace = "7d"

  @Flag(help: "Say what would be done; do nothing.")
  var dryRun = false

  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if Age(grace) == nil {
      throw ValidationError("--grace must be \(Age.domain), found \(grace)")
    }
    if dryRun, !purge.isEmpty { throw ValidationError("--dry-run and --purge exclude each other") }
  }

  func run() throws {
    let registry = try store.registry()
    let author = who.author
    for model in purge {
      try registry.retire(ModelReference(model), reason: reason, by: author)
    }
    let seconds = Age(grace)?.seconds ?? 0
    let found =
      try dryRun
      ? registry.collectable(grace: seconds, by: author)
      : registry.collect(grace: seconds, by: author)
    if output.json { return try JSONOutput.write(found) }
    let would = dryRun ? "would be " : ""
    for digest in found.setAside { try Console.write("\(would)set aside  \(digest)\n") }
    for folder in found.deleted { try Console.write("\(would)deleted  quarantine/\(folder)\n") }
    for path in found.unfinished { try Console.write("\(would)removed  \(path)\n") }
    for digest in found.closed { try Console.write("\(would)closed  \(digest)\n") }
    output.say(
      "\(found.setAside.count) \(would)set aside, \(found.deleted.count) \(would)deleted, "
        + "\(found.waiting.count) wait in the quarantine")
  }
}
