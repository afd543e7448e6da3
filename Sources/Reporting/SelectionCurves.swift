internal import Evaluation
internal import Experiments

/// Every metric against the number of segments, a line per pipeline setting.
struct SelectionCurves {
  /// A setting and its trials by ascending k.
  struct Line {
    let label: String
    let points: [(k: Int, row: LeaderboardRow)]
    let isChosen: Bool
  }

  /// More lines than this cannot be told apart; the rest is drawn in grey.
  static let namedLines = 5

  let board: Leaderboard
  let named: [Line]
  let others: ArraySlice<Line>
  private let omitted: Int
  private let metrics: [String]

  /// Nil unless some setting was tried with several k.
  init?(_ board: Leaderboard, within budget: PageBudget) {
    self.board = board
    metrics = Array(board.metrics.prefix(budget.curves))
    let lines = Self.lines(of: board, limit: max(20, budget.curvePoints / Self.namedLines))
    guard lines.contains(where: { $0.points.count > 1 }) else { return nil }
    named = Array(lines.prefix(Self.namedLines))
    var points = named.map(\.points.count).reduce(0, +)
    others = lines.dropFirst(Self.namedLines).prefix(budget.lines - Self.namedLines).prefix {
      points += $0.points.count
      return points <= budget.curvePoints
    }
    omitted = lines.count - named.count - others.count
  }

  /// Settings by their best trial: the leaderboard is sorted, so by first appearance.
  ///
  /// Of trials that differ in nothing shown the best stands for its k. A line longer than `limit` keeps evenly spaced points and the chosen one.
  private static func lines(of board: Leaderboard, limit: Int) -> [Line] {
    var order: [String] = []
    var points: [String: [(k: Int, row: LeaderboardRow)]] = [:]
    for row in board.eligible + board.unmet {
      guard let k = row.trial.k else { continue }
      let label = board.varying.setting(of: row.trial)
      if points[label] == nil { order.append(label) }
      let isKnown = points[label, default: []].contains { $0.k == k }
      if !isKnown { points[label, default: []].append((k, row)) }
    }
    let lines = order.map { label in
      let all = (points[label] ?? []).sorted { $0.k < $1.k }
      let stride = (all.count + limit - 1) / limit
      let line = all.enumerated().filter { offset, point in
        offset.isMultiple(of: max(1, stride)) || offset == all.count - 1 || point.row.isChosen
      }.map(\.element)
      return Line(label: label, points: line, isChosen: line.contains { $0.row.isChosen })
    }
    return lines.filter(\.isChosen) + lines.filter { !$0.isChosen }
  }

  func section(anchor: String) -> CurveSection {
    let figures = metrics.enumerated().map { index, metric in
      figure(metric, id: "\(anchor)-curve-\(index)")
    }
    return CurveSection(legend: legend, remarks: remarks, figures: figures)
  }

  private var legend: [CurveSection.Entry] {
    let entries = named.enumerated().map { index, line in
      CurveSection.Entry(
        glyph: Palette.shapes[index].glyph, color: Palette.segments[index],
        text: line.isChosen ? "\(line.label) (chosen)" : line.label)
    }
    guard !others.isEmpty else { return entries }
    let count = others.count == 1 ? "one other setting" : "\(others.count) other settings"
    return entries + [.init(glyph: "—", color: Palette.neutral, text: count)]
  }

  private var remarks: [String] {
    var remarks: [String] = []
    if let k = board.experiment.chosen?.trial.k {
      remarks.append("The dashed line marks the chosen k = \(NumberFormat.count(k)).")
    }
    if !board.unmet.isEmpty {
      remarks.append("Hollow marks miss a requirement of the study.")
    }
    if omitted > 0 {
      let settings = omitted == 1 ? "weakest setting is" : "\(omitted) weakest settings are"
      remarks.append("The \(settings) not drawn.")
    }
    let undrawn = board.metrics.count - metrics.count
    if undrawn > 0 {
      remarks.append("The first \(metrics.count) of \(board.metrics.count) metrics are drawn.")
    }
    return remarks
  }

  private func figure(_ metric: String, id: String) -> Figure {
    let direction = board.direction(of: metric)
    let records = (named + others).flatMap(\.points).compactMap {
      $0.row.trial.metric(labeled: metric)
    }
    let samples = records.map(\.sample)
    let isUniform = samples.allSatisfy { $0 == samples.first }
    let sample = isUniform ? samples.first ?? "no rows" : "rows that differ by trial"
    return Figure(
      heading: metric, statement: "\(direction.arrow) \(direction.phrase) · measured on \(sample).",
      reading: "",
      isWide: false, charts: [chart(metric, id: id)], tables: [table(metric)])
  }

  func isShare(_ metric: String) -> Bool {
    let records = board.experiment.leaderboard.lazy.compactMap { row in
      row.trial.metric(labeled: metric)
    }
    return records.first?.isShare ?? false
  }

  private func table(_ metric: String) -> TableView {
    let ks = Set((named + others).flatMap(\.points).map(\.k)).sorted()
    let rows = (named + others).map { line in
      [line.label]
        + ks.map { k in
          let point = line.points.first { $0.k == k }
          return point?.row.trial.metric(labeled: metric)?.text ?? "–"
        }
    }
    return TableView(
      columns: [.text("setting")] + ks.map { .number("k = \($0)") }, rows: rows)
  }
}
