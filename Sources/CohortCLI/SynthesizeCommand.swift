import ArgumentParser
import Artifacts
import Numerical
import Tabular

struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write a synthetic customer table, or its transaction log, with known truth.",
    discussion: """
      Row i depends on the seed and i alone: a longer table begins with the shorter one.

      EXAMPLES
        cohort synthesize --rows 1000000 --truth -o customers.csv
        cohort synthesize --rows 20000 --orders -o orders.csv
      """)

  @Option(help: "Customers.")
  var rows = 10_000

  @Option(help: "Seed.")
  var seed: UInt64 = 1

  @Flag(help: "Add the true segment and the true propensity of each customer.")
  var truth = false

  @Flag(help: "Write the customers' orders instead of the customers.")
  var orders = false

  @Option(help: "Multiplies the share of missing values; 0 for none.")
  var missing = 1.0

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write (default: standard output).")
  var file: String?

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows must be at least 1, found \(rows)") }
    if !(0...10).contains(missing) {
      throw ValidationError("--missing must be from 0 to 10, found \(missing)")
    }
  }

  func run() throws {
    var synthesis = CustomerSynthesis(seed: Seed(seed), customerCount: rows)
    synthesis.includesTruth = truth
    synthesis.missingScale = missing
    let content: CustomerSynthesis.Content = orders ? .orders : .customers
    let pool = try compute.makePool()
    guard let path = file else {
      return try synthesis.write(content, on: pool) {
        try Console.write(String(decoding: $0, as: UTF8.self))
      }
    }
    let file = try DurableFile(path: path)
    try synthesis.write(content, on: pool) { (text: [UInt8]) throws(ArtifactError) in
      try file.append(text)
    }
    try file.publish()
    output.say("next: cohort profile \(path)")
  }
}
