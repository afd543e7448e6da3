import ArgumentParser
import Tabular

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Tell what is in a table: types, missing values, ranges, suspicious columns.",
    discussion: """
      EXAMPLES
        cohort profile customers.csv
        cohort profile export.txt --delimiter ';' --null '' --null unknown --json
      """)

  @OptionGroup var table: TableOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let pool = try compute.makePool()
    let profile = TableProfile(of: try table.read(on: pool), on: pool)
    if output.json { return try JSONOutput.write(profile) }
    try Console.write(profile.description)
  }
}
