import Experiments
import Learning
import Reporting
import Testing

struct TrialCostTests {
  @Test func `the leaderboard has time, latency and size, and no segments`() throws {
    let rows = try PageReading(ClassificationFixture.run()).rows(after: "Leaderboard")
    #expect(
      rows[0] == [
        "#", "model", "parameters", "roc_auc ↑", "pr_auc ↑", "brier ↓", "timeof the trial",
        "p99one row, warm", "sizeof the model", "trial",
      ])
    #expect(
      rows[1].dropLast() == [
        "1 ★", "gradient-boosting", "num_leaves 31", "0.85330.8033 to 0.9033", "0.5533", "0.08668",
        "3.4 s", "14 µs", "48.2 kB",
      ])
    #expect(rows[2].suffix(4).dropLast() == ["–", "–", "–"])
  }

  @Test func `a holdout that was opened once is no column`() throws {
    let reading = try PageReading(ClassificationFixture.run())
    let summary = "gradient-boosting (num_leaves 31), by every metric"
    #expect(
      try reading.rows(after: summary).contains([
        "roc_auc ↑", "0.85330.8033 to 0.9033", "0.81000.7000 to 0.9200",
      ]))
    #expect(try reading.rows(after: summary).contains(["pr_auc ↑", "0.5533", "–"]))
  }

  @Test func `baselines beyond the listed ranks stand below them`() throws {
    let many = (0..<40).map { index in
      LeaderboardRow(
        rank: index + 1, isChosen: index == 0, unmet: [],
        trial: ClassificationFixture.trial(
          index, "gradient-boosting", [("num_leaves", .integer(100 - index))],
          area: 0.9 - 0.001 * Double(index), half: 0.01))
    }
    let prior = LeaderboardRow(
      rank: 41, isChosen: false, unmet: [],
      trial: ClassificationFixture.trial(40, "prior", [], area: 0.5, half: 0))
    let run = try ClassificationFixture.run(many + [prior], ClassificationFixture.document())
    let rows = try PageReading(run).rows(after: "Leaderboard")
    // A head, thirty ranks, the prior; then the ranks behind a click.
    #expect(rows[30][0] == "30")
    #expect(rows[31].prefix(2) == ["41", "prior"])
    #expect(rows[33][0] == "31")
    #expect(MarkdownReport.render(run).contains("| 41 | prior |"))
  }

  @Test func `failures stand at the end with their reasons`() throws {
    let rows = try PageReading(ClassificationFixture.run()).rows(after: "Without a result: 1")
    #expect(rows.last?.contains("the fit ran out of its time of 5 min") == true)
  }

  @Test func `parameters at their defaults are not listed`() throws {
    let row = try #require(ClassificationFixture.leaderboard.first)
    // learning_rate is 0.1 unless a study says otherwise.
    let trial = ClassificationFixture.trial(
      0, "gradient-boosting", [("num_leaves", .integer(7)), ("learning_rate", .real(0.1))],
      area: 0.8, half: 0.1)
    let other = try #require(ClassificationFixture.leaderboard.last { $0.rank != nil })
    let rows = [
      LeaderboardRow(rank: 1, isChosen: row.isChosen, unmet: [], trial: trial),
      LeaderboardRow(rank: 2, isChosen: false, unmet: [], trial: other.trial),
    ]
    let run = try ClassificationFixture.run(rows, ClassificationFixture.document())
    #expect(try PageReading(run).rows(after: "Leaderboard")[1][2] == "num_leaves 7")
  }
}
