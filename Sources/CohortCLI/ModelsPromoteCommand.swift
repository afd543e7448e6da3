import ArgumentParser
import Registry

struct ModelsPromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Point an alias to a version, if it passes the gates.",
    discussion: """
      An alias moves from the generation that was looked at, or not at all (exit code 8). Gates are digest, \
      golden, signature, inputs, metrics, card, fairness and approval; policy.json in --store says which, for \
      which aliases. What was promoted in spite of a gate stands in the log with its reason.

      EXAMPLES
        cohort models promote bank/7
        cohort models promote bank/7 --dry-run --json
        cohort models promote bank/7 --override --reason 'the old source ends on Friday'
      """)

  @Argument(help: "name/7, name@candidate.")
  var model: String

  @Option(help: "The alias.")
  var to = ModelReference.champion

  @Option(help: "Only if the alias is at this generation (0: not there yet).")
  var expectGeneration: Int?

  @Flag(name: .customLong("override"), help: "In spite of gates that are not met; needs --reason.")
  var overriding = false

  @Option(help: "Why, for the log.")
  var reason: String?

  @Flag(help: "Hold the gates, move nothing.")
  var dryRun = false

  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  private struct Promoted: Encodable {
    let gates: [GateResult]
    let move: AliasMove?
  }

  func run() throws {
    let registry = try store.registry()
    let review = try registry.review(
      ModelReference(model), for: to, under: PromotionPolicy(in: store.store), by: who.author)
    for result in review.gates { output.say("  \(result.sentence)") }
    if dryRun {
      try review.require(generation: expectGeneration)
      return try end(review, nil)
    }
    let move = try registry.promote(
      review, expecting: expectGeneration, overriding: overriding, reason: reason, by: who.author)
    output.say(ModelsText.sentence(move))
    try end(review, move)
  }

  private func end(_ review: PromotionReview, _ move: AliasMove?) throws {
    if output.json { try JSONOutput.write(Promoted(gates: review.gates, move: move)) }
    guard move == nil, !review.missed.isEmpty else { return }
    throw RegistryError.refused(
      reference: review.version.reference, alias: review.alias, review.missed)
  }
}

struct ModelsRollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Make an earlier version champion again: the one before, or the one named.")

  @Argument(help: "A name, or name/3.")
  var model: String

  @Option(help: "Why, for the log.")
  var reason: String?

  @OptionGroup var who: AuthorOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let move = try store.registry().rollBack(
      ModelReference(model), reason: reason, by: who.author)
    if output.json { return try JSONOutput.write(move) }
    output.say(ModelsText.sentence(move))
  }
}
