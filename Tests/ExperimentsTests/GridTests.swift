import Experiments
import Learning
import Testing

struct GridTests {
  private func trials(
    _ grid: String, shared: String = "{}", catalog: Catalog = Toy.catalog
  ) throws -> [Plan.Trial] {
    try plan(grid, shared: shared).trials
  }

  private func plan(_ grid: String, shared: String = "{}") throws -> Plan {
    let study = try readStudy(studyText(shared: shared, grid: grid))
    return try Plan(study, fingerprint: "sha256:0", catalog: Toy.catalog)
  }

  private func settings(_ trials: [Plan.Trial], _ names: String...) -> [[String]] {
    trials.map { trial in
      names.map { trial.stages.last?.parameters[$0]?.description ?? "-" }
    }
  }

  @Test func `lists are axes and the last varies fastest`() throws {
    let found = settings(try trials("[{model: cuts, k: [2, 3], slack: [0.5, 1.5]}]"), "k", "slack")
    #expect(found == [["2", "0.5"], ["2", "1.5"], ["3", "0.5"], ["3", "1.5"]])
  }

  @Test func `a range has both ends`() throws {
    #expect(
      settings(try trials("[{model: cuts, k: {range: [2, 5]}}]"), "k") == [
        ["2"], ["3"], ["4"], ["5"],
      ])
    #expect(
      settings(try trials("[{model: cuts, k: {range: [2, 7], step: 2}}]"), "k")
        == [["2"], ["4"], ["6"]])
    // 0.1 + 2 · 0.1 is 0.30000000000000004 in binary; the axis has 0.3, and does not lose its end.
    #expect(
      settings(try trials("[{model: cuts, slack: {range: [0.1, 0.3], step: 0.1}}]"), "slack")
        == [["0.1"], ["0.2"], ["0.3"]])
  }

  @Test func `a log axis is geometric with both ends`() throws {
    #expect(
      settings(try trials("[{model: cuts, slack: {log: [0.01, 100], n: 5}}]"), "slack")
        == [["0.01"], ["0.1"], ["1.0"], ["10.0"], ["100.0"]])
    #expect(
      settings(try trials("[{model: cuts, k: {log: [2, 32], n: 5}}]"), "k")
        == [["2"], ["4"], ["8"], ["16"], ["32"]])
  }

  @Test func `zip advances its axes together`() throws {
    let found = settings(
      try trials("[{model: cuts, zip: {k: [2, 3], slack: [1, 2]}, mode: [plain, reversed]}]"),
      "k", "slack", "mode")
    #expect(
      found == [
        ["2", "1.0", "plain"], ["2", "1.0", "reversed"], ["3", "2.0", "plain"],
        ["3", "2.0", "reversed"],
      ])
  }

  @Test func `when keeps and exclude drops`() throws {
    let grid = "[{model: cuts, k: [2, 3, 4], slack: [1, 2], "
    #expect(
      settings(try trials(grid + "when: {k: [2, 3], slack: 1}}]"), "k", "slack")
        == [["2", "1.0"], ["3", "1.0"]])
    #expect(
      settings(try trials(grid + "exclude: [{k: 2}, {k: [3, 4], slack: 2}]}]"), "k", "slack")
        == [["3", "1.0"], ["4", "1.0"]])
  }

  @Test func `conditions see defaults and shared axes`() throws {
    let found = settings(
      try trials(
        "[{model: cuts, k: [2, 3], when: {mode: plain, pca.components: none}}]",
        shared: "{pca.components: [2, none]}"), "k")
    #expect(found == [["2"], ["3"]])
  }

  @Test func `a block without a trial is an error`() throws {
    #expect(throws: StudyError.self) {
      _ = try plan("[{model: cuts, k: [2, 3], when: {k: 4}}]")
    }
  }

  @Test func `shared axes are crossed with every block and a block's own value wins`() throws {
    let found = try trials(
      "[{model: cuts, k: 2}, {model: reluctant, pca.components: none}]",
      shared: "{pca.components: [2, 3]}")
    #expect(found.map(\.model) == ["cuts", "cuts", "reluctant"])
    let components = found.map { trial in
      trial.stages.first { $0.name == "pca" }?.parameters["components"]?.description
    }
    #expect(components == ["2", "3", "none"])
  }

  @Test func `an alias is echoed under the canonical name`() throws {
    let found = try trials("[{model: cuts, n_clusters: 5}]")
    #expect(found[0].stages.last?.parameters["k"] == .integer(5))
    #expect(found[0].stages.last?.parameters["n_clusters"] == nil)
  }

  @Test func `combinations that mean the same are one trial, with a note`() throws {
    let found = try plan("[{model: cuts, k: [2, 3]}, {model: cuts, k: [3, 4], slack: 0}]")
    #expect(settings(found.trials, "k") == [["2"], ["3"], ["4"]])
    #expect(found.notes.count == 1)
    #expect(found.notes[0].hasPrefix("1 combination of segments"))
  }

  @Test func `a step that is left out has no further parameters`() throws {
    let found = try plan(
      "[{model: cuts}]", shared: "{pca.components: none, pca.whiten: [true, false]}")
    #expect(found.trials.count == 1)
    let pca = found.trials[0].stages.first { $0.name == "pca" }
    #expect(pca?.parameters == Parameters([("components", .none)]))
  }

  @Test func `a pipeline has its usual steps when a study names none`() throws {
    let found = try trials("[{model: cuts}]")
    #expect(found[0].stages.map(\.name) == ["encode", "standardize", "pca", "cuts"])
    #expect(found[0].stages[1].parameters["method"] == .text("zscore"))
    #expect(found[0].stages[2].parameters["components"] == ParameterValue.none)
  }

  @Test func `a literal list is one value`() throws {
    let message = try #require(
      refusal(of: studyText(grid: "[{model: cuts, k: {value: [2, 3]}}]")))
    #expect(message.contains("found [2, 3]"))
  }

  @Test func `a grid beyond the limit is refused before it is expanded`() throws {
    #expect(throws: StudyError.self) {
      _ = try plan(
        "[{model: cuts, k: {range: [1, 100]}, slack: {range: [1, 100]}, mode: [plain, reversed]}]")
    }
  }
}
