internal import Evaluation
internal import Experiments

/// How a measured figure says how many segments there are, among trials that differ by k alone.
struct SegmentCountCriterion {
  /// How the choice follows from the values by k.
  enum Rule {
    case greatest, least
    /// The largest k whose value is above the bound, or reaches it.
    case largestAbove(Double)
    case largestReaching(Double)
    /// The first local maximum or the least k within one standard error of it, one segment included.
    case gap
  }

  let metric: String
  let rule: Rule
  /// The rule in words.
  let words: String

  /// The smallest segment should keep this share of the rows.
  static let usefulShare = 0.05

  static let all = [
    Self(metric: "silhouette", rule: .greatest, words: "greatest"),
    Self(metric: "calinski_harabasz", rule: .greatest, words: "greatest"),
    Self(metric: "davies_bouldin", rule: .least, words: "least"),
    Self(metric: "bic", rule: .least, words: "least"),
    Self(
      metric: "gap", rule: .gap,
      words: "first maximum from k = 1 on, or a smaller k within one standard error of it"),
    Self(
      metric: "prediction_strength", rule: .largestAbove(PredictionStrength.threshold),
      words: "largest k above 0.8"),
    Self(
      metric: "stability.min",
      rule: .largestReaching(ClusterStability.Reading.valid.threshold),
      words: "largest k whose least stable segment reaches 0.75"),
    Self(
      metric: "min_share", rule: .largestReaching(usefulShare),
      words: "largest k whose smallest segment has 5% of the rows"),
  ]
}

/// What one criterion says of the trials of one setting.
struct SegmentCountVote {
  let criterion: SegmentCountCriterion
  /// The k it is for, 1 where the gap is for no segments; nil where no k that was tried meets it.
  let k: Int?
  /// The value there, in words.
  private let value: String?
  /// What a reader of the vote should know besides.
  private let remark: String?
  /// The id of the trial with that k; nil for one segment, which is no trial.
  let trial: String?

  /// Nil unless the figure was measured for several k.
  init?(
    _ criterion: SegmentCountCriterion, among points: [(k: Int, row: LeaderboardRow)]
  ) {
    let measured = points.compactMap { point -> (k: Int, metric: MetricRecord, trial: String)? in
      guard let metric = point.row.trial[metric: criterion.metric], metric.value.isFinite else {
        return nil
      }
      return (point.k, metric, point.row.trial.id)
    }
    guard measured.count > 1 else { return nil }
    self.criterion = criterion
    if case .gap = criterion.rule {
      let gaps = SegmentGaps(measured.map { (k: $0.k, metric: $0.metric) })
      let choice = gaps.choice
      k = choice?.k
      value = choice?.text
      remark = gaps.remark
      trial = measured.first { $0.k == choice?.k }?.trial
    } else {
      let place = Self.choice(criterion.rule, measured.map { $0.metric.value })
      k = place.map { measured[$0].k }
      value = place.map { measured[$0].metric.text }
      remark = nil
      trial = place.map { measured[$0].trial }
    }
  }

  /// The place of the choice; of equal values the fewest segments stand.
  private static func choice(
    _ rule: SegmentCountCriterion.Rule, _ values: [Double]
  ) -> Int? {
    switch rule {
    case .greatest:
      return values.indices.max { (values[$0], -$0) < (values[$1], -$1) }
    case .least:
      return values.indices.min { (values[$0], $0) < (values[$1], $1) }
    case .largestAbove(let bound): return values.lastIndex { $0 > bound }
    case .largestReaching(let bound): return values.lastIndex { $0 >= bound }
    // Its standard errors and one segment take part: `SegmentGaps`.
    case .gap: return nil
    }
  }

  var text: String {
    guard let k, let value else { return "none" }
    return "\(NumberFormat.count(k)) (\(value))" + (remark.map { ", \($0)" } ?? "")
  }
}

/// The votes of all criteria on the trials of one setting.
struct SegmentCountVotes {
  let setting: String
  let votes: [SegmentCountVote]

  init(_ setting: String, _ points: [(k: Int, row: LeaderboardRow)]) {
    self.setting = setting
    votes = SegmentCountCriterion.all.compactMap { SegmentCountVote($0, among: points) }
  }

  /// Criteria that were not measured, by name.
  var missing: [String] {
    SegmentCountCriterion.all.map(\.metric).filter { name in
      !votes.contains { $0.criterion.metric == name }
    }
  }

  /// Who is for which k, and whether they agree.
  var sentence: String? {
    guard votes.count > 1 else { return nil }
    var parties: [(k: Int?, names: [String])] = []
    for vote in votes {
      if let index = parties.firstIndex(where: { $0.k == vote.k }) {
        parties[index].names.append(vote.criterion.metric)
      } else {
        parties.append((vote.k, [vote.criterion.metric]))
      }
    }
    if parties.count == 1, let k = parties[0].k {
      return "For \(setting) all \(votes.count) criteria are for k = \(NumberFormat.count(k))."
    }
    // Most votes first, then the fewest segments; those for none at the end.
    parties.sort { a, b in
      ((a.k == nil ? 1 : 0), -a.names.count, a.k ?? 0)
        < ((b.k == nil ? 1 : 0), -b.names.count, b.k ?? 0)
    }
    let parts = parties.map { party in
      let verb = party.names.count == 1 ? "is" : "are"
      let choice = party.k.map { "for k = \(NumberFormat.count($0))" } ?? "for none that was tried"
      return "\(Self.list(party.names)) \(verb) \(choice)"
    }
    return "For \(setting) the criteria disagree: \(parts.joined(separator: "; "))."
  }

  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// A column of votes for each setting.
  static func table(_ all: [SegmentCountVotes]) -> TableView {
    let criteria = SegmentCountCriterion.all.filter { criterion in
      all.contains { $0.votes.contains { $0.criterion.metric == criterion.metric } }
    }
    return TableView(
      caption: "Votes: k (value there)",
      columns: [.text("criterion")] + all.map { .number($0.setting) } + [.text("its choice")],
      rows: criteria.map { criterion in
        [criterion.metric]
          + all.map { votes in
            votes.votes.first { $0.criterion.metric == criterion.metric }?.text ?? "–"
          } + [criterion.words]
      })
  }
}
