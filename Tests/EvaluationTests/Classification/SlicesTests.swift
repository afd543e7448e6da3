import Evaluation
import Testing

struct SlicesTests {
  @Test func `each part is evaluated by itself in order of its code`() throws {
    let example = ScoresExample.all[0]
    let codes = example.scores.indices.map { ($0 * 7) % 3 - 1 }
    let slices = try ScoreSlice.evaluate(
      scores: example.scores, labels: example.labels, by: codes,
      metrics: [.rocAUC, .logLoss, .recall], threshold: 0.2)
    #expect(slices.map(\.code) == [-1, 0, 1])
    #expect(slices.reduce(0) { $0 + $1.rowCount } == example.scores.count)
    for slice in slices {
      let rows = codes.indices.filter { codes[$0] == slice.code }
      let part = try BinaryScores(
        scores: rows.map { example.scores[$0] }, labels: rows.map { example.labels[$0] })
      #expect(try slice.values[0].get() == part.groups.rocAUC())
      #expect(try slice.values[1].get() == part.groups.logLoss())
      let confusion = ConfusionMatrix(part.groups, threshold: 0.2)
      #expect(try slice.values[2].get() == confusion.recall)
      #expect(slice.rate == part.groups.baseRate)
      #expect(slice.positiveCount == part.positiveCount)
      #expect(slice.scores.groups.scores == part.groups.scores)
    }
  }

  @Test func `a part of one class says why a metric is missing`() throws {
    let slices = try ScoreSlice.evaluate(
      scores: [0.1, 0.2, 0.3, 7], labels: [0, 0, 1, 0], by: [4, 4, 2, 2],
      metrics: [.rocAUC, .brier], threshold: 0.5)
    #expect(slices[1].values[0] == .failure(.oneClass(label: 0, rows: 2)))
    #expect(slices[0].values[1] == .failure(.notProbability(row: 3)))
  }

  @Test func `parts without weight are left out`() throws {
    let slices = try ScoreSlice.evaluate(
      scores: [0.1, 0.2, 0.3], labels: [0, 0, 1], weights: [1, 0, 1], by: [0, 1, 0],
      metrics: [], threshold: 0.5)
    #expect(slices.map(\.code) == [0])
  }

  @Test func `a code is needed for every row`() {
    #expect(throws: EvaluationError.lengths(expected: 2, found: 1)) {
      try ScoreSlice.evaluate(
        scores: [0.1, 0.2], labels: [0, 1], by: [1], metrics: [], threshold: 0)
    }
  }
}
