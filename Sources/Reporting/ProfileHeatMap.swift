internal import Experiments

/// What each segment is like, feature by feature.
struct ProfileHeatMap {
  /// Features in the picture.
  static let drawnFeatures = 30
  /// Differences beyond this many standard deviations share the strongest colour.
  static let limit = 1.5

  let segments: Segments
  /// Features by how much segments differ in them, strongest first; equal ones as recorded.
  let features: [ClusteringEvidence.FeatureProfile]

  /// Nil without a profile.
  init?(_ evidence: ClusteringEvidence) {
    guard !evidence.profile.isEmpty, !evidence.sizes.isEmpty else { return nil }
    segments = Segments(evidence: evidence)
    let effects = evidence.profile.map { $0.effect(sizes: evidence.sizes) }
    let order = effects.indices.sorted { (effects[$1], $0) < (effects[$0], $1) }
    features = order.map { evidence.profile[$0] }
  }

  func figure(id: String, listing limit: Int) -> Figure {
    let count = features.count
    let left =
      count > Self.drawnFeatures
      ? " The picture has the \(Self.drawnFeatures) strongest of \(NumberFormat.count(count)) "
        + "features, the table \(NumberFormat.count(min(limit, count)))."
      : ""
    return Figure(
      heading: "Profile of the segments",
      statement: "All \(NumberFormat.count(segments.evidence.rowCount)) rows, exact: means in "
        + "original units, shares in %. Features are sorted by the share of their variance that "
        + "lies between segments.",
      reading: "Colour is the difference from the overall value in standard deviations.\(left) "
        + segments.omission,
      isWide: true, charts: [chart(id: id)], tables: [table(limit), indexTable(limit)])
  }

  /// Means and shares in original units.
  func table(_ limit: Int) -> TableView {
    table("Means in original units, shares in %", limit, overall: true) { feature, segment in
      feature.segments.indices.contains(segment) ? feature.text(feature.segments[segment]) : nil
    }
  }

  private func indexTable(_ limit: Int) -> TableView {
    table("Index: overall = 100", limit, overall: false) { feature, segment in
      feature.index(in: segment).map { NumberFormat.significant($0.rounded(), digits: 3) }
    }
  }

  private func table(
    _ caption: String, _ limit: Int, overall: Bool,
    _ cell: (ClusteringEvidence.FeatureProfile, Int) -> String?
  ) -> TableView {
    let effect = TableView.Column.number("between segments", hint: "share of the variance")
    let columns: [TableView.Column] =
      [.text("feature")] + (overall ? [.number("overall")] : [])
      + segments.shown.map { .number("\($0)") } + (overall ? [effect] : [])
    return TableView(
      caption: caption, columns: columns,
      rows: features.prefix(limit).map { feature in
        let share = NumberFormat.percent(feature.effect(sizes: segments.evidence.sizes))
        return [feature.feature] + (overall ? [feature.text(feature.overall)] : [])
          + segments.shown.map { cell(feature, $0) ?? "–" } + (overall ? [share] : [])
      })
  }
}
