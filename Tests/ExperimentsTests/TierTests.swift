import Evaluation
import Experiments
import Learning
import Testing

/// How candidates are grouped where their order may be chance, and what then decides.
struct TierTests {
  private func trial(_ id: String, _ metrics: [String: Double]) -> TrialRecord {
    TrialRecord(
      id: id, experiment: "segments", model: "cuts", stages: [], status: .done,
      metrics: metrics.sorted { $0.key < $1.key }.map { name, value in
        MetricRecord(
          name: name, value: value,
          direction: name == "davies_bouldin" ? .lowerIsBetter : .higherIsBetter,
          split: "all", rowCount: 10)
      })
  }

  /// Replicates that move up and down together but for a swing of the trial's own.
  private func facts(_ center: Double, swing: Double, bytes: Int = 0) -> TrialFacts {
    let values = (0..<40).map { index -> Double in
      let shared = 0.1 * Double(index % 7)
      return center + shared + (index % 2 == 0 ? swing : -swing)
    }
    return TrialFacts(
      modelBytes: bytes, replicates: TrialReplicates(metrics: ["silhouette": values]))
  }

  private func board(
    _ rule: String, _ trials: [TrialRecord], _ facts: [String: TrialFacts] = [:]
  ) throws -> (rows: [LeaderboardRow], tiers: TierRecord?) {
    let metrics = "metrics: [silhouette, davies_bouldin, calinski_harabasz]\n"
    let study = try readStudy(studyText(experiment: metrics + "select: " + rule))
    return try Selection(study.experiments[0], facts: facts).leaderboard(trials)
  }

  @Test func `trials whose difference resamples turn round share a tier`() throws {
    let board = try board(
      "{metric: silhouette}",
      [
        trial("a", ["silhouette": 0.50]), trial("b", ["silhouette": 0.51]),
        trial("c", ["silhouette": 0.2]),
      ],
      ["a": facts(0.50, swing: 0.02), "b": facts(0.51, swing: -0.02), "c": facts(0.2, swing: 0)])
    #expect(board.rows.map(\.trial.id) == ["b", "a", "c"])
    #expect(board.rows.map(\.tier) == [1, 1, 2])
    let tiers = try #require(board.tiers)
    #expect(tiers.basis == .chance)
    #expect(tiers.metrics == ["silhouette"])
    // Every other replicate a leads by 0.03, so the best there lies above its own value by 0.02 at times.
    #expect(try #require(tiers.selectionBias) > 0)
  }

  @Test func `without replicates of every trial there are no tiers`() throws {
    let board = try board(
      "{metric: silhouette}",
      [trial("a", ["silhouette": 0.5]), trial("b", ["silhouette": 0.6])],
      ["a": facts(0.5, swing: 0.1)])
    #expect(board.tiers == nil)
    #expect(board.rows.map(\.tier) == [nil, nil])
  }

  @Test(arguments: [
    ("cheapest", "small"), ("davies_bouldin", "tight"), ("[calinski_harabasz, cheapest]", "small"),
  ])
  func `the study's preference decides within the first tier only`(
    preference: String, winner: String
  ) throws {
    let trials = [
      trial("leads", ["silhouette": 0.52, "davies_bouldin": 2, "calinski_harabasz": 5]),
      trial("small", ["silhouette": 0.51, "davies_bouldin": 3, "calinski_harabasz": 9]),
      trial("tight", ["silhouette": 0.50, "davies_bouldin": 1, "calinski_harabasz": 9]),
      trial("far", ["silhouette": 0.1, "davies_bouldin": 0, "calinski_harabasz": 99]),
    ]
    let board = try board(
      "{metric: silhouette, within_tier: \(preference)}", trials,
      [
        "leads": facts(0.52, swing: 0.03, bytes: 30), "small": facts(0.51, swing: -0.03, bytes: 1),
        "tight": facts(0.50, swing: 0.05, bytes: 20), "far": facts(0.1, swing: 0, bytes: 0),
      ])
    #expect(board.rows.first?.trial.id == winner)
    #expect(board.rows.first?.isChosen == true)
    #expect(board.rows.last?.trial.id == "far")
    #expect(board.rows.last?.tier == 2)
  }

  @Test func `fronts order trials by several metrics at once`() throws {
    let trials = [
      trial("both", ["silhouette": 0.4, "davies_bouldin": 1.0]),
      trial("dense", ["silhouette": 0.3, "davies_bouldin": 0.5]),
      trial("beaten", ["silhouette": 0.35, "davies_bouldin": 1.5]),
      trial("twice", ["silhouette": 0.2, "davies_bouldin": 1.6]),
    ]
    let plain = try board("{pareto: [silhouette, davies_bouldin]}", trials)
    #expect(plain.rows.map(\.trial.id) == ["both", "dense", "beaten", "twice"])
    #expect(plain.rows.map(\.tier) == [1, 1, 2, 3])
    #expect(plain.tiers?.basis == .pareto)
    let dense = try board(
      "{pareto: [silhouette, davies_bouldin], then: davies_bouldin}", trials)
    #expect(dense.rows.map(\.trial.id) == ["dense", "both", "beaten", "twice"])
  }

  @Test func `a trial without one of the metrics is not eligible`() throws {
    let board = try board(
      "{pareto: [silhouette, davies_bouldin]}",
      [
        trial("whole", ["silhouette": 0.1, "davies_bouldin": 9]),
        trial("half", ["silhouette": 0.9]),
      ]
    )
    #expect(board.rows.map(\.trial.id) == ["whole", "half"])
    #expect(board.rows[1].unmet == ["davies_bouldin was not measured"])
  }

  @Test(arguments: [
    ("{pareto: [silhouette]}", "at least two different metrics"),
    ("{pareto: [silhouette, silhouette]}", "at least two different metrics"),
    ("{pareto: [silhouette, dunn]}", "there is no metric dunn"),
    ("{pareto: [silhouette, davies_bouldin], ties: silhouette}", "absent beside pareto"),
    ("{metric: silhouette, then: cheapest}", "within_tier serves a metric"),
    ("{metric: silhouette, within_tier: best_calibrated}", "there is no metric ece"),
    ("{metric: silhouette, within_tier: silhuette}", "silhouette"),
  ])
  func `a rule that cannot be followed is refused`(rule: String, words: String) throws {
    let text = studyText(experiment: "metrics: [silhouette, davies_bouldin]\nselect: \(rule)")
    #expect(try #require(refusal(of: text)).contains(words))
  }
}
