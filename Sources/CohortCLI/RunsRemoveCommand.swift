import ArgumentParser
import Experiments
import Foundation
import History
import Reporting

struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Delete runs, by name or by age.",
    discussion: """
      EXAMPLES
        cohort runs rm shop-1f0c22aa
        cohort runs rm --older-than 30d --keep 5

      Trials that another run of the folder took over are copies and stay. A run that is running, or \
      of which a report is being written, is never deleted (exit code 8), and no link is followed.
      """)

  @Argument(help: "Runs of the folder, by name.")
  var names: [String] = []

  @Option(help: ArgumentHelp("Runs that began longer ago, such as 30d, 12h.", valueName: "age"))
  var olderThan: String?

  @Option(help: "Keep the newest so many of all runs.")
  var keep: Int?

  @Flag(help: "Say what would be deleted; delete nothing.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var runs: RunsOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if names.isEmpty == (olderThan == nil && keep == nil) {
      throw ValidationError("give either names of runs, or --older-than or --keep")
    }
    if let keep, keep < 0 { throw ValidationError("--keep must be from 0, found \(keep)") }
    if let olderThan, Age(olderThan) == nil {
      throw ValidationError(
        "--older-than must be \(Age.domain), found \(olderThan)")
    }
  }

  func run() throws {
    let folder = RunsFolder(runs.runs)
    let chosen = try names.isEmpty ? runsByAge() : distinct(names)
    for name in chosen { try requireFree(folder.run(named: name)) }
    guard !chosen.isEmpty else {
      if output.json { try JSONOutput.write(Removed(removed: [], dryRun: dryRun)) }
      return output.say("nothing to delete in \(runs.runs)")
    }
    let sizes = try chosen.map { folder.byteCount(of: try folder.run(named: $0)) }
    let total = NumberFormat.compact(Double(sizes.reduce(0, +)))
    let what = chosen.count == 1 ? "run \(chosen[0])" : "\(chosen.count) runs"
    if !dryRun {
      try requireConsent("delete \(what), \(total) bytes in \(runs.runs)?", chosen)
      for name in chosen { try folder.remove(name) }
    }
    if output.json { return try JSONOutput.write(Removed(removed: chosen, dryRun: dryRun)) }
    for name in chosen { try Console.write("\(name)\n") }
    output.say("\(dryRun ? "would delete" : "deleted") \(what), \(total) bytes")
  }

  private struct Removed: Encodable {
    let removed: [String]
    let dryRun: Bool

    private enum CodingKeys: String, CodingKey {
      case removed
      case dryRun = "dry_run"
    }
  }

  private func requireFree(_ run: RunDirectory) throws {
    if run.isBusy { throw RunError.busy(directory: run.path) }
  }

  /// Runs that are neither among the newest nor young; those at work stay.
  private func runsByAge() throws -> [String] {
    let folder = RunsFolder(runs.runs)
    let listed = try runs.history(output).runs()
    let limit = olderThan.flatMap(Age.init).map { Date.now.addingTimeInterval(-$0.seconds) }
    return try listed.dropFirst(keep ?? 0).filter { run in
      guard run.state != .running, try !folder.run(named: run.name).isBusy else { return false }
      guard let limit else { return true }
      // A run that does not say when it began is not known to be old.
      guard let started = run.started.flatMap({ try? Date($0, strategy: .iso8601) }) else {
        return false
      }
      return started < limit
    }.map(\.name)
  }

  private func distinct(_ names: [String]) -> [String] {
    var met: Set<String> = []
    return names.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      .map { $0.hasPrefix(runs.runs + "/") ? String($0.dropFirst(runs.runs.count + 1)) : $0 }
      .filter { met.insert($0).inserted }
  }

  private func requireConsent(_ question: String, _ chosen: [String]) throws {
    if yes { return }
    guard Console.canAsk else {
      throw CommandError(.usage, "deleting has to be confirmed; \(runs.runs); give --yes")
    }
    for name in chosen.prefix(20) { Console.say("  \(name)") }
    guard Console.asks(question) else { throw CommandError(.failed, "nothing was deleted") }
  }
}
