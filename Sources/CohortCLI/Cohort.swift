import ArgumentParser

@main
struct Cohort: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort", abstract: "Segments and propensity models from customer tables.")
}
