internal import Evaluation
internal import Experiments
internal import Learning

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
  /// The least information criteria; nil for the metrics of all models.
  let minima: CriterionMinima?
  private let omitted: Int
  private let metrics: [String]
  /// Metrics there are, drawn or not.
  private let available: Int

  /// What was measured of the segments, for all models; nil unless some setting was tried with several k.
  static func measured(_ board: Leaderboard, within budget: PageBudget) -> Self? {
    let rows = (board.eligible + board.unmet).filter { $0.trial.k != nil }
    let trials = rows.map(\.trial)
    let shown = board.metrics.filter { label in
      let isOfSegments = FitMeasure(rawValue: label) == nil
      return label == board.rankingMetric
        || isOfSegments && !Leaderboard.isUninformative(label, in: trials)
    }
    // What says how many segments there are stands before what only describes them.
    let criteria = SegmentCountCriterion.all.map(\.metric).filter(shown.contains)
    let rest = shown.filter { $0 != board.rankingMetric && !criteria.contains($0) }
    let metrics =
      shown.filter { $0 == board.rankingMetric } + criteria.filter { $0 != board.rankingMetric }
      + rest
    return Self(board, of: rows, metrics, minima: nil, within: budget)
  }

  /// The information criteria of mixtures, a set of pictures for every preparation that was tried
  /// with several k.
  static func criteria(_ board: Leaderboard, within budget: PageBudget) -> [Self] {
    CriterionMinima.all(board).compactMap { minima in
      let metrics = minima.minima.map(\.criterion.rawValue)
      return Self(board, of: minima.rows, metrics, minima: minima, within: budget)
    }
  }

  private init?(
    _ board: Leaderboard, of rows: [LeaderboardRow], _ metrics: [String],
    minima: CriterionMinima?, within budget: PageBudget
  ) {
    self.board = board
    self.minima = minima
    self.metrics = Array(metrics.prefix(budget.curves))
    available = metrics.count
    let limit = max(20, budget.curvePoints / Self.namedLines)
    let label = minima == nil ? board.varying.setting : board.varying.modelSetting
    let ranked = Self.lines(of: rows, limit: limit, labeled: label)
    // The same covariance has the same colour for every preparation.
    let lines = minima == nil ? ranked : ranked.sorted { $0.label < $1.label }
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
  private static func lines(
    of rows: [LeaderboardRow], limit: Int, labeled label: (TrialRecord) -> String
  ) -> [Line] {
    var order: [String] = []
    var points: [String: [(k: Int, row: LeaderboardRow)]] = [:]
    for row in rows {
      guard let k = row.trial.k else { continue }
      let label = label(row.trial)
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

  /// `id` starts the ids of the pictures.
  func section(id: String) -> CurveSection {
    let preparation = minima?.preparation ?? ""
    return CurveSection(
      heading: minima == nil
        ? "How many segments"
        : "How many components" + (preparation.isEmpty ? "" : " (\(preparation))"),
      introduction: minima == nil
        ? "Every metric against k, a line per setting of the pipeline."
        : "What a mixture’s likelihood is worth after paying for its parameters, a line per setting.",
      legend: legend, remarks: remarks,
      tables: minima.map { [$0.table] } ?? (votes.isEmpty ? [] : [SegmentCountVotes.table(votes)]),
      figures: metrics.enumerated().map { figure($1, id: "\(id)-\($0)") })
  }

  /// What the criteria say of each named setting that was tried with several k.
  var votes: [SegmentCountVotes] {
    guard minima == nil else { return [] }
    return named.filter { $0.points.count > 1 }.map { SegmentCountVotes($0.label, $0.points) }
      .filter { !$0.votes.isEmpty }
  }

  /// Whether the criteria agree, for the setting that stands out, and which were not measured.
  var voteSentences: [String] {
    guard let first = votes.first else { return [] }
    let missing = first.missing.filter { name in votes.allSatisfy { $0.missing.contains(name) } }
    let absent =
      missing.isEmpty
      ? [] : ["Not measured, so without a vote: \(missing.joined(separator: ", "))."]
    return [first.sentence].compactMap { $0 } + absent
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

  /// The line that stands out: the chosen one, or else the one that leads the leaderboard.
  var boldLine: Int? { named.firstIndex(where: \.isChosen) ?? (minima == nil ? 0 : nil) }

  /// The k of the chosen trial if it is in the picture.
  var chosenK: Int? {
    named.contains(where: \.isChosen) ? board.experiment.chosen?.trial.k : nil
  }

  private var remarks: [String] {
    var remarks = [minima?.sentence].compactMap { $0 }
    if minima != nil { remarks.append("A diamond marks the least value.") }
    remarks += voteSentences
    if !votes.isEmpty { remarks.append("A diamond marks the k a criterion is for.") }
    if let k = chosenK {
      remarks.append("The dashed line marks the chosen k = \(NumberFormat.count(k)).")
    }
    if (named + others).flatMap(\.points).contains(where: { $0.row.rank == nil }) {
      remarks.append("Hollow marks miss a requirement of the study.")
    }
    if omitted > 0 {
      let settings = omitted == 1 ? "weakest setting is" : "\(omitted) weakest settings are"
      remarks.append("The \(settings) not drawn.")
    }
    if available > metrics.count {
      remarks.append("The first \(metrics.count) of \(available) metrics are drawn.")
    }
    return remarks + (minima == nil ? modelsWithoutK : [])
  }

  private var modelsWithoutK: [String] {
    var models: [String] = []
    for row in board.eligible + board.unmet where row.trial.k == nil {
      if !models.contains(row.trial.model) { models.append(row.trial.model) }
    }
    guard !models.isEmpty else { return [] }
    return ["Trials without k (\(models.joined(separator: ", "))) are in the leaderboard only."]
  }

  private func figure(_ metric: String, id: String) -> Figure {
    let direction = board.direction(of: metric)
    let merit = Leaderboard.isMerit(metric) ? "\(direction.arrow) \(direction.phrase) · " : ""
    let records = (named + others).flatMap(\.points).compactMap {
      $0.row.trial.metric(labeled: metric)
    }
    let samples = records.map(\.sample)
    let isUniform = samples.allSatisfy { $0 == samples.first }
    let sample = isUniform ? samples.first ?? "no rows" : "rows that differ by trial"
    return Figure(
      heading: metric, statement: "\(merit)measured on \(sample).".capitalizedFirst,
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
    let gains = metric == Leaderboard.consensusArea ? named.map { Self.areaGains($0, ks) } : []
    return TableView(
      columns: [.text("setting")] + ks.map { .number("k = \($0)") }, rows: rows + gains)
  }

  /// ΔArea of a setting: the area of the first k, then how much more each k has than the one before.
  private static func areaGains(_ line: Line, _ ks: [Int]) -> [String] {
    let measured = line.points.compactMap { point in
      point.row.trial[metric: Leaderboard.consensusArea].map { (k: point.k, area: $0.value) }
    }
    let gains = Consensus.areaGains(measured.map(\.area))
    return ["\(line.label), ΔArea"]
      + ks.map { k in
        measured.firstIndex { $0.k == k }.map { NumberFormat.significant(gains[$0], digits: 3) }
          ?? "–"
      }
  }
}
