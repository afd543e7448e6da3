internal import Evaluation
internal import Experiments

/// Which segments of a clustering come back when its rows are varied.
struct StabilityPlot {
  /// Segments in the picture; the least stable are drawn.
  static let drawnSegments = 40

  let evidence: StabilityEvidence
  /// Rows per segment, by segment number.
  let sizes: [Int]
  let noiseCount: Int
  /// Why the segments are not to be trusted however stable they are.
  private let warning: String?

  /// Nil where stability was not measured.
  init?(_ evidence: ClusteringEvidence, warning: String?) {
    guard let stability = evidence.stability, !stability.stability.segments.isEmpty else {
      return nil
    }
    self.evidence = stability
    sizes = evidence.sizes
    noiseCount = evidence.noiseCount
    self.warning = warning
  }

  private var stability: ClusterStability { evidence.stability }

  /// By number, noise at the end.
  var segments: [ClusterStability.Segment] {
    stability.segments + [stability.noise].compactMap { $0 }
  }

  /// The least stable segments by number.
  var drawn: [ClusterStability.Segment] {
    guard segments.count > Self.drawnSegments else { return segments }
    return segments.sorted { ($0.mean, $0.label) < ($1.mean, $1.label) }
      .prefix(Self.drawnSegments).sorted {
        ($0.label < 0 ? .max : $0.label) < ($1.label < 0 ? .max : $1.label)
      }
  }

  /// What was varied, how often, on which rows.
  var sample: String {
    let count = NumberFormat.count(stability.replicateCount)
    let share = evidence.options.share.map(NumberFormat.percent) ?? ""
    let rows =
      evidence.sampledFrom.map { all in
        "a sample of \(NumberFormat.count(evidence.rowCount)) of \(NumberFormat.count(all)) rows"
      } ?? "all \(NumberFormat.count(evidence.rowCount)) rows"
    let what =
      switch evidence.options.method {
      case .bootstrap: "bootstrap samples of \(rows)"
      case .subset: "samples of \(share) of \(rows)"
      case .seed: "other seeds, on \(rows)"
      case .columns: "samples of \(share) of the columns, on \(rows)"
      case .noise: "copies of \(rows) with \(share) of them replaced by noise"
      }
    return "The model was refitted to \(count) \(what)."
  }

  /// What the means say of the whole, of its weakest segment, and of what refits add.
  var sentences: [String] {
    let all: [String?] = [
      warning, verdict, caution, agreement, failures, strength, ambiguity, gap,
    ]
    return all.compactMap { $0 }
  }

  /// The same in a line: whether to trust the segments.
  var headline: String { [warning, verdict].compactMap { $0 }.joined(separator: " ") }

  private var verdict: String {
    let valid = stability.segments.count { $0.mean >= ClusterStability.Reading.valid.threshold }
    let total = stability.segments.count
    guard let weakest = stability.segments.min(by: { $0.mean < $1.mean }) else { return "" }
    let mean = NumberFormat.significant(weakest.mean, digits: 3)
    if total == 1 { return "The only segment has \(mean): \(weakest.reading.advice)." }
    if valid == total {
      return "Every segment is valid or better; the least stable is segment \(weakest.label) with "
        + "\(mean): \(weakest.reading.advice)."
    }
    let some =
      valid == 0
      ? "None of the \(NumberFormat.count(total)) segments is"
      : "\(NumberFormat.count(valid)) of \(NumberFormat.count(total)) segments "
        + (valid == 1 ? "is" : "are")
    return "\(some) valid or better; the least stable is segment \(weakest.label) with \(mean): "
      + "\(weakest.reading.advice)."
  }

  /// What good figures do not say, where no gap says it.
  private var caution: String? {
    guard evidence.gap == nil,
      stability.minimum >= ClusterStability.Reading.valid.threshold
    else { return nil }
    return "Stability shows that segments can be made again, not that they are apart: for that see "
      + "silhouette, or measure gap."
  }

  private var agreement: String {
    let ari = stability.adjustedRandIndex
    let figures = [ari.mean, ari.lowerQuartile, ari.upperQuartile].map {
      NumberFormat.significant($0, digits: 3)
    }
    return "The adjusted Rand index of whole replicates is \(figures[0]) on average, for half of "
      + "them between \(figures[1]) and \(figures[2])."
  }

  private var failures: String? {
    guard evidence.failedCount > 0 else { return nil }
    return "\(NumberFormat.count(evidence.failedCount)) replicates could not be fitted; they count "
      + "as finding no segment again."
  }

  private var strength: String? {
    evidence.predictionStrength.map { strength in
      let mean = NumberFormat.significant(strength.mean, digits: 3)
      let reading =
        strength.mean > PredictionStrength.threshold
        ? "above 0.8: one half of the rows predicts the segments of the other"
        : "not above 0.8: one half of the rows does not predict the segments of the other"
      return "Prediction strength over \(NumberFormat.count(strength.halvingCount)) halvings is "
        + "\(mean), \(reading)."
    }
  }

  private var ambiguity: String? {
    evidence.consensus.map { consensus in
      "\(NumberFormat.percent(consensus.ambiguousShare)) of the pairs of rows are neither together "
        + "nor apart (together in more than 10% and up to 90% of their runs)."
    }
  }

  private var gap: String? {
    let ofOne =
      evidence.gapOfOne.map { one in
        ", of all rows as one segment \(NumberFormat.significant(one.gap, digits: 3))"
      } ?? ""
    return evidence.gap.map { gap in
      "The gap to rows without segments is \(NumberFormat.significant(gap.gap, digits: 3)) "
        + "(standard error \(NumberFormat.significant(gap.standardError, digits: 2)); log W "
        + "\(NumberFormat.significant(gap.logDispersion)), expected "
        + "\(NumberFormat.significant(gap.expectedLogDispersion)))\(ofOne)."
    }
  }

  func figures(id: String) -> [Figure] {
    [figure(id: id), consensus(id: id + "-consensus")].compactMap { $0 }
  }

  private func figure(id: String) -> Figure {
    let omitted = segments.count - drawn.count
    let rest =
      (omitted > 0
        ? " The \(NumberFormat.count(omitted)) most stable are in the table only." : "")
      + (caution.map { " \($0)" } ?? "")
    return Figure(
      heading: "Stability by segment",
      statement: [sample, warning, verdict, failures].compactMap { $0 }.joined(separator: " "),
      reading: "A bar is the mean similarity (Jaccard) of a segment with the most similar one of "
        + "each replicate; the lines are at 0.60, 0.75 and 0.85.\(rest)",
      isWide: false, charts: [chart(id: id)], tables: [table, wholeTable], hasOpenTable: true)
  }

  var table: TableView {
    let total = NumberFormat.count(stability.replicateCount)
    return TableView(
      columns: [
        .text("segment"), .number("rows"), .number("mean", hint: "similarity"),
        .number("dissolved", hint: "≤ 0.5, of \(total)"),
        .number("recovered", hint: "> 0.75, of \(total)"), .text("reading"),
      ],
      rows: segments.map { segment in
        let isKnown = sizes.indices.contains(segment.label)
        return [
          segmentName(segment.label),
          NumberFormat.count(isKnown ? sizes[segment.label] : noiseCount),
          NumberFormat.significant(segment.mean, digits: 3), NumberFormat.count(segment.dissolved),
          NumberFormat.count(segment.recovered), segment.reading.advice,
        ]
      })
  }

  /// What refits say of the clustering as a whole.
  private var wholeTable: TableView {
    let ari = stability.adjustedRandIndex
    let quartiles = [ari.lowerQuartile, ari.median, ari.upperQuartile].map {
      NumberFormat.significant($0, digits: 3)
    }
    var rows = [
      ["adjusted Rand index, mean", NumberFormat.significant(ari.mean, digits: 3)],
      ["its quartiles", quartiles.joined(separator: ", ")],
    ]
    if let strength = evidence.predictionStrength {
      let error = strength.standardError.map { " ± \(NumberFormat.significant($0, digits: 2))" }
      rows.append([
        "prediction strength, \(NumberFormat.count(strength.halvingCount)) halvings",
        NumberFormat.significant(strength.mean, digits: 3) + (error ?? ""),
      ])
    }
    if let gap = evidence.gap {
      rows.append([
        "gap, \(NumberFormat.count(gap.referenceCount)) references",
        "\(NumberFormat.significant(gap.gap, digits: 3)) ± "
          + NumberFormat.significant(gap.standardError, digits: 2),
      ])
      if let one = evidence.gapOfOne {
        rows.append([
          "gap of one segment",
          "\(NumberFormat.significant(one.gap, digits: 3)) ± "
            + NumberFormat.significant(one.standardError, digits: 2),
        ])
      }
      rows.append(["log W", NumberFormat.significant(gap.logDispersion)])
      rows.append(["log W expected", NumberFormat.significant(gap.expectedLogDispersion)])
    }
    return TableView(
      caption: "The clustering as a whole", columns: [.text("figure"), .number("value")],
      rows: rows)
  }
}
