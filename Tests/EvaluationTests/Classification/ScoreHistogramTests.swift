import Evaluation
import Testing

struct ScoreHistogramTests {
  @Test func `probabilities are counted over the whole range`() throws {
    let groups = try BinaryScores(
      scores: [0, 0.1, 0.25, 0.25, 0.6, 1], labels: [0, 1, 0, 1, 0, 1], weights: [1, 1, 2, 1, 1, 3]
    ).groups
    let bins = try ScoreHistogram(groups, bins: 4).bins
    #expect(bins.map(\.lower) == [0, 0.25, 0.5, 0.75])
    #expect(bins.map(\.upper) == [0.25, 0.5, 0.75, 1])
    #expect(bins.map(\.positives) == [1, 1, 0, 3])
    #expect(bins.map(\.negatives) == [1, 2, 1, 0])
  }

  @Test func `other scores are counted over their own range`() throws {
    let groups = try BinaryScores(scores: [-2, 0, 1.9, 2], labels: [0, 1, 0, 1]).groups
    let bins = try ScoreHistogram(groups, bins: 2).bins
    #expect(bins.map(\.lower) == [-2, 0])
    #expect(bins.map(\.positives) == [0, 2])
    #expect(bins.map(\.negatives) == [1, 1])
  }

  @Test func `one score and the widest range have their bins`() throws {
    let one = try BinaryScores(scores: [7, 7], labels: [0, 1]).groups
    #expect(try ScoreHistogram(one, bins: 3).bins.map(\.positives) == [1, 0, 0])
    let greatest = Double.greatestFiniteMagnitude
    let wide = try BinaryScores(scores: [-greatest, greatest], labels: [0, 1]).groups
    #expect(try ScoreHistogram(wide, bins: 3).bins.map(\.positives) == [0, 0, 1])
  }
}
