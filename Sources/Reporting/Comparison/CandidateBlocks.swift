internal import Evaluation
internal import Experiments

/// What was chosen on either side, figure by figure and row by row.
struct CandidateBlocks {
  let candidate: CandidateComparison
  let anchor: String
  /// The metric that ranks, if any does.
  let metric: String?

  init(_ candidate: CandidateComparison, anchor: String, metric: String?) {
    self.candidate = candidate
    self.anchor = anchor
    self.metric = metric
  }

  /// The choice and its metric in a sentence; none where nothing differs.
  static func headline(_ candidate: CandidateComparison, metric: String?) -> [String] {
    guard let a = candidate.names.a, let b = candidate.names.b else {
      let lacking = candidate.names.a == nil ? "A" : "B"
      return ["\(lacking) has no trial that meets its requirements."]
    }
    if candidate.isSame { return [] }
    let names = a.model == b.model ? a.model : "\(a.model) in A, \(b.model) in B"
    let leading =
      candidate.metrics.first { $0.name == metric && $0.split != "holdout" }
      ?? candidate.metrics.first { $0.verdict != .equal }
    guard let leading else { return ["\(names)."] }
    return ["\(names): \(leading.sentence)."]
  }

  var blocks: [ComparisonView.Block] {
    var blocks: [ComparisonView.Block] = []
    if !candidate.settings.isEmpty { blocks.append(chosen) }
    blocks += [metrics, rows].compactMap { $0 }
    if let segments = candidate.segments {
      blocks.append(SegmentBlocks(segments, anchor: anchor).block)
    }
    if let scores = candidate.scores { blocks += ScoreBlocks(scores, anchor: anchor).blocks }
    return blocks + FigureBlocks(candidate.figures, anchor: anchor).blocks
  }

  /// Steps that one side alone has are named, not listed: their settings have nothing to stand beside.
  private var chosen: ComparisonView.Block {
    func step(_ change: SettingChange) -> String {
      String(change.path.prefix { $0 != "." })
    }
    let steps = candidate.settings.map(step)
    var met: Set<String> = []
    let lone = steps.filter { step in
      let own = candidate.settings.filter { self.isStep(step, of: $0) }
      return own.allSatisfy { $0.a == nil } || own.allSatisfy { $0.b == nil }
    }.filter { met.insert($0).inserted }
    let shown = candidate.settings.filter { !met.contains(step($0)) }
    let sentences = lone.map { name in
      let isInA = candidate.settings.contains { isStep(name, of: $0) && $0.a != nil }
      return "\(name) in \(isInA ? "A" : "B")"
    }
    return .init(
      heading: "Chosen",
      sentences: sentences.isEmpty
        ? [] : ["Steps of one side only: \(sentences.joined(separator: ", "))."],
      tables: shown.isEmpty ? [] : [ComparisonView.settings(shown)])
  }

  private func isStep(_ step: String, of change: SettingChange) -> Bool {
    change.path.prefix { $0 != "." } == step
  }

  private var metrics: ComparisonView.Block? {
    guard candidate.names.a != nil, candidate.names.b != nil else { return nil }
    let differing = candidate.metrics.filter { $0.verdict != .equal }
    guard !differing.isEmpty else { return nil }
    let equal = candidate.metrics.count - differing.count
    var sentences = Self.reading(of: differing)
    if equal > 0 {
      sentences.append("\(counted(equal, "metric")) \(equal == 1 ? "is" : "are") equal.")
    }
    let hasFolds = differing.contains { $0.foldTest != nil }
    var columns: [TableView.Column] = [
      .text("metric"), .number("A"), .number("B"), .number("B − A"), .number("95% interval"),
    ]
    if hasFolds { columns.append(.number("over folds")) }
    columns.append(.text("verdict"))
    let rows: [[String]] = differing.map { metric in
      let figures = [
        "\(metric.label) \(metric.direction.arrow)", metric.text(metric.a), metric.text(metric.b),
        metric.differenceText, metric.intervalText,
      ]
      return figures + (hasFolds ? [metric.foldText] : []) + [metric.verdictText]
    }
    let plot = ChangePlot(differing)
    return .init(
      heading: "Metrics", sentences: sentences, tables: [TableView(columns: columns, rows: rows)],
      figures: [plot?.figure(id: anchor + "-metrics")].compactMap { $0 })
  }

  /// Where the intervals come from, and what a verdict takes.
  private static func reading(of metrics: [MetricComparison]) -> [String] {
    let methods = Set(metrics.compactMap(\.method))
    var sentences: [String] = []
    let isPaired = methods.contains(.delong) || methods.contains(.pairedBootstrap)
    if isPaired {
      let paired =
        "Intervals of differences are of the same rows scored by both (DeLong for roc_auc, a "
        + "thousand paired resamples for the others)"
      sentences.append(
        methods.contains(.unpaired)
          ? paired + "; those of the holdout are unpaired." : paired + ".")
    } else if methods.contains(.unpaired) {
      sentences.append(
        "Intervals of differences are unpaired: they come from the intervals of both sides.")
    }
    if metrics.contains(where: { $0.foldTest != nil }) {
      sentences.append(
        "Over folds: the 95% interval of the t-test that is corrected for overlapping training "
          + "parts (Nadeau-Bengio). As in tiers, better and worse take both where there are both.")
    } else if isPaired {
      sentences.append(
        "The folds of the two differ or lack these metrics, so nothing corrects for overlapping "
          + "training parts.")
    }
    return sentences
  }

  /// Whether rows were compared one by one, and why not.
  private var rows: ComparisonView.Block? {
    let reason: String
    switch candidate.pairing {
    case .paired, .sameTrial: return nil
    case .otherData: reason = "the tables differ"
    case .otherRows: reason = "other rows of the table were held back"
    case .otherTarget: reason = "the two predict different things"
    case .notStored:
      guard candidate.names.a != nil, candidate.names.b != nil else { return nil }
      reason = "what was said of every row is not stored on both sides"
    }
    return .init(
      heading: "Row by row",
      sentences: ["The comparison is unpaired: rows cannot be compared one by one, for \(reason)."])
  }
}

extension MetricComparison {
  private var isShare: Bool { name.hasSuffix("share") || name == "noise" }

  func text(_ value: Double?) -> String {
    guard let value else { return "–" }
    return isShare ? NumberFormat.percent(value) : NumberFormat.significant(value)
  }

  private func signed(_ value: Double) -> String {
    let size =
      isShare
      ? NumberFormat.significant(abs(value) * 100, digits: 2) + " points"
      : NumberFormat.significant(abs(value), digits: 3)
    return (value < 0 ? "-" : "+") + size
  }

  var differenceText: String { difference.map(signed) ?? "–" }

  var intervalText: String { range(interval) }

  /// The interval of the test over folds.
  var foldText: String { range(foldTest?.test.interval) }

  private func range(_ interval: Interval?) -> String {
    guard let interval else { return "–" }
    return "\(signed(interval.lower)) to \(signed(interval.upper))"
  }

  /// Whether it describes the result more than it judges it.
  private var isDescription: Bool { isShare || !Leaderboard.isMerit(name) }

  var verdictText: String {
    switch verdict {
    case .better where isDescription, .worse where isDescription: "differs"
    case .equal: "equal"
    case .better: "better"
    case .worse: "worse"
    case .undecided: "within noise"
    case .missing: a == nil ? "in B only" : "in A only"
    }
  }

  /// The metric on both sides: `roc_auc 0.7891 → 0.7923 (+0.0032, within noise)`.
  var sentence: String {
    "\(label) \(text(a)) → \(text(b))"
      + (difference == nil
        ? "" : difference == 0 ? " (equal)" : " (\(differenceText), \(verdictText))")
  }
}
