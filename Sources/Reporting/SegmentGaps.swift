internal import Evaluation
internal import Experiments

/// What the gap statistic says of the trials of one setting, one segment among its choices.
struct SegmentGaps {
  /// A gap this many standard errors above that of one segment is more than the luck of one k among several.
  static let clearErrors = 2.0

  /// The gap of all rows as one segment; nil in runs of a version without it.
  private let ofOne: Double?
  /// By ascending k, above 1 where the gap of one segment is known.
  private let points: [(k: Int, metric: MetricRecord)]

  /// - Parameter points: by ascending k, all finite.
  init(_ points: [(k: Int, metric: MetricRecord)]) {
    // Trials behind the same preparation have the same rows, the same references and so the same figure.
    let ofOne = points.lazy.compactMap { $0.metric.ofOneSegment }.first
    self.ofOne = ofOne
    self.points = ofOne == nil ? points : points.filter { $0.k > 1 }
  }

  /// The k that the rule is for and the gap there; nil without gaps.
  var choice: (k: Int, text: String)? {
    var choices = points.map { (k: $0.k, text: $0.metric.text) }
    var gaps = points.map { $0.metric.value }
    var errors = points.map { $0.metric.standardError ?? 0 }
    if let ofOne {
      choices.insert((k: 1, text: NumberFormat.significant(ofOne)), at: 0)
      gaps.insert(ofOne, at: 0)
      // The rule asks for the error of a maximum behind others, so never for this one.
      errors.insert(0, at: 0)
    }
    return GapRule.firstMaximum.choice(gaps: gaps, standardErrors: errors).map { choices[$0] }
  }

  /// The least k that is clearly above one segment.
  ///
  /// The rule ends at the first maximum. Segments that halve badly, such as three on a line, may have it at one
  /// segment and their own far above.
  private var clearK: Int? {
    guard let ofOne else { return nil }
    return points.first { point in
      point.metric.value - Self.clearErrors * (point.metric.standardError ?? 0) > ofOne
    }?.k
  }

  /// Whether one segment is chosen and nothing that was tried is clearly above it.
  var isWithoutSegments: Bool { ofOne != nil && choice?.k == 1 && clearK == nil }

  /// What to know of a choice of one segment; nil of every other.
  var remark: String? {
    guard ofOne != nil, choice?.k == 1 else { return nil }
    return clearK.map { "though k = \(NumberFormat.count($0)) is clearly above" }
      ?? "no evidence of segments"
  }
}

extension SegmentGaps {
  /// That a chosen trial's segments are not to be trusted, where its setting shows no evidence of any.
  static func warnings(of chosen: LeaderboardRow, on board: Leaderboard) -> [String] {
    let gaps = SegmentGaps(points(beside: chosen.trial, on: board))
    guard gaps.isWithoutSegments, let ofOne = gaps.ofOne else { return [] }
    let own =
      chosen.trial[metric: "gap"].map { metric in
        let error = metric.standardError.map {
          " ± \(NumberFormat.significant($0, digits: 2))"
        }
        return " (gap \(metric.text)\(error ?? ""), of all rows as one segment "
          + "\(NumberFormat.significant(ofOne)))"
      } ?? ""
    return [
      "Do not trust these segments: the gap statistic finds no evidence that there is more than "
        + "one\(own)."
    ]
  }

  /// The gaps of a trial and of those that differ from it by k alone, by ascending k.
  private static func points(
    beside trial: TrialRecord, on board: Leaderboard
  ) -> [(k: Int, metric: MetricRecord)] {
    guard trial.k != nil else {
      // A model that finds out k by itself is compared with one segment alone.
      let k = trial[metric: "segments"].flatMap { Int(exactly: $0.value) } ?? 2
      return [trial[metric: "gap"]].compactMap { $0 }.filter(\.value.isFinite)
        .map { (k: k, metric: $0) }
    }
    let setting = board.varying.setting(of: trial)
    var points: [(k: Int, metric: MetricRecord)] = []
    for row in board.eligible + board.unmet {
      guard let k = row.trial.k, let metric = row.trial[metric: "gap"], metric.value.isFinite,
        board.varying.setting(of: row.trial) == setting,
        !points.contains(where: { $0.k == k })
      else { continue }
      points.append((k: k, metric: metric))
    }
    return points.sorted { $0.k < $1.k }
  }
}
