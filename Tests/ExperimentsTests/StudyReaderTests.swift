import Experiments
import Foundation
import Learning
import Tabular
import Testing

struct StudyReaderTests {
  @Test func `a small study is read with every default filled in`() throws {
    let study = try readStudy(studyText())
    #expect(study.name == "demo")
    #expect(study.seed == 7)
    #expect(study.data.source == "table.csv")
    #expect(study.data.roles.id == "customer")
    #expect(study.limits.maxFailureRate == 1)
    #expect(study.limits.timeLimit == nil)
    #expect(study.report.formats == [.html, .md])
    let experiment = study.experiments[0]
    #expect(experiment.metrics == ["silhouette", "davies_bouldin", "calinski_harabasz"])
    #expect(experiment.select.metric == "silhouette")
    #expect(
      experiment.grid[0].axes == [
        [Axis(stage: "model", parameter: "k", values: [.integer(2), .integer(3)])]
      ])
  }

  @Test(arguments: [
    ("nam: demo", "study.yaml:1:1", "did you mean name?"),
    ("name: demo\nseeed: 1", "study.yaml:2:1", "did you mean seed?"),
    ("name: demo\nversion: 2", "study.yaml:2:1", "the study.version is not available"),
    ("name: Demo 1", "study.yaml:1:7", "lower-case"),
    ("name: demo\nseed: -1", "study.yaml:2:7", "seed must be a whole number"),
    ("name: demo\nseed: 1.5", "study.yaml:2:7", "seed must be a whole number"),
    ("name: demo\nname: demo", "study.yaml:", "name is given twice"),
    ("name: [demo", "study.yaml:", "not valid YAML"),
    ("name: demo\nseed: *nowhere", "study.yaml:2:7", "not valid YAML"),
  ])
  func `a head that is wrong is refused with its place`(
    head: String, place: String, phrase: String
  ) throws {
    let message = try #require(refusal(of: studyText(head: head)))
    #expect(message.contains(place))
    #expect(message.contains(phrase))
  }

  @Test(arguments: [
    ("{sorce: a.csv}", "did you mean source?"),
    ("{roles: {}}", "data has no source"),
    ("{source: a.csv, roles: {idd: x}}", "roles has no key idd"),
    ("{source: a.csv, delimiter: ab}", "delimiter must be one ASCII character"),
    ("{source: a.csv, kinds: {age: number}}", "age must be one of integer, real"),
    ("{source: a.parquet}", "is not available"),
    ("{source: \"postgresql://host/db\"}", "is not available"),
    ("a.csv", "data must be a mapping"),
  ])
  func `a data section that is wrong is refused on its line`(data: String, phrase: String) throws {
    let message = try #require(refusal(of: studyText(data: data)))
    #expect(message.contains("study.yaml:3:"))
    #expect(message.contains(phrase))
  }

  @Test(arguments: [
    ("[{k: 2}]", "a block of the grid has no model"),
    ("[{model: cutz}]", "there is no model cutz"),
    ("[{model: standardize}]", "there is no model standardize"),
    ("[{model: cuts, kk: 2}]", "did you mean k?"),
    ("[{model: cuts, k: five}]", "cuts: k must be a whole number from 1 to 100, found five"),
    ("[{model: cuts, k: [2, 101]}]", "k must be a whole number from 1 to 100, found 101"),
    ("[{model: cuts, k: 2.5}]", "k must be a whole number"),
    ("[{model: cuts, k: }]", "k must be a value"),
    ("[{model: cuts, k: []}]", "k must be a list of 1 to"),
    ("[{model: cuts, k: 2, n_clusters: 3}]", "k is given twice"),
    ("[{model: cuts, k: {range: [5, 2]}}]", "first up to last"),
    ("[{model: cuts, k: {range: [1, 1000000]}}]", "at most 10000 values"),
    ("[{model: cuts, slack: {range: [0.1, 0.5]}}]", "has no step"),
    ("[{model: cuts, slack: {log: [0, 1], n: 3}}]", "0 below first below last"),
    ("[{model: cuts, slack: {log: [0.1, 1]}}]", "has no n"),
    ("[{model: cuts, slack: {lag: [0.1, 1]}}]", "slack must be a value, a list"),
    ("[{model: cuts, zip: {k: [2, 3], slack: [1]}}]", "the lists of a zip have 2, 1 values"),
    ("[{model: cuts, when: {kk: 2}}]", "cuts has no key kk"),
    ("[{model: cuts, pca.componentz: 2}]", "did you mean pca.components?"),
    ("[{model: cuts, nothing.k: 2}]", "cuts has no key nothing.k"),
    ("[]", "a list of at least one block"),
  ])
  func `a grid that is wrong is refused on its line`(grid: String, phrase: String) throws {
    let message = try #require(refusal(of: studyText(grid: grid)))
    #expect(message.contains("study.yaml:8:"))
    #expect(message.contains(phrase), "\(message)")
  }

  @Test(arguments: [
    ("metrics: [silhuette]", "did you mean silhouette?"),
    ("metrics: [stabillity]", "did you mean stability?"),
    ("metrics: []", "at least one metric"),
    ("metrics: [silhouette, silhouette]", "silhouette is given twice"),
    ("select: {metric: dunn}", "there is no metric dunn"),
    ("select: {metric: silhouette, goal: min}", "write goal: max"),
    ("select: {metric: silhouette, goal: up}", "goal must be one of max, min"),
    ("require: {min_shares: 0.1}", "did you mean min_share?"),
    ("require: {min_share: 3}", "min_share must be a share from 0 to 1"),
    ("require: {silhouette: {}}", "silhouette has no min or max"),
    ("require: {silhouette: {min: 1, max: 0}}", "min up to max"),
    ("require: {stability.min: 0.6}", "metrics has no stability.min"),
    ("require: {pac: {max: 0.2}}", "metrics has no pac"),
    ("calibrate: isotonic", "calibrate must be absent unless task is classify"),
    ("gains: {bins: 20}", "gains must be absent unless task is classify"),
    ("stability: {method: boot}", "method must be one of bootstrap, subset, seed, columns, noise"),
    ("stability: {resample: 50}", "did you mean resamples?"),
    ("stability: {resamples: 1}", "resamples must be a whole number from 2 to 1000"),
    ("stability: {fraction: 0.5}", "fraction must be absent for bootstrap"),
    ("stability: {method: subset, fraction: 1}", "a share above 0 and below 1"),
    ("stability: {rows: 10}", "rows must be a whole number from 100"),
    ("seeds: 0", "seeds must be a number of seeds from 1 to 1000"),
    ("seeds: [1, 1]", "or a list of different seeds"),
    ("metricz: [silhouette]", "did you mean metrics?"),
  ])
  func `an experiment that is wrong is refused on its line`(line: String, phrase: String) throws {
    let message = try #require(refusal(of: studyText(experiment: line)))
    #expect(message.contains("study.yaml:9:"))
    #expect(message.contains(phrase), "\(message)")
  }

  @Test(arguments: [
    ("gates: [{metric: segments.silhouette}]", "gate has no min or max"),
    ("gates: [{metric: segment.silhouette, min: 0}]", "did you mean segments?"),
    ("gates: [{metric: segments.dunn, min: 0}]", "there is no metric dunn"),
    ("gates: [{metric: segments.holdout.silhouette, min: 0}]", "must be all"),
    ("gates: [{metric: silhouette, min: 0}]", "experiment.metric"),
    ("limits: {per_trial: soon}", "per_trial must be a positive duration"),
    ("limits: {max_trials: 0}", "max_trials must be a whole number from 1"),
    ("gates: [{metric: segments.silhouette, vs: x}]", "gate has no min_change or max_change"),
    ("gates: [{metric: segments.silhouette, vs: x, min: 0, max_change: 0}]", "without vs"),
    ("gates: [{metric: segments.silhouette, min: 0, if_missing: pass}]", "gate has no vs"),
    ("gates: [{metric: segments.silhouette, vs: x, min_change: 1 %}]", "a share such as -1%"),
    ("gates: [{metric: segments.silhouette, min: 0, by: luck}]", "value, interval"),
    ("limits: {time_limit: soon}", "time_limit must be a positive duration"),
    ("limits: {max_failure_rate: 2}", "a share from 0 to 1"),
    ("report: {formats: [pdf]}", "formats must be one of html, md, json"),
    ("split: {holdout: 1}", "a share above 0 and below 1"),
    ("split: {scheme: stratified, holdout: 0.2}", "data.roles has no target"),
    ("split: {scheme: group}", "data.roles has no group"),
    ("split: {scheme: forward-time}", "data.roles has no time"),
    ("split: {folds: 1}", "a whole number from 2 to 100"),
    ("split: {folds: 2.5}", "a whole number from 2 to 100"),
    ("split: {gap: 7}", "absent unless scheme is forward-time"),
  ])
  func `a closing section that is wrong is refused on its line`(
    tail: String, phrase: String
  ) throws {
    let message = try #require(refusal(of: studyText(tail: tail)))
    #expect(message.contains("study.yaml:10:"), "\(message)")
    #expect(message.contains(phrase), "\(message)")
  }

  @Test func `a classification needs a target`() throws {
    let text = studyText().replacing("task: cluster", with: "task: classify")
      .replacing("model: cuts, k: [2, 3]", with: "model: logistic-regression")
    let message = try #require(
      #expect(throws: StudyError.self) {
        try StudyReader().read(text: text, path: "study.yaml")
      })
    #expect(message.description.contains("data.roles has no target"))
  }

  @Test func `two experiments cannot share an id`() throws {
    let text = studyText(
      tail: "  - {id: segments, task: cluster, grid: [{model: cuts}]}")
    #expect(try #require(refusal(of: text)).contains("two experiments have the id segments"))
  }

  @Test func `aliases and merge keys stand for what they name`() throws {
    let text = studyText(
      grid: "[&base {model: cuts, k: 2}, {<<: *base, slack: 1}]")
    let blocks = try readStudy(text).experiments[0].grid
    #expect(blocks[1].axes.flatMap { $0 }.map(\.parameter) == ["slack", "k"])
  }

  @Test func `aliases that multiply without end are refused`() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(try #require(refusal(of: text)).contains("once its aliases are expanded"))
  }

  @Test func `deep nesting is refused`() throws {
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(try #require(refusal(of: "name: \(deep)")).contains("levels deep"))
  }

  @Test func `a study that is empty, absent or not text is refused`() throws {
    #expect(try #require(refusal(of: "")).contains("the study has no name"))
    #expect(throws: StudyError.self) { try StudyReader().read(path: "/nowhere/study.yaml") }
    #expect(throws: StudyError.self) { try StudyReader().read(path: "/") }
  }

  @Test func `durations have units`() throws {
    let limits = ["90s": 90.0, "5m": 300, "1.5h": 5400, "20": 20]
    for (text, seconds) in limits {
      let study = try readStudy(studyText(tail: "limits: {time_limit: \(text)}"))
      #expect(study.limits.timeLimit == seconds)
    }
  }

  @Test func `the source lies beside the study unless absolute`() throws {
    var file = try StudyReader(catalog: Toy.catalog)
      .read(text: studyText(), path: "experiments/demo.yaml")
    #expect(file.sourcePath == "experiments/table.csv")
    file.path = "demo.yaml"
    #expect(file.sourcePath == "table.csv")
    file.study.data.source = "/data/table.csv"
    #expect(file.sourcePath == "/data/table.csv")
  }

  @Test func `a quoted number is a text`() throws {
    let message = try #require(refusal(of: studyText(grid: "[{model: cuts, k: \"2\"}]")))
    #expect(message.contains("k must be a whole number"))
  }
}
