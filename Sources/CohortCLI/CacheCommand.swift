import ArgumentParser
import Experiments
import Foundation
import Reporting

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List and clear what costly steps have learnt.",
    discussion: """
      Runs keep there what takes longer to compute than to read: fitted transforms, merge trees, density trees. \
      Results never depend on it, and it may be deleted at any time, also while runs are at work.

      EXAMPLES
        cohort cache ls
        cohort cache gc --limit 500MB
        cohort cache gc --older-than 30d --dry-run

      EXIT CODES
        0 done, 2 usage, 7 no permission
      """,
    subcommands: [CacheListCommand.self, CacheCollectCommand.self],
    defaultSubcommand: CacheListCommand.self)
}

extension CacheFolder {
  /// For looking at entries of any program.
  fileprivate var contents: StageCache { StageCache(folder, program: "") }
}

struct CacheListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "A line per entry, the one used last first.")

  @OptionGroup var most: ListLimit
  @OptionGroup var place: CacheFolder
  @OptionGroup var output: OutputOptions

  func run() throws {
    let cache = place.contents
    let all = try cache.entries()
    let listed = all.prefix(most.limit ?? all.count).map {
      CacheReport.Line($0, cache.description(of: $0))
    }
    let report = CacheReport(
      folder: cache.folder, entryCount: all.count, bytes: all.reduce(0) { $0 + $1.bytes },
      entries: listed)
    if output.json { return try JSONOutput.write(report) }
    guard !all.isEmpty else { return output.say("nothing in \(cache.folder)") }
    try Console.write(report.text(now: Date().timeIntervalSince1970))
    output.say("next: cohort cache gc --older-than 30d")
  }
}

struct CacheCollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove entries that were not used for long, until the rest keeps the limit.")

  @Option(
    help: ArgumentHelp(
      "What the rest may take, such as 500MB (default: 2GB, or any with --older-than).",
      valueName: "size"))
  var limit: String?

  @Option(help: ArgumentHelp("Entries not used for so long, such as 30d, 12h.", valueName: "age"))
  var olderThan: String?

  @Flag(help: "Say what would be removed; remove nothing.")
  var dryRun = false

  @OptionGroup var place: CacheFolder
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit != "0", MemorySize(limit) == nil {
      throw ValidationError("--limit must be \(MemorySize.domain), found \(limit)")
    }
    if let olderThan, Age(olderThan) == nil {
      throw ValidationError("--older-than must be \(Age.domain), found \(olderThan)")
    }
  }

  /// Bytes; nil for any number.
  private var bytes: Double? {
    if let limit { return MemorySize(limit)?.bytes ?? 0 }
    return olderThan == nil ? StageCache.usualLimit : nil
  }

  func run() throws {
    let cache = place.contents
    let oldest = olderThan.flatMap(Age.init).map { Date().timeIntervalSince1970 - $0.seconds }
    let before = try cache.entries()
    let gone = try cache.collect(limit: bytes, notUsedSince: oldest, isTrial: dryRun)
    let total = before.reduce(0) { $0 + $1.bytes }
    let freed = gone.reduce(0) { $0 + $1.bytes }
    let result = Collected(
      removed: gone.map(\.name), removedBytes: freed, kept: max(0, before.count - gone.count),
      keptBytes: max(0, total - freed), dryRun: dryRun)
    if output.json { return try JSONOutput.write(result) }
    for entry in gone { try Console.write("\(entry.name)\n") }
    output.say(
      "\(dryRun ? "would remove" : "removed") \(gone.count) of \(before.count) entries, "
        + "\(MemorySize(bytes: Double(freed))) of \(MemorySize(bytes: Double(total)))")
  }

  private struct Collected: Encodable {
    let removed: [String]
    let removedBytes: Int
    let kept: Int
    let keptBytes: Int
    let dryRun: Bool

    private enum CodingKeys: String, CodingKey {
      case removed, kept
      case removedBytes = "removed_bytes"
      case keptBytes = "kept_bytes"
      case dryRun = "dry_run"
    }
  }
}
