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
        cohort profile customers.csv --id customer_id --pii email --pii phone

      Columns under --pii are not read. Values are shown in groups of 20 rows and more, and none of ids and \
      of columns that look personal.
      """)

  @OptionGroup var table: TableOptions
  @Option(help: ArgumentHelp("The column that names the customer.", valueName: "column"))
  var id: String?

  @Option(help: ArgumentHelp("A column not to read; repeatable.", valueName: "column"))
  var pii: [String] = []

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let pool = try compute.makePool()
    var roles = Roles()
    roles.id = id
    roles.pii = pii
    let table = try table.read(on: pool, unread: pii)
    do {
      try roles.check(against: table)
    } catch {
      throw CommandError(.usage, "\(error)")
    }
    let profile = TableProfile(of: table, roles: roles, on: pool)
    if !table.unreadColumns.isEmpty {
      output.say("not read: \(table.unreadColumns.joined(separator: ", "))")
    }
    if output.json { return try JSONOutput.write(profile) }
    try Console.write(profile.description)
  }
}
