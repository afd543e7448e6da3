import Experiments
import Learning
import Reporting
import Testing

struct LeaderboardTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ModelFixture.run) }

  @Test func `models share a column for their parameters and one for their fit`() throws {
    let rows = try reading.rows(after: "Leaderboard")
    #expect(
      rows.first == [
        "#", "model", "k", "parameters", "silhouette ↑", "noise ↓", "smallest segment", "the fit",
        "trial",
      ])
    let cells = Dictionary(uniqueKeysWithValues: rows.dropFirst().map { ($0[0], $0.dropFirst()) })
    #expect(
      cells["1 ★"]?.dropLast() == [
        "gaussian-mixture", "2", "covariance full", "0.5000", "0%", "30.0%", "bic 100",
      ])
    #expect(
      cells["3"]?.dropLast() == [
        "dbscan", "–", "eps auto · min_samples 7", "0.4400", "10.0%", "30.0%",
        "eps 0.8300 · core_share 75.0%",
      ])
    // Linkage and restarts do not vary, but are not the default either.
    #expect(cells["6"]?.dropFirst(2).first == "linkage average")
    #expect(cells["7"]?.dropFirst(2).first == "restarts 3")
  }

  @Test func `a missing silhouette is a dash with its reason`() throws {
    let rows = try reading.rows(after: "Short of a requirement: 1")
    #expect(
      rows.last?.dropLast() == [
        "dbscan", "–", "eps 5.0 · min_samples 7",
        "silhouette was not measured (silhouette cannot be computed for 1 segment)", "–", "0%", "–",
        "eps 5 · core_share 100%",
      ])
  }

  @Test func `a gap among ranked trials is explained below the table's head`() throws {
    let rows =
      ModelFixture.leaderboard.prefix(1)
      + ModelFixture.leaderboard.filter {
        $0.trial[metric: "silhouette"] == nil && $0.trial.status == .done
      }.map { LeaderboardRow(rank: 2, isChosen: false, unmet: [], trial: $0.trial) }
    let text = try PageReading(RunFixture.run(of: Array(rows))).text
    #expect(
      text.contains(
        "– stands for a figure that does not exist: silhouette cannot be computed for 1 segment "
          + "(one trial)."))
  }

  @Test func `skipped trials stand at the end beside the failed ones`() throws {
    let rows = try reading.rows(after: "Without a result: 2 (1 failed, 1 skipped)")
    #expect(rows.count == 3)
    #expect(rows[2].contains("skipped"))
    #expect(rows[2].contains("it needs 13 GB, 8 GB are allowed"))
    #expect(
      reading.text.contains("10 trials: 7 eligible, 1 short of a requirement, 1 failed, 1 skipped.")
    )
  }

  @Test func `trials without k are named beside the curves`() {
    #expect(
      reading.text.contains("Trials without k (dbscan, hdbscan) are in the leaderboard only."))
  }

  @Test func `one model has a column for each of its figures, descriptions without a direction`()
    throws
  {
    let rows = [0.5, 0.7].enumerated().map { index, eps in
      let trial = ModelFixture.trial(
        index, "dbscan", [("eps", .real(eps))], silhouette: 0.5 - eps / 10, noise: eps / 10,
        fit: [(.eps, eps), (.coreShare, 0.6 + eps / 10)])
      return LeaderboardRow(rank: index + 1, isChosen: index == 0, unmet: [], trial: trial)
    }
    let table = try PageReading(RunFixture.run(of: rows)).rows(after: "Leaderboard")
    #expect(
      table.first == [
        "#", "model", "eps", "silhouette ↑", "noise ↓", "eps", "core_share", "trial",
      ])
  }

  @Test func `the notes warn where trials leave rows out, and only there`() throws {
    let warning = "A trial that leaves many rows out is measured on the others"
    #expect(reading.text.contains(warning))
    #expect(try !PageReading(RunFixture.run).text.contains(warning))
  }

  @Test func `a chosen trial without segments says so`() throws {
    let run = ModelFixture.run(changing: "gaussian-mixture") { evidence in
      evidence.sizes = []
      evidence.noiseCount = 10
      evidence.diagnostics = FitDiagnostics()
    }
    #expect(
      try PageReading(run).text.contains("It makes no segment: all 10 rows are unassigned."))
  }
}
