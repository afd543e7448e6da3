import Experiments
import Foundation
import Numerical
import Testing

/// What a plan is expected to cost, and how that is known.
@Suite struct PlanForecastTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  /// Every look at the clock takes a thousandth of a second.
  private func forecast(
    _ study: StudyFile, runs: String = "runs", budget: Double? = nil
  ) throws -> PlanForecast {
    let ticks = Ticks()
    return try StudyInput(study, catalog: Toy.catalog, on: .serial).forecast(
      of: study.study, runs: folder.path + "/" + runs, catalog: Toy.catalog, budget: budget,
      on: .serial
    ) { Double(ticks.next()) / 1000 }
  }

  @Test func `without earlier runs samples say what steps cost`() throws {
    let forecast = try forecast(folder.study())
    #expect(forecast.basis.earlierSteps == 0 && forecast.basis.unknownSteps == 0)
    #expect(forecast.basis.sampledSteps == forecast.steps.count && forecast.steps.count == 11)
    // The table has 60 rows; of its one model the first and the last trial are tried.
    #expect(forecast.basis.sampleRows == 60 && forecast.basis.rows == 60)
    #expect(forecast.basis.sampledTrials == 2)
    #expect(forecast.seconds > 0 && forecast.elapsed == forecast.seconds)
    #expect(forecast.endedTrials == 0 && forecast.trials.count == 8)
  }

  @Test func `steps that another run on the table has timed are not tried`() throws {
    let summary = try folder.run(folder.study())
    let renamed = try StudyReader(catalog: Toy.catalog).read(
      text: studyText(
        head: "name: again\nseed: 7",
        data: "{source: table.csv, roles: {id: customer, pii: mail, target: bought}}",
        shared: "{pca.components: [2, none]}", grid: RunFolder.grid),
      path: folder.path + "/study.yaml")
    let forecast = try forecast(renamed)
    #expect(forecast.basis.sampledSteps == 0 && forecast.basis.sampleRows == 0)
    #expect(forecast.basis.earlierSteps == summary.sharing.steps)
    #expect(forecast.sharing.secondsSaved == summary.sharing.secondsSaved)
    #expect(forecast.sharing.steps == summary.sharing.steps)
  }

  @Test func `trials that have ended are not counted`() throws {
    let study = try folder.study()
    let summary = try folder.run(study)
    let ended = try forecast(study)
    #expect(ended.endedTrials == 8 && ended.trials.isEmpty && ended.elapsed == 0)
    try FileManager.default.removeItem(
      atPath: summary.directory.path + "/trials/" + folder.trials(of: summary)[0])
    let one = try forecast(study)
    #expect(one.endedTrials == 7 && one.trials.count == 1)
    #expect(one.basis.earlierSteps == one.steps.count)
    // A limit that goes as far as this trial computes it alone, wherever it stands among those that have ended.
    let cut = one.cut(to: one.seconds + 1)
    #expect(cut.trialCount == 1 && cut.maxTrials == one.trials[0].number)
  }

  @Test func `the cut takes the first trials whose steps fit`() throws {
    let study = try folder.study()
    let whole = try forecast(study)
    let costs = whole.trials.map(\.addedSeconds)
    // The first trial behind every preparation pays for it.
    #expect(costs[0] > costs[1])
    let budget = costs[0] + costs[1] + costs[2] / 2
    let cut = whole.cut(to: budget)
    #expect(cut.maxTrials == 2 && cut.seconds == costs[0] + costs[1] && cut.budget == budget)
    #expect(whole.cut(to: costs[0] / 2).maxTrials == 0)
    #expect(whole.cut(to: whole.seconds + 1).maxTrials == 8)
    #expect(whole.cut == nil)
    #expect(try forecast(study, budget: whole.seconds + 1).cut?.maxTrials == 8)
  }

  @Test func `limits of the study are a budget`() throws {
    let study = try folder.study(tail: "limits: {max_trials: 3, time_limit: 1h}")
    let forecast = try forecast(study)
    #expect(forecast.trials.count == 3 && forecast.cut?.maxTrials == 3)
    #expect(forecast.cut?.budget == 3600)
  }

  @Test func `memory is what the algorithms predict for all rows`() throws {
    let study = try folder.study(
      shared: "{pca.components: none}", grid: "[{model: quantiles, k: [2, 3]}]")
    // 8 bytes for each of 60² pairs.
    let forecast = try forecast(study)
    #expect(forecast.trials.map(\.bytes) == [28_800, 28_800])
    #expect(forecast.bytes == 28_800)
  }

  @Test func `a trial that fails on a sample is unknown and said to be`() throws {
    let forecast = try forecast(
      folder.study(shared: "{pca.components: none}", grid: "[{model: reluctant, k: 3}]"))
    #expect(forecast.basis.unknownSteps == 1 && forecast.basis.sampledSteps == 2)
    #expect(forecast.trials[0].seconds == nil && forecast.trials[0].addedSeconds > 0)
  }

  @Test func `stability and its shared part are foreseen`() throws {
    let forecast = try forecast(
      folder.study(
        shared: "{pca.components: none}",
        grid: "[{model: quantiles, k: [2, 3, 4], column: [0, 1]}]",
        experiment: "stability: {resamples: 4}"))
    #expect(forecast.basis.unknownSteps == 0)
    #expect(forecast.steps.count { $0.name == "quantiles order of refits" } == 2)
  }

  @Test(
    arguments: [
      // 1 + n / 1000 + n² / 10⁶ at 1000, 2000, 4000; at 10,000 rows 1 + 10 + 100.
      ([3.0, 7, 21], 111.0),
      // 2 + n / 1000: nothing is squared.
      ([3, 4, 6], 12),
      // A last sample that was fast by chance makes no sample negative: constant from there.
      ([3, 7, 6], 6),
      // More than a square can explain: a square and a constant through the last two.
      ([0, 0.1, 12.1], 12.1 + 84),
      // Two samples give a line, one what is in proportion.
      ([3, 7], 39), ([3], 30),
    ] as [([Double], Double)])
  func `seconds grow with rows and their square`(seconds: [Double], expected: Double) {
    let samples = zip([1000, 2000, 4000], seconds).map { (rows: $0, seconds: $1) }
    // A handful of operations on numbers below 200.
    #expect(abs(Calibration.scaled(samples, to: 10_000) - expected) < 1e-9)
  }
}
