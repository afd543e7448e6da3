import Experiments
import Learning
import Tabular
import Testing

struct PlanTests {
  private func plan(
    _ change: (inout Study) -> Void = { _ in }, grid: String = "[{model: cuts, k: [2, 3]}]",
    experiment: String = "", fingerprint: String = "sha256:0"
  ) throws -> Plan {
    var study = try readStudy(studyText(grid: grid, experiment: experiment))
    change(&study)
    return try Plan(study, fingerprint: fingerprint, catalog: Toy.catalog)
  }

  private func keys(_ plan: Plan) -> [String] { plan.trials.map(\.key) }

  @Test func `keys depend on what decides a result and on nothing else`() throws {
    let keys = keys(try plan())
    #expect(Set(keys).count == 2)
    #expect(keys.allSatisfy { $0.count == 64 })
    #expect(self.keys(try plan()) == keys)
    #expect(self.keys(try plan { $0.name = "other" }) == keys)
    #expect(self.keys(try plan { $0.limits.timeLimit = 5 }) == keys)
    #expect(self.keys(try plan { $0.experiments[0].id = "other" }) == keys)
    for different in [
      try plan { $0.seed += 1 }, try plan { $0.data.roles.ignore = ["x"] },
      try plan { $0.data.nullTokens = ["?"] }, try plan(fingerprint: "sha256:1"),
      try plan(experiment: "metrics: [silhouette]"), try plan(grid: "[{model: cuts, k: [4, 5]}]"),
    ] {
      #expect(Set(self.keys(different)).isDisjoint(with: keys))
    }
  }

  @Test func `the order of metrics does not matter to a trial`() throws {
    let one = try plan(experiment: "metrics: [silhouette, inertia]")
    let other = try plan(
      experiment: "metrics: [inertia, silhouette]\nselect: {metric: silhouette}")
    #expect(keys(one) == keys(other))
  }

  @Test func `a grid that grows keeps the keys it had`() throws {
    let small = keys(try plan())
    let large = keys(try plan(grid: "[{model: cuts, k: [2, 3, 4]}]"))
    #expect(Array(large.prefix(2)) == small)
  }

  @Test func `shared steps are counted`() throws {
    let found = try plan(grid: "[{model: cuts, k: [2, 3], pca.components: [2, none]}]")
    #expect(
      found.stages.map(\.name) == [
        "encode", "standardize", "pca", "cuts", "pca", "cuts", "cuts", "cuts",
      ])
    #expect(found.stages.map(\.trialCount) == [4, 4, 2, 1, 2, 1, 1, 1])
  }

  @Test func `a run is named after its study and what decides its results`() throws {
    let name = try plan().runName
    #expect(name.wholeMatch(of: /demo-[0-9a-f]{8}/) != nil)
    #expect(try plan { $0.limits.timeLimit = 5 }.runName == name)
    #expect(try plan(fingerprint: "sha256:1").runName != name)
  }

  @Test func `the plan in words says each trial and what differs`() throws {
    let text = try plan(grid: "[{model: cuts, k: [2, 3]}, {model: cuts, k: 2}]").text
    #expect(text.contains("2 trials"))
    #expect(text.contains("k=2\n"))
    #expect(text.contains("k=3\n"))
    #expect(text.contains("in all: "))
    #expect(text.contains("mode=plain"))
    #expect(text.contains("note: 1 combination of segments"))
  }

  @Test func `the catalogue is described in pipeline order`() {
    let description = CatalogDescription(Toy.catalog)
    #expect(
      description.entries.map(\.name) == [
        "encode", "standardize", "pca", "columns", "cuts", "reluctant", "quantiles", "quorum",
        "surface",
      ])
    #expect(description["cuts"]?.text.contains("also written n_clusters") == true)
    #expect(description["cuts"]?.text.contains("a whole number from 1 to 100; default 2") == true)
    #expect(description.text.contains("Models for task: cluster"))
    #expect(description["nothing"] == nil)
  }
}
