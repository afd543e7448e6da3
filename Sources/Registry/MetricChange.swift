import Artifacts
import Foundation

/// How a metric of one model stands against the same of another.
struct MetricChange {
  let metric: EvidenceMetric
  let before: EvidenceMetric
  /// By how much it is worse; negative if it is better.
  let loss: Double
  /// The loss at the worse end of the interval of the change; nil where one side has none.
  ///
  /// Both sides were estimated apart, so half widths add as their squares.
  let lossAtWorst: Double?

  init(_ metric: EvidenceMetric, from before: EvidenceMetric) {
    self.metric = metric
    self.before = before
    let change = metric.value - before.value
    loss = metric.goal == "max" ? -change : change
    if let ours = metric.interval, let theirs = before.interval {
      let own = metric.goal == "max" ? metric.value - ours.lower : ours.upper - metric.value
      let other = metric.goal == "max" ? theirs.upper - before.value : before.value - theirs.lower
      lossAtWorst = loss + (own * own + other * other).squareRoot()
    } else {
      lossAtWorst = nil
    }
  }

  /// Why the metrics forbid the change; nil if they do not.
  static func fault(
    from before: StoredArtifact, to after: StoredArtifact, under policy: PromotionPolicy
  ) -> String? {
    let changes = policy.metrics.flatMap { name in
      after.metrics.filter { $0.name == name }.compactMap { metric in
        before.metrics.first { $0.name == name && $0.split == metric.split }
          .map { MetricChange(metric, from: $0) }
      }
    }
    if changes.isEmpty {
      return "it shares none of \(policy.metrics.joined(separator: ", ")) with what it replaces"
    }
    return changes.lazy.compactMap { $0.fault(under: policy) }.first
  }

  private func fault(under policy: PromotionPolicy) -> String? {
    let allowed = policy.margin * abs(before.value)
    let name = "\(metric.name) (\(metric.split))"
    switch policy.by {
    case .value:
      guard loss > allowed else { return nil }
      let worst = lossAtWorst.map { ", at worst \(Self.text($0))" } ?? ""
      return
        "\(name) is \(Self.text(metric.value)) instead of \(Self.text(before.value)), worse by "
        + "\(Self.text(loss))\(worst), allowed is \(Self.text(allowed))"
    case .interval:
      guard let lossAtWorst else { return "\(name) has no interval on both sides" }
      guard lossAtWorst > allowed else { return nil }
      return "\(name) may be worse by \(Self.text(lossAtWorst)), allowed is \(Self.text(allowed))"
    }
  }

  /// Four significant digits.
  private static func text(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(1...4)).grouping(.never)
        .locale(Locale(identifier: "en_US_POSIX")))
  }
}
