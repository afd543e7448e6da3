import Experiments
import Learning
import Testing

struct StabilityReaderTests {
  private func experiment(_ text: String) throws -> Study.Experiment {
    try #require(readStudy(studyText(experiment: text)).experiments.first)
  }

  @Test func `nothing is refitted unless a study asks`() throws {
    #expect(try experiment("").stability == nil)
  }

  @Test(arguments: [
    "stability", "stability.min", "stability_ari", "prediction_strength", "pac",
    "consensus_area", "gap",
  ])
  func `naming a figure of refits asks for them as usual`(name: String) throws {
    #expect(try experiment("metrics: [silhouette, \(name)]").stability == Study.Stability())
  }

  @Test func `a section asks for replicates without naming a figure`() throws {
    let found = try experiment(
      "stability: {method: subset, resamples: 30, fraction: 0.4, rows: 500}")
    var expected = Study.Stability()
    expected.method = .subset
    expected.resamples = 30
    expected.fraction = 0.4
    expected.rows = 500
    #expect(found.stability == expected)
  }

  @Test func `methods have their usual shares`() {
    let shares = Study.Stability.Method.allCases.map { method in
      var stability = Study.Stability()
      stability.method = method
      return stability.share
    }
    #expect(shares == [nil, 0.5, nil, 0.8, 0.05])
  }

  @Test func `rules may name what every replicate gives`() throws {
    let found = try experiment(
      """
      stability: {}
      require: {stability.min: 0.6, stability_ari: {min: 0.5}}
      select: {metric: silhouette, ties: [stability, stability.min]}
      """)
    #expect(found.require.map(\.metric) == ["stability.min", "stability_ari"])
    #expect(found.require.map(\.min) == [0.6, 0.5])
    #expect(found.select.ties == ["stability", "stability.min"])
    #expect(
      try experiment("stability: {}\nselect: {metric: stability}").select.metric == "stability")
  }

  @Test func `a figure that is not measured cannot decide`() throws {
    let message = try #require(
      refusal(of: studyText(experiment: "stability: {}\nselect: {metric: gap}")))
    #expect(message.contains("there is no metric gap"))
  }

  @Test(arguments: ["segments.stability.min", "segments.all.stability.min"])
  func `a gate may name a metric with a point in its name`(name: String) throws {
    let study = try readStudy(
      studyText(experiment: "stability: {}", tail: "gates: [{metric: \(name), min: 0.5}]"))
    #expect(study.gates.map(\.threshold.metric) == ["stability.min"])
    #expect(study.gates.map(\.split) == [name.contains("all") ? "all" : nil])
  }

  @Test func `stability is of clusterings`() throws {
    let text = """
      name: demo
      data: {source: table.csv, roles: {target: bought}}
      experiments:
        - {id: a, task: classify, grid: [{model: prior}], stability: {}}
      """
    let error = #expect(throws: StudyError.self) { try readStudy(text, catalog: .standard) }
    #expect(error?.description.contains("stability must be absent unless task is cluster") == true)
  }
}
