import Evaluation
import Experiments
import Foundation
import Testing

/// Trials that are dropped before they are seen through.
struct RaceTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder(rowCount: 240) }

  /// Three groups: cuts into three parts lead by far.
  private func study(
    _ search: String, experiment: String = "", tail: String = ""
  ) throws -> StudyFile {
    try folder.study(
      shared: "{}", grid: "[{model: cuts, k: {range: [2, 10]}}]",
      experiment: "\(experiment)\nsearch: \(search)", tail: tail)
  }

  private func rows(_ summary: RunSummary) -> [LeaderboardRow] {
    summary.record.experiments[0].leaderboard
  }

  /// Rows that all fits together have seen.
  private func fittedRows(_ summary: RunSummary) throws -> Int {
    struct Parameters: Decodable {
      struct Rung: Decodable { let rows: Int }
      let rung: Rung?
    }
    return try folder.trials(of: summary).reduce(0) { sum, id in
      let path = "\(summary.directory.path)/trials/\(id)/parameters.json"
      let found = try JSONDecoder().decode(
        Parameters.self, from: Data(contentsOf: URL(filePath: path)))
      return sum + (found.rung?.rows ?? 240)
    }
  }

  @Test func `racing drops what a test tells apart, and says so in a row`() throws {
    let grid = try folder.run(try study("{method: grid}"), in: "grid")
    let raced = try folder.run(try study("{drop: racing, first: 60}"), in: "raced")
    #expect(raced.ending == .complete)
    #expect(raced.trialCount == 9 && rows(raced).count == 9)
    let dropped = rows(raced).filter { $0.trial.status == .dropped }
    #expect(dropped.count > 4)
    for row in dropped {
      let reason = try #require(row.trial.reason)
      #expect(reason.contains("of 240 rows: silhouette"), "\(reason)")
      #expect(reason.hasPrefix("dropped after "))
      #expect(row.rank == nil)
    }
    #expect(rows(raced)[0].trial == rows(grid)[0].trial)
    #expect(try fittedRows(raced) < fittedRows(grid))
    // What is seen through has the files of the grid's trial.
    let (a, b) = (try folder.contents(of: grid), try folder.contents(of: raced))
    let chosen = "trials/\(rows(raced)[0].trial.id)/"
    let files = a.keys.filter { $0.hasPrefix(chosen) }
    #expect(!files.isEmpty)
    for file in files { #expect(a[file] == b[file]) }
  }

  @Test func `halving measures nine, three and then one`() throws {
    let summary = try folder.run(try study("{drop: halving, first: 20}"))
    // 9 on ⌈240 / 9⌉ = 27 rows, 3 on 80, 1 in whole.
    let events = try String(
      contentsOfFile: summary.directory.path + "/events.jsonl", encoding: .utf8)
    #expect(events.components(separatedBy: "\"event\":\"measured\"").count - 1 == 12)
    #expect(rows(summary).count { $0.trial.status == .done } == 1)
    let reasons = rows(summary).compactMap(\.trial.reason)
    #expect(reasons.count { $0.hasPrefix("dropped after 27 of 240 rows: place ") } == 6)
    #expect(reasons.contains("dropped after 80 of 240 rows: place 3 of 3, of which 1 go on"))
    #expect(summary.computedCount == 9)
  }

  @Test func `threads and interruptions change nothing`() throws {
    for search in ["{drop: racing, first: 30}", "{drop: halving, first: 20}"] {
      let study = try study(search)
      let whole = try folder.run(study, in: "whole")
      let contents = try folder.contents(of: whole)
      for stop in [6, 25, 60] {
        let asked = Ticks()
        _ = try folder.run(
          study, in: "parts-\(search.count)", threads: 4, isCancelled: { asked.next() > stop })
      }
      let last = try folder.run(study, in: "parts-\(search.count)", threads: 4)
      #expect(last.ending == .complete)
      #expect(try folder.contents(of: last) == contents)
      let again = try folder.run(study, in: "whole")
      #expect(again.computedCount == 0 && again.reusedCount == 9)
    }
  }

  @Test func `a trial that fails on a part is a row with its reason`() throws {
    let file = try folder.study(
      shared: "{}", grid: "[{model: reluctant, k: [2, 3]}, {model: cuts, k: [2, 3]}]",
      experiment: "search: {drop: racing, first: 60}", tail: "limits: {max_failure_rate: 0.2}")
    let summary = try folder.run(file)
    #expect(summary.failedCount == 1)
    #expect(summary.exceedsFailureRate)
    let failed = try #require(rows(summary).first { $0.trial.status == .failed })
    #expect(failed.trial.model == "reluctant")
    #expect(failed.trial.reason?.contains("reluctant") == true)
  }

  @Test func `what a limit leaves out does not race`() throws {
    let summary = try folder.run(
      try study("{drop: racing, first: 60}", tail: "limits: {max_trials: 3}"))
    #expect(summary.ending == .complete)
    #expect(summary.computedCount == 3)
    #expect(rows(summary).count { $0.trial.status == .skipped } == 6)
  }

  @Test func `a configuration races under all its seeds`() throws {
    let summary = try folder.run(
      try study("{drop: halving, first: 20}", experiment: "seeds: 2"))
    #expect(summary.trialCount == 18 && summary.computedCount == 18)
    let board = rows(summary)
    #expect(board.count == 9)
    #expect(board.flatMap(\.trials).count { $0.status == .done } == 2)
    #expect(board.filter { $0.trials.allSatisfy { $0.status == .dropped } }.count == 8)
  }

  @Test func `a requirement is kept in mind, and does not drop a trial by itself`() throws {
    let summary = try folder.run(
      try study("{drop: racing, first: 60}", experiment: "require: {min_share: 0.4}"))
    // Only k = 2 may keep 0.4 of the rows in every part; the others miss it and go on.
    #expect(rows(summary).allSatisfy { $0.trial.status != .failed })
    #expect(rows(summary).contains { !$0.unmet.isEmpty })
  }

  @Test func `several ranking metrics do not race`() {
    let found = refusal(
      of: studyText(
        experiment: "search: {drop: racing}\nselect: {pareto: [silhouette, davies_bouldin]}"))
    #expect(found?.contains("search.drop must be left out where several metrics rank") == true)
  }

  @Test func `the plan says what may be dropped`() throws {
    let plan = try Plan(
      try study("{drop: halving, first: 20}").study, fingerprint: "sha256:0", rowCount: 240,
      catalog: Toy.catalog)
    #expect(plan.trials.count == 9 && plan.trialBound == 9)
    #expect(
      plan.notes == [
        "segments halves: 9 on 27 of 240 rows, 3 on 80 of 240 rows, 1 in whole"
      ])
  }
}

/// The same of classifications, by folds.
struct FoldRaceTests {
  private let folder: PropensityFolder

  init() throws { folder = try PropensityFolder(PropensityFolder.customers(600)) }

  private static let grid =
    "[{model: prior}, {model: logistic-regression, c: [0.000001, 1]}, \(PropensityFolder.boosting)]"

  private func rows(_ summary: RunSummary) -> [LeaderboardRow] {
    summary.record.experiments[0].leaderboard
  }

  /// The files of a trial but its times.
  private func files(_ summary: RunSummary, _ id: String) throws -> [String: Data] {
    let root = "\(summary.directory.path)/trials/\(id)"
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root)
    where !path.hasSuffix("timings.json") {
      files[path] = FileManager.default.contents(atPath: "\(root)/\(path)")
    }
    return files
  }

  @Test func `what is seen through has the files of a trial that never raced`() throws {
    let grid = try folder.run(try folder.study(grid: Self.grid), in: "grid")
    let raced = try folder.run(
      try folder.study(grid: Self.grid, experiment: "search: {drop: racing}"), in: "raced")
    #expect(rows(raced)[0].trial == rows(grid)[0].trial)
    let done = rows(raced).filter { $0.trial.status == .done }
    #expect(!done.isEmpty && done.count < 4)
    for row in done {
      #expect(try files(raced, row.trial.id) == files(grid, row.trial.id))
    }
    let dropped = rows(raced).filter { $0.trial.status == .dropped }
    #expect(dropped.contains { $0.trial.model == "prior" })
    #expect(
      dropped.allSatisfy { $0.trial.reason?.contains(" of 5 folds: roc_auc ") == true })
  }

  @Test func `a baseline is seen through without racing`() throws {
    let grid = "[{model: logistic-regression, c: [0.000001, 1]}]"
    let summary = try folder.run(
      try folder.study(grid: grid, baselines: true, experiment: "search: {drop: halving}"))
    let done = rows(summary).filter { $0.trial.status == .done }.map(\.trial.model)
    #expect(done.contains("prior"))
    #expect(rows(summary).count { $0.trial.status == .dropped } == 1)
  }

  @Test func `baselines come on top of the trials of a search`() throws {
    let grid = "[{model: logistic-regression, c: {log: [0.01, 100], n: 9}}]"
    for (search, known) in [
      ("{method: random, trials: 3}", 3), ("{trials: 3}", 3),
      ("{method: tpe, trials: 8, startup: 3}", 3),
      ("{method: latin-hypercube, trials: 3}", 3),
    ] {
      let study = try folder.study(grid: grid, baselines: true, experiment: "search: \(search)")
      let plan = try Plan(study.study, fingerprint: "sha256:0")
      #expect(plan.trials.contains { $0.model == "prior" })
      let baselines = study.study.experiments[0].classification?.baselines ?? []
      #expect(plan.trials.count == known + baselines.count, "\(search)")
    }
  }

  @Test func `halving drops after two of five folds`() throws {
    let summary = try folder.run(
      try folder.study(grid: Self.grid, experiment: "search: {drop: halving}"))
    #expect(rows(summary).count { $0.trial.status == .done } == 2)
    #expect(
      rows(summary).compactMap(\.trial.reason)
        .allSatisfy { $0.hasPrefix("dropped after 2 of 5 folds: place ") })
  }

  @Test func `racing never drops the best of equals by chance`() throws {
    // Twelve settings that differ by a hair, on tables of noise: what leads does so by luck.
    for draw in 0..<4 {
      var customers = PropensityFolder.customers(240)
      for row in customers.indices { customers[row].responded = (row * 7 + draw) % 3 == 0 }
      let noise = try PropensityFolder(customers)
      let grid = "[{model: logistic-regression, c: {log: [0.01, 100], n: 6}}]"
      let whole = try noise.run(try noise.study(grid: grid), in: "grid")
      let raced = try noise.run(
        try noise.study(grid: grid, experiment: "search: {drop: racing}"), in: "raced")
      #expect(
        raced.record.experiments[0].chosen?.trial == whole.record.experiments[0].chosen?.trial)
    }
  }
}
