import ArgumentParser
import Experiments
import Tabular

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "List every algorithm, or one with its parameters, domains and defaults.",
    discussion: """
      EXAMPLES
        cohort describe
        cohort describe k-means
      """)

  @Argument(help: "An algorithm or a preprocessing step.")
  var algorithm: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let catalog = CatalogDescription()
    guard let algorithm else {
      if output.json { return try JSONOutput.write(catalog) }
      return try Console.write(catalog.text)
    }
    guard let entry = catalog[algorithm] else {
      let names = catalog.entries.map(\.name)
      let advice = NearestName.nearest(to: algorithm, among: names).map { "did you mean \($0)?" }
      throw CommandError(
        .usage,
        "there is no algorithm \(algorithm); \(advice ?? "there are \(names.joined(separator: ", "))")"
      )
    }
    if output.json { return try JSONOutput.write(entry) }
    try Console.write(entry.text)
  }
}
