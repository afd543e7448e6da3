import Evaluation
import Experiments
import Learning
import Testing

struct SelectionTests {
  private func trial(
    _ id: String, silhouette: Double, bouldin: Double = 1, segments: Double = 3,
    share: Double = 0.3, status: TrialRecord.Status = .done
  ) -> TrialRecord {
    func metric(_ name: String, _ value: Double, _ direction: Direction) -> MetricRecord {
      MetricRecord(name: name, value: value, direction: direction, split: "all", rowCount: 10)
    }
    return TrialRecord(
      id: id, experiment: "segments", model: "cuts", stages: [], status: status,
      metrics: status != .done
        ? []
        : [
          metric("silhouette", silhouette, .higherIsBetter),
          metric("davies_bouldin", bouldin, .lowerIsBetter),
          metric("segments", segments, .lowerIsBetter),
          metric("min_share", share, .higherIsBetter),
        ])
  }

  private func leaderboard(
    _ trials: [TrialRecord],
    _ rule: String = "require: {min_share: 0.1}\nselect: {metric: silhouette, ties: davies_bouldin}"
  ) throws -> [LeaderboardRow] {
    try Selection(readStudy(studyText(experiment: rule)).experiments[0]).leaderboard(trials).rows
  }

  @Test func `the larger silhouette comes first`() throws {
    let rows = try leaderboard([
      trial("a", silhouette: 0.2), trial("b", silhouette: 0.4), trial("c", silhouette: 0.3),
    ])
    #expect(rows.map(\.trial.id) == ["b", "c", "a"])
    #expect(rows.map(\.rank) == [1, 2, 3])
    #expect(rows.map(\.isChosen) == [true, false, false])
  }

  @Test func `a metric that is better when smaller is ranked so`() throws {
    let rows = try leaderboard(
      [trial("a", silhouette: 0.2, bouldin: 2), trial("b", silhouette: 0.1, bouldin: 1)],
      "select: {metric: davies_bouldin, goal: min}")
    #expect(rows.map(\.trial.id) == ["b", "a"])
  }

  @Test func `equal trials are told apart by the tie, by simplicity, by place`() throws {
    let rows = try leaderboard([
      trial("late", silhouette: 0.4, segments: 5), trial("simple", silhouette: 0.4, segments: 2),
      trial("same", silhouette: 0.4, segments: 2),
      trial("tie", silhouette: 0.4, bouldin: 0.5, segments: 9),
    ])
    #expect(rows.map(\.trial.id) == ["tie", "simple", "same", "late"])
  }

  @Test func `trials outside the bounds follow, then failures in the order of the grid`() throws {
    let rows = try leaderboard([
      trial("failed", silhouette: 0, status: .failed),
      trial("small", silhouette: 0.9, share: 0.05),
      trial("stopped", silhouette: 0, status: .stopped),
      trial("good", silhouette: 0.1), trial("failed too", silhouette: 0, status: .failed),
    ])
    #expect(rows.map(\.trial.id) == ["good", "small", "failed", "failed too", "stopped"])
    #expect(rows.map(\.rank) == [1, nil, nil, nil, nil])
    #expect(rows[1].unmet == ["min_share 0.05 is below 0.1"])
  }
}
