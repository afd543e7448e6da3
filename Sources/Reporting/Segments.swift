internal import Experiments

/// The segments of one clustering: sizes, and what sets each apart in words.
struct Segments {
  /// Pictures with more segments than this show the largest ones.
  static let drawn = 24
  /// Features named on a card, and how far from the overall value they must be, in standard deviations.
  private static let traits = 4
  private static let notable = 0.3

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
    let segments = evidence.sizes.enumerated().map { ("\($0.offset)", $0.element) }
    let noise = evidence.noiseCount > 0 ? [("Unassigned", evidence.noiseCount)] : []
    return TableView(
      columns: [.text("segment"), .number("rows"), .number("share")],
      rows: (segments + noise).map {
        [$0.0, NumberFormat.count($0.1), NumberFormat.percent(share($0.1))]
      })
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

  /// The largest segments with the features in which they differ most.
  var cards: [SegmentCard] {
    shown.map { segment in
      let count = evidence.sizes[segment]
      return SegmentCard(
        name: "Segment \(segment)", color: Palette.color(ofSegment: segment),
        size: "\(NumberFormat.count(count)) rows, \(NumberFormat.percent(share(count)))",
        traits: traits(of: segment))
    }
  }

  func traits(of segment: Int) -> [String] {
    let differences = evidence.profile.enumerated().compactMap { offset, feature in
      feature.difference(in: segment).map { (offset: offset, feature: feature, value: $0) }
    }
    let notable = differences.filter { abs($0.value) >= Self.notable }
    let ranked = notable.sorted { (abs($1.value), $0.offset) < (abs($0.value), $1.offset) }
    guard !ranked.isEmpty else { return ["close to the overall average in every feature"] }
    return ranked.prefix(Self.traits).map { difference in
      let feature = difference.feature
      let side = difference.value > 0 ? "above" : "below"
      return "\(feature.feature) \(feature.text(feature.segments[segment])), "
        + "\(side) the overall \(feature.text(feature.overall))"
    }
  }
}

extension ClusteringEvidence.FeatureProfile {
  /// How far the segment is from the overall value, in overall standard deviations; nil where the
  /// feature is constant or the segment has no figure.
  func difference(in segment: Int) -> Double? {
    guard segments.indices.contains(segment), spread > 0 else { return nil }
    let difference = (segments[segment] - overall) / spread
    return difference.isFinite ? difference : nil
  }

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
