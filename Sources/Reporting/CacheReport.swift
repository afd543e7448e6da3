public import Experiments

/// What a cache holds.
public struct CacheReport: Encodable {
  /// An entry of the cache.
  public struct Line: Encodable {
    let entry: String
    /// Nil for what a killed process has left and for a damaged file.
    let step: String?
    let bytes: Int
    /// What computing it took.
    let seconds: Double?
    /// Seconds since 1970.
    let lastUse: Double

    public init(_ entry: StageCache.Entry, _ description: StageCache.Description?) {
      self.entry = entry.name
      step = description?.step
      bytes = entry.bytes
      seconds = description?.seconds
      lastUse = entry.lastUse
    }

    private enum CodingKeys: String, CodingKey {
      case entry, step, bytes, seconds
      case lastUse = "last_use"
    }
  }

  let folder: String
  let entryCount: Int
  let bytes: Int
  let entries: [Line]

  public init(folder: String, entryCount: Int, bytes: Int, entries: [Line]) {
    self.folder = folder
    self.entryCount = entryCount
    self.bytes = bytes
    self.entries = entries
  }

  private enum CodingKeys: String, CodingKey {
    case folder, bytes, entries
    case entryCount = "entry_count"
  }

  /// - Parameter now: seconds since 1970.
  public func text(now: Double) -> String {
    let table = TableView(
      columns: [
        .text("step"), .number("size"), .number("computed in"), .number("last used"),
        .text("entry"),
      ],
      rows: entries.map { line in
        [
          line.step ?? "–", NumberFormat.bytes(line.bytes),
          line.seconds.map(NumberFormat.duration(seconds:)) ?? "–",
          Self.age(now - line.lastUse), String(line.entry.prefix(12)),
        ]
      })
    let count = entryCount == 1 ? "1 entry" : "\(entryCount) entries"
    return TerminalReport.columns(table).joined(separator: "\n")
      + "\n\(count) in \(folder), \(NumberFormat.bytes(bytes))\n"
  }

  private static func age(_ seconds: Double) -> String {
    for (size, unit) in [(86_400.0, "d"), (3600, "h"), (60, "min")] where seconds >= 2 * size {
      return "\(Int(min(seconds / size, 1e6))) \(unit) ago"
    }
    return "just now"
  }
}
