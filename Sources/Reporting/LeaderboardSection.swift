internal import Experiments

/// The leaderboard in the parts a page shows: what leads, what follows, what is out and why.
struct LeaderboardSection {
  /// Rows shown without a click.
  static let open = 30

  let parts: [Part]
  let remarks: [String]

  struct Part {
    let heading: String
    let isOpen: Bool
    let table: TableView
  }

  /// At most `limit` rows of each kind are listed; the rest is in `leaderboard.csv`.
  init(_ board: Leaderboard, limit: Int) {
    let count = board.eligible.count
    var parts: [Part] = []
    if count > 0 {
      parts.append(
        Part(heading: "", isOpen: true, table: board.leadingTable(min(Self.open, limit))))
    }
    if count > Self.open {
      let end = min(count, max(limit, Self.open))
      if end > Self.open {
        parts.append(
          Part(
            heading: "Ranks \(Self.open + 1) to \(NumberFormat.count(end))", isOpen: false,
            table: board.table(Self.open..<end)))
      }
    }
    if !board.unmet.isEmpty {
      parts.append(
        Part(
          heading: "Short of a requirement: \(NumberFormat.count(board.unmet.count))",
          isOpen: board.unmet.count <= Self.open, table: board.unmetTable(limit: limit)))
    }
    if !board.unfinished.isEmpty {
      parts.append(
        Part(
          heading: "Without a result: \(board.unfinishedTally)",
          isOpen: board.unfinished.count <= Self.open,
          table: board.unfinishedTable(limit: limit)))
    }
    self.parts = parts
    let most = [count, board.unmet.count, board.unfinished.count].max() ?? 0
    remarks =
      (count > 0
        ? [
          "★ is the chosen trial. ↑ means higher is better, ↓ lower; the best value of a metric is bold."
        ] : [])
      + (board.experiment.tiers.map { [$0.remark] } ?? []) + board.experiment.seedRemarks
      + board.gapReasons.map { "– stands for a figure that does not exist: \($0)" }
      + (most > max(limit, Self.open)
        ? ["At most \(limit) trials of a kind are listed; leaderboard.csv has all."] : [])
  }
}
