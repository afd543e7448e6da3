import Evaluation
import Experiments
import Learning

extension ClassificationFixture {
  /// As a bank's study leaves it: 3,617 rows, curves of 500 points, eight columns of dependence.
  static func large(rows count: Int = 3_617, leaks: String = "[]") throws -> RunRecord {
    var noise = RunFixture.Noise(11)
    var (scores, raw, labels, simple): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for _ in 0..<count {
      let logit = -2.5 + 1.2 * noise.normal()
      let chance = logistic(logit)
      labels.append(noise.next() < chance ? 1 : 0)
      scores.append(logistic(logit + 0.3 * noise.normal()))
      raw.append(logistic(1.5 * logit + 0.9 + 0.3 * noise.normal()))
      simple.append(logistic(logit + 1.2 * noise.normal()))
    }
    var document = try EvidenceDocument(
      scores: scores, raw: raw, labels: labels, contacting: 0.1)
    fill(&document, &noise)
    let other = try EvidenceDocument(
      scores: simple, raw: simple, labels: labels, contacting: 0.1)
    return try run(leaderboard, document, simple: other, leaks: leaks)
  }

  private static func logistic(_ x: Double) -> Double {
    // Division alone: close enough to the logistic curve for a picture.
    let t = x / (1 + abs(x))
    return 0.02 + 0.96 * (0.5 + 0.5 * t)
  }

  private static func fill(_ document: inout EvidenceDocument, _ noise: inout RunFixture.Noise) {
    let columns = [
      "poutcome", "month", "contact", "balance", "age", "housing", "campaign", "previous", "job",
      "education", "pdays", "marital", "loan", "day", "default", RunFixture.hostile,
    ]
    document.importance = columns.enumerated().map { index, column in
      let size = 0.08 / Double(index + 1)
      return .init(
        column: column, fitted: size * 3, permutation: size - 0.006,
        permutationSpread: 0.002 + 0.001 * noise.next(), contribution: size * 9)
    }
    document.dependence = columns.prefix(8).enumerated().map { index, column in
      dependence(column, isCategorical: index < 3, &noise)
    }
    document.losses = (0..<400).map { step in
      let t = Double(step) / 400
      return 0.36 - 0.09 * t / (t + 0.1) + 0.04 * t * t
    }
    document.slices = ["job", "marital", "segment"].flatMap { column in
      (0..<8).map { level in
        let rate = 0.05 + 0.2 * noise.next()
        return EvidenceDocument.Slice(
          column: column, level: "level \(level)", rowCount: 400 - 40 * level,
          eventCount: Int(40 * rate * 10), meanScore: rate + 0.03 * noise.normal(), rate: rate,
          rocAUC: level == 7 ? nil : 0.7 + 0.15 * noise.next())
      }
    }
    document.folds = ["roc_auc", "pr_auc", "brier"].map { metric in
      .init(metric: metric, values: (0..<5).map { _ in 0.77 + 0.02 * noise.normal() })
    }
  }

  private static func dependence(
    _ column: String, isCategorical: Bool, _ noise: inout RunFixture.Noise
  ) -> EvidenceDocument.Dependence {
    let points = (0..<(isCategorical ? 6 : 20)).map { index -> EvidenceDocument.Dependence.Point in
      let mean = 0.1 + 0.01 * Double(index) + 0.01 * noise.next()
      return .init(
        number: isCategorical ? nil : Double(index * index) * 25 - 400,
        label: isCategorical ? "level \(index)" : "\(index * index * 25 - 400)", mean: mean,
        low: mean * 0.4, high: mean * 2, share: 0.05)
    }
    let rows = (0..<50).map { _ -> [Double] in
      let factor = 0.3 + 2 * noise.next()
      return points.map { min(1, $0.mean * factor + 0.005 * noise.normal()) }
    }
    return .init(
      column: column, isCategorical: isCategorical, points: points, rows: rows, rowCount: 500)
  }
}
