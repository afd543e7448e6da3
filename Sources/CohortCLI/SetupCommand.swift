import ArgumentParser
import Foundation

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Make the optional parts once: the bundle that draws charts in reports.",
    discussion: """
      Needs python3 with venv and a network, this once. Reports without the bundle have their tables \
      and say how to get the pictures.

      EXAMPLE
        cohort setup
      """)

  @Flag(help: "Make the parts again even if they are there.")
  var force = false

  func run() throws {
    let bundle = ChartBundle(folder: ApplicationFolder())
    if force || bundle.load() == nil { try bundle.make(say: Console.say) }
    Console.say("charts: \(bundle.folder.chartBundle.path)")
  }
}
