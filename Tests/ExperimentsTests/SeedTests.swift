import Evaluation
import Experiments
import Foundation
import Learning
import Testing

/// Seeds as an axis: what is planned, what is computed, how configurations are ranked.
struct SeedTests {
  private func plan(_ experiment: String, grid: String = "[{model: cuts, k: [2, 3]}]") throws
    -> Plan
  {
    let study = try readStudy(studyText(grid: grid, experiment: experiment))
    return try Plan(study, fingerprint: "sha256:0", catalog: Toy.catalog)
  }

  @Test func `every configuration is planned under each seed, the study's own first`() throws {
    let found = try plan("seeds: 3")
    #expect(found.trials.map(\.seed) == [7, 8, 9, 7, 8, 9])
    #expect(found.trials.map(\.number) == [1, 2, 3, 4, 5, 6])
    #expect(Set(found.trials.map(\.key)).count == 6)
    #expect(found.text.contains("seed=8"))
  }

  @Test func `the trials of the study's own seed are those of a study without seeds`() throws {
    let own = try plan("").trials
    let seeded = try plan("seeds: [7, 1]").trials
    #expect(own.map(\.seed) == [nil, nil])
    #expect(seeded.filter { $0.seed == 7 }.map(\.key) == own.map(\.key))
    #expect(Set(seeded.map(\.key)).isSuperset(of: try plan("seeds: [1]").trials.map(\.key)))
  }

  @Test func `a block has its own seeds`() throws {
    let found = try plan(
      "seeds: 2", grid: "[{model: cuts, k: 2, seeds: [4]}, {model: cuts, k: 3}]")
    #expect(found.trials.map(\.seed) == [4, 7, 8])
  }

  @Test func `steps before the model are shared by all seeds`() throws {
    let found = try plan("seeds: 3", grid: "[{model: cuts, k: 2}]")
    #expect(found.stages.map(\.trialCount) == [3, 3, 3, 1, 1, 1])
  }

  @Test func `seeds and trials together keep the limit of a grid`() throws {
    #expect(throws: StudyError.self) {
      _ = try plan("seeds: 1000", grid: "[{model: cuts, k: {range: [2, 12]}}]")
    }
  }

  private func trial(
    _ id: String, k: Int, seed: UInt64, _ silhouette: Double?, share: Double = 0.3
  ) -> TrialRecord {
    var record = TrialRecord(
      id: id, experiment: "segments", model: "cuts",
      stages: [StageRecord(name: "cuts", parameters: Parameters([("k", .integer(k))]))],
      status: silhouette == nil ? .failed : .done,
      metrics: silhouette.map { value in
        [("silhouette", value), ("min_share", share)].map {
          MetricRecord(
            name: $0.0, value: $0.1, direction: .higherIsBetter, split: "all", rowCount: 10)
        }
      } ?? [])
    record.seed = seed
    return record
  }

  private func board(
    _ trials: [TrialRecord], _ facts: [String: TrialFacts] = [:],
    rule: String = "require: {min_share: 0.1}\nselect: {metric: silhouette}"
  ) throws -> (rows: [LeaderboardRow], tiers: TierRecord?) {
    try Selection(readStudy(studyText(experiment: rule)).experiments[0], facts: facts)
      .leaderboard(trials)
  }

  @Test func `configurations are ranked by means and stand for themselves by the median`() throws {
    let rows = try board([
      trial("a1", k: 2, seed: 1, 0.1), trial("a2", k: 2, seed: 2, 0.2),
      trial("a3", k: 2, seed: 3, 0.9),
      trial("b1", k: 3, seed: 1, 0.31), trial("b2", k: 3, seed: 2, 0.30),
      trial("b3", k: 3, seed: 3, 0.32),
    ]).rows
    // Means 0.4 and 0.31; medians 0.2 and 0.31.
    #expect(rows.map(\.trial.id) == ["a2", "b1"])
    #expect(rows.map(\.rank) == [1, 2])
    #expect(rows[0].trials.map(\.id) == ["a1", "a2", "a3"])
    #expect(rows[0].trial[metric: "silhouette"]?.value == 0.2)
    let spread = try #require(rows[0].seeds?[metric: "silhouette"])
    #expect(abs(spread.mean - 0.4) < 1e-15)
    // Deviations −0.3, −0.2, 0.5 have the squares' sum 0.38, over 2 degrees of freedom 0.19.
    #expect(abs(try #require(spread.deviation) - 0.19.squareRoot()) < 1e-15)
    #expect(spread.min == 0.1)
    #expect(spread.max == 0.9)
    #expect(spread.count == 3)
  }

  @Test func `of an even number of seeds the first of the two in the middle is taken`() throws {
    let rows = try board([
      trial("a1", k: 2, seed: 1, 0.25), trial("a2", k: 2, seed: 2, 0.5),
      trial("a3", k: 2, seed: 3, 0.0), trial("a4", k: 2, seed: 4, 0.75),
    ]).rows
    #expect(rows.map(\.trial.id) == ["a1"])
  }

  @Test func `a configuration with a seed that failed is not chosen`() throws {
    let rows = try board([
      trial("a1", k: 2, seed: 1, 0.9), trial("a2", k: 2, seed: 2, nil),
      trial("b1", k: 3, seed: 1, 0.1), trial("b2", k: 3, seed: 2, 0.1),
      trial("c1", k: 4, seed: 1, nil), trial("c2", k: 4, seed: 2, nil),
    ]).rows
    #expect(rows.map(\.trial.id) == ["b1", "a1", "c1"])
    #expect(rows[1].unmet == ["1 of 2 seeds have no result"])
    #expect(rows[2].trial.status == .failed)
  }

  @Test func `the trial that stands for a configuration keeps the requirements too`() throws {
    let rows = try board([
      trial("a1", k: 2, seed: 1, 0.9, share: 0.05), trial("a2", k: 2, seed: 2, 0.95, share: 0.5),
    ]).rows
    #expect(rows[0].rank == nil)
    #expect(rows[0].unmet == ["min_share 0.05 is below 0.1"])
  }

  /// Replicates whose swing cannot be taken for the difference of two configurations.
  private func facts(_ center: Double) -> TrialFacts {
    let values = (0..<40).map { center + 0.001 * Double($0 % 7) }
    return TrialFacts(
      modelBytes: 1, replicates: TrialReplicates(metrics: ["silhouette": values]))
  }

  @Test func `a difference that seeds turn round joins a tier that resamples would part`() throws {
    func standing(_ a: [Double], _ b: [Double]) throws -> (
      rows: [LeaderboardRow], tiers: TierRecord?
    ) {
      var trials: [TrialRecord] = []
      var facts: [String: TrialFacts] = [:]
      for (k, values) in [(2, a), (3, b)] {
        for (index, value) in values.enumerated() {
          let id = "\(k)-\(index)"
          trials.append(trial(id, k: k, seed: UInt64(index), value))
          facts[id] = self.facts(value)
        }
      }
      return try board(trials, facts)
    }
    // Differences 0.2, −0.1, 0.2, −0.1, 0.2: mean 0.08, standard error 0.073, t of 4 degrees 1.09.
    let turned = try standing([0.6, 0.3, 0.6, 0.3, 0.6], [0.4, 0.4, 0.4, 0.4, 0.4])
    #expect(turned.rows.map(\.tier) == [1, 1])
    #expect(turned.tiers?.seedCount == 5)
    // Differences 0.2, 0.21, 0.19, 0.2, 0.2: t is far beyond any table.
    let clear = try standing([0.6, 0.61, 0.59, 0.6, 0.6], [0.4, 0.4, 0.4, 0.4, 0.4])
    #expect(clear.rows.map(\.tier) == [1, 2])
  }

  @Test func `a run under seeds has a row for each configuration and continues to it`() throws {
    let folder = try RunFolder()
    let text = "seeds: 2\nmetrics: [silhouette]\nselect: {metric: silhouette}"
    let study = try folder.study(
      shared: "{}", grid: "[{model: cuts, k: [2, 3]}]", experiment: text)
    let summary = try folder.run(study)
    #expect(summary.trialCount == 4)
    let rows = summary.record.experiments[0].leaderboard
    #expect(rows.count == 2)
    #expect(
      rows.allSatisfy { $0.trials.count == 2 && $0.seeds?[metric: "silhouette"]?.deviation == 0 })
    #expect(rows[0].trial.seed == 7)
    let first = try folder.contents(of: summary)
    let again = try folder.run(study)
    #expect(again.computedCount == 0)
    #expect(try folder.contents(of: again) == first)
    let lines = try String(
      contentsOfFile: summary.directory.path + "/leaderboard.csv", encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 5)
    #expect(lines.contains("mean.silhouette,deviation.silhouette"))
  }

  @Test func `without seeds nothing of a run speaks of them`() throws {
    let folder = try RunFolder()
    for (path, data) in try folder.contents(of: try folder.run(try folder.study())) {
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains("\"seeds\""), "\(path)")
    }
  }
}
