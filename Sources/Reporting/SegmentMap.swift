internal import Experiments

/// Rows on the first two principal components, the features that pull along them, and where rows crowd.
struct SegmentMap {
  static let namedLoadings = 8

  let map: ClusteringEvidence.ScatterMap
  /// What is drawn of the recorded points.
  let points: [ClusteringEvidence.ScatterMap.Point]
  let frame: (x: ClosedRange<Double>, y: ClosedRange<Double>)

  /// At most `limit` points are drawn, evenly taken from the recorded ones.
  ///
  /// Nil without points.
  init?(_ map: ClusteringEvidence.ScatterMap?, limit: Int) {
    guard let map else { return nil }
    let finite = map.points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !finite.isEmpty, limit > 0 else { return nil }
    let count = min(limit, finite.count)
    self.map = map
    points = (0..<count).map { finite[$0 * finite.count / count] }
    frame = (Self.extent(points.map(\.x)), Self.extent(points.map(\.y)))
  }

  /// The range that holds the values; without the outer 1 % where those would squeeze the rest into
  /// less than two thirds of the picture.
  private static func extent(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    guard let low = sorted.first, let high = sorted.last else { return -1...1 }
    let inner = (
      sorted[(sorted.count - 1) / 200], sorted[(sorted.count - 1) - (sorted.count - 1) / 200]
    )
    let isSkewed = high - low > 1.5 * (inner.1 - inner.0) && inner.0 < inner.1
    let ends = isSkewed ? inner : (low, high)
    let margin = ends.0 < ends.1 ? 0.06 * (ends.1 - ends.0) : 1
    return (ends.0 - margin)...(ends.1 + margin)
  }

  private var outside: Int {
    points.count { !frame.x.contains($0.x) || !frame.y.contains($0.y) }
  }

  func figure(id: String) -> Figure {
    let sample =
      points.count < map.sampledFrom
      ? "A sample of \(NumberFormat.count(points.count)) of \(NumberFormat.count(map.sampledFrom)) rows"
      : "All \(NumberFormat.count(points.count)) rows"
    let cut =
      outside > 0 ? " \(NumberFormat.count(outside)) of them lie outside the frame." : ""
    let arrows =
      loadings.isEmpty ? "" : " Lines show where a feature grows, longer for a stronger pull."
    return Figure(
      heading: "Map of the segments",
      statement: "\(sample) on the first two principal components of the scaled columns, which "
        + "hold \(explainedTotal) of its variance.\(cut)",
      reading: "Numbers mark the middle of a segment.\(arrows)",
      isWide: true, charts: [scatter(id: id), density(id: id + "-density")],
      tables: [centerTable, loadingTable])
  }

  func title(_ axis: Int) -> String {
    guard map.explained.indices.contains(axis) else { return "component \(axis + 1)" }
    let share = NumberFormat.percent(map.explained[axis])
    return "component \(axis + 1) (\(share) of variance)"
  }

  private var explainedTotal: String {
    NumberFormat.percent(map.explained.prefix(2).reduce(0, +))
  }

  struct Center {
    let segment: Int
    let count: Int
    let x: Double
    let y: Double
  }

  /// The mean of each segment's drawn points, by segment number.
  var centers: [Center] {
    Set(points.map(\.segment)).sorted().map { segment in
      let own = points.filter { $0.segment == segment }
      let count = Double(own.count)
      return Center(
        segment: segment, count: own.count, x: own.map(\.x).reduce(0, +) / count,
        y: own.map(\.y).reduce(0, +) / count)
    }
  }

  private var centerTable: TableView {
    TableView(
      caption: "Middle of each segment among the drawn rows",
      columns: [
        .text("segment"), .number("rows drawn"), .number("component 1"), .number("component 2"),
      ],
      rows: centers.map {
        [
          segmentName($0.segment), NumberFormat.count($0.count),
          NumberFormat.significant($0.x, digits: 3), NumberFormat.significant($0.y, digits: 3),
        ]
      })
  }

  private var loadingTable: TableView {
    TableView(
      caption: "Loadings of the strongest features",
      columns: [.text("feature"), .number("component 1"), .number("component 2")],
      rows: loadings.map {
        [
          $0.feature, NumberFormat.significant($0.x, digits: 3),
          NumberFormat.significant($0.y, digits: 3),
        ]
      })
  }

  /// The longest loadings, longest first; equal ones in their recorded order.
  var loadings: [ClusteringEvidence.ScatterMap.Loading] {
    let finite = map.loadings.filter { ($0.x * $0.x + $0.y * $0.y) > 0 }
    let ranked = finite.enumerated().sorted { a, b in
      let lengths = (
        a.element.x * a.element.x + a.element.y * a.element.y,
        b.element.x * b.element.x + b.element.y * b.element.y
      )
      return lengths.0 == lengths.1 ? a.offset < b.offset : lengths.0 > lengths.1
    }
    return ranked.prefix(Self.namedLoadings).map(\.element)
  }
}
