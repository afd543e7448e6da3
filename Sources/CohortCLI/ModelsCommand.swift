import ArgumentParser

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Take models into other programs.",
    subcommands: [ModelsExportCommand.self])
}
