import ArgumentParser
import Numerical
import Tabular

/// Which table, and how its text is read.
struct TableOptions: ParsableArguments {
  @Argument(help: "A CSV file (comma, semicolon, tab or bar separated, with a header).")
  var table: String

  @Option(help: "The separator: one of , ; tab | (default: found out).")
  var delimiter: String?

  @Option(
    name: .customLong("null"),
    help: ArgumentHelp("A text that stands for a missing value; repeatable.", valueName: "text"))
  var nullTokens: [String] = []

  /// - Parameter unread: columns to pass over.
  func read(on pool: WorkerPool, unread: [String] = []) throws -> Table {
    var options = CSVOptions(unread: unread)
    if let delimiter {
      let text = delimiter == "tab" ? "\t" : delimiter
      guard text.utf8.count == 1, let byte = text.utf8.first else {
        throw CommandError(.usage, "--delimiter must be one of , ; tab |, found \(delimiter)")
      }
      options.delimiter = byte
    }
    if !nullTokens.isEmpty { options.nullTokens = nullTokens }
    return try Table.read(csv: table, options: options, on: pool)
  }
}
