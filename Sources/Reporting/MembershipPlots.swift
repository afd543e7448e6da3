internal import Experiments
internal import Learning

/// How sure a mixture is: what rows of one segment owe to the others, and how clear the best is.
struct MembershipPlots {
  let overview: MembershipOverview
  /// Segments of the matrix, by number.
  let shown: [Int]
  private let omission: String

  /// Nil without responsibilities.
  init?(_ evidence: ClusteringEvidence) {
    guard let overview = evidence.diagnostics.memberships, !overview.overlap.isEmpty,
      overview.histogram.contains(where: { $0 > 0 })
    else { return nil }
    self.overview = overview
    let segments = Segments(evidence: evidence)
    shown = segments.shown.filter(overview.overlap.indices.contains)
    omission = segments.omission
  }

  var rowCount: Int { overview.histogram.reduce(0, +) }

  /// The mean responsibility of `other` for the rows of `segment`; nil for a segment without rows.
  func overlap(_ segment: Int, _ other: Int) -> Double? {
    let row = overview.overlap[segment]
    guard row.indices.contains(other), row[other].isFinite else { return nil }
    return row[other]
  }

  /// The rows whose greatest responsibility is below `limit`, as far as whole bins tell.
  func rows(below limit: Double) -> Int {
    let bins = Int((limit * Double(overview.histogram.count)).rounded(.down))
    return overview.histogram.prefix(bins).reduce(0, +)
  }

  var sentences: [String] {
    let counts = [0.6, 0.8].map { limit in
      let count = rows(below: limit)
      let share = NumberFormat.percent(Double(count) / Double(rowCount))
      return count == 0
        ? "below \(limit) for none" : "below \(limit) for \(NumberFormat.count(count)) (\(share))"
    }
    let total = NumberFormat.count(rowCount)
    let clarity =
      rows(below: 0.8) == 0
      ? "The greatest responsibility is 0.8 or more for each of \(total) rows."
      : "The greatest responsibility is \(counts.joined(separator: " and ")) of \(total) rows."
    return [clarity] + strongestOverlap
  }

  private var strongestOverlap: [String] {
    let all = overview.overlap.indices
    let pairs = all.flatMap { i in all.filter { $0 != i }.map { (i, $0) } }
    var strongest: (pair: (Int, Int), value: Double)?
    for pair in pairs {
      guard let value = overlap(pair.0, pair.1), value > strongest?.value ?? 0 else { continue }
      strongest = (pair, value)
    }
    guard let (pair, value) = strongest, value >= 0.005 else { return [] }
    return [
      "Segments overlap most where rows of \(pair.0) belong to \(pair.1) by "
        + "\(NumberFormat.percent(value)) on average."
    ]
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Responsibilities",
      statement: "All \(NumberFormat.count(rowCount)) rows, exact. "
        + sentences.joined(separator: " "),
      reading: "The first picture has the mean responsibility of each segment, in %, for the rows "
        + "assigned to a segment; the second how clearly rows belong to their own. \(omission)",
      isWide: true, charts: [heatMap(id: id), histogram(id: id + "-histogram")],
      tables: [overlapTable, histogramTable])
  }

  private var overlapTable: TableView {
    TableView(
      caption: "Mean responsibility of the column’s segment for the rows assigned to the row’s",
      columns: [.text("assigned to")] + shown.map { .number("\($0)") },
      rows: shown.map { segment in
        ["\(segment)"] + shown.map { overlap(segment, $0).map(NumberFormat.percent) ?? "–" }
      })
  }

  /// The bins from the first with rows on, the upper half at least; bounds as text without rounding
  /// noise.
  var bins: [(low: String, high: String, count: Int)] {
    let count = overview.histogram.count
    let bound = { (index: Int) in
      NumberFormat.significant(Double(index) / Double(count), digits: 2)
    }
    let first = min(count / 2, overview.histogram.firstIndex { $0 > 0 } ?? 0)
    return (first..<count).map { (bound($0), bound($0 + 1), overview.histogram[$0]) }
  }

  private var histogramTable: TableView {
    TableView(
      caption: "Rows by their greatest responsibility",
      columns: [.text("greatest responsibility"), .number("rows"), .number("share")],
      rows: bins.map { bin in
        [
          "\(bin.low) to \(bin.high)", NumberFormat.count(bin.count),
          NumberFormat.percent(Double(bin.count) / Double(rowCount)),
        ]
      })
  }
}
