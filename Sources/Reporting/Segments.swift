internal import Experiments

/// The segments of one clustering: sizes and names.
struct Segments {
  /// Pictures with more segments than this show the largest ones.
  static let drawn = 24

  let evidence: ClusteringEvidence

  /// Segments by size, largest first; equal ones by number.
  var bySize: [Int] {
    evidence.sizes.indices.sorted { (evidence.sizes[$1], $0) < (evidence.sizes[$0], $1) }
  }

  /// The segments a picture shows, by number.
  var shown: [Int] { bySize.prefix(Self.drawn).sorted() }

  /// A sentence on what is left out of pictures; empty when nothing is.
  var omission: String {
    let omitted = evidence.sizes.count - shown.count
    return omitted > 0
      ? "The \(NumberFormat.count(Self.drawn)) largest of "
        + "\(NumberFormat.count(evidence.sizes.count)) segments are shown." : ""
  }

  func share(_ count: Int) -> Double {
    evidence.rowCount > 0 ? Double(count) / Double(evidence.rowCount) : 0
  }

  func size(_ count: Int) -> String {
    "\(NumberFormat.count(count)) (\(NumberFormat.percent(share(count))))"
  }

  var table: TableView {
    let hasNames = usefulness != nil
    let segments = evidence.sizes.enumerated().map {
      ["\($0.offset)"] + (hasNames ? [title($0.offset)] : []) + counted($0.element)
    }
    let noise = ["Unassigned"] + (hasNames ? ["–"] : []) + counted(evidence.noiseCount)
    return TableView(
      columns: [.text("segment")] + (hasNames ? [.text("name")] : [])
        + [.number("rows"), .number("share")],
      rows: segments + (evidence.noiseCount > 0 ? [noise] : []))
  }

  private func counted(_ count: Int) -> [String] {
    [NumberFormat.count(count), NumberFormat.percent(share(count))]
  }

  func figure(id: String) -> Figure {
    Figure(
      heading: "Sizes",
      statement: "All \(NumberFormat.count(evidence.rowCount)) rows, exact.", reading: omission,
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  private func chart(id: String) -> Chart {
    let noise = evidence.noiseCount > 0 ? [(-1, evidence.noiseCount)] : []
    let bars = shown.map { ($0, evidence.sizes[$0]) } + noise
    let rows = bars.map { segment, count -> JSONValue in
      [
        "s": .count(segment), "n": .text(segmentName(segment)), "v": .short(share(count)),
        "t": .text(size(count)),
      ]
    }
    let x = Self.axis(longest: bars.map { share($0.1) }.max() ?? 1)
    let y = channel("n", "nominal", [("title", "segment"), ("sort", nil)])
    let color = channel(
      "s", "nominal", [("legend", nil), ("scale", segmentColors(bars.map(\.0)))])
    return Chart(
      id: id, label: "Bar chart of the share of rows in each segment.",
      height: .count(bars.count * (bars.count > 12 ? 22 : 30)),
      rows: rows,
      body: [
        ("encoding", ["x": x, "y": y]),
        (
          "layer",
          [
            ["mark": ["type": "bar"], "encoding": ["color": color]],
            [
              "mark": ["type": "text", "align": "left", "dx": 5],
              "encoding": ["text": channel("t", "nominal")],
            ],
          ]
        ),
      ])
  }

  /// An axis with room for the label beside the longest bar, in pixels.
  private static func axis(longest: Double) -> JSONValue {
    let end = "\(NumberFormat.rounded(longest, digits: 4)) * width / max(40, width - 100)"
    return channel(
      "v", "quantitative",
      [
        ("title", "share of rows"), ("axis", ["format": ".0%", "tickCount": 5]),
        ("scale", ["domainMin": 0, "nice": false, "domainMax": ["expr": .text(end)]]),
      ])
  }
}

extension ClusteringEvidence.FeatureProfile {
  /// The segment's figure with overall = 100; nil where the overall figure is not positive.
  func index(in segment: Int) -> Double? {
    guard segments.indices.contains(segment), overall > 0 else { return nil }
    let index = 100 * segments[segment] / overall
    return index.isFinite && index >= 0 ? index : nil
  }

  /// A figure of this feature in its unit: percent for shares.
  func text(_ value: Double) -> String {
    isShare ? NumberFormat.percent(value) : NumberFormat.significant(value, digits: 3)
  }

  /// The share of the feature's variance that lies between segments (0…1).
  func effect(sizes: [Int]) -> Double {
    let total = Double(sizes.reduce(0, +))
    guard total > 0 else { return 0 }
    let sum = sizes.enumerated().reduce(0.0) { sum, size in
      let difference = difference(in: size.offset) ?? 0
      return sum + Double(size.element) * difference * difference
    }
    return min(1, sum / total)
  }
}

/// A segment in words: its number, or "Unassigned" for noise.
func segmentName(_ segment: Int) -> String { segment < 0 ? "Unassigned" : "\(segment)" }
