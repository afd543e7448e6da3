import Experiments
import Foundation
import Learning
import Numerical
import Testing

/// What trials have in common: as the journal shows it, as it is told, and as the plan foresees it.
@Suite struct StageSharingTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  private func steps(of summary: RunSummary) throws -> [StepRecord] {
    try Data(contentsOf: URL(filePath: summary.directory.path + "/events.jsonl"))
      .split(separator: UInt8(ascii: "\n")).compactMap { EventLog.event(Data($0))?.step }
  }

  private func served(_ steps: [StepRecord], _ name: String) -> [Int] {
    steps.filter { $0.name == name }.map(\.trials).sorted()
  }

  @Test func `the journal says how many trials each step served`() throws {
    // 4 cuts behind 2 components, 4 without; power is not in the catalogue.
    let steps = try steps(of: folder.run(folder.study()))
    #expect(served(steps, "encode") == [8])
    #expect(served(steps, "standardize") == [8])
    #expect(served(steps, "pca") == [4])
    #expect(served(steps, "cuts") == [Int](repeating: 1, count: 8))
    #expect(Set(steps.map(\.key)).count == steps.count)
    #expect(steps.allSatisfy { $0.seconds >= 0 })
  }

  @Test func `what is told to be saved is what the journal shows`() throws {
    let summary = try folder.run(folder.study())
    let steps = try steps(of: summary)
    #expect(summary.sharing.trials == 8)
    #expect(summary.sharing.steps == 11 && steps.count == 11)
    // 8 trials pass encode, standardize and their cuts, 4 of them pca.
    #expect(summary.sharing.stepsAlone == 28)
    var saved = 0.0
    for step in steps { saved += Double(step.trials - 1) * step.seconds }
    #expect(saved > 0 && summary.sharing.secondsSaved == saved)
    #expect(
      summary.sharing.sentence("saved").hasPrefix("8 trials, 11 steps instead of 28; sharing"))
  }

  @Test func `a model's shared part is a step of its own, also of refits`() throws {
    let study = try folder.study(
      shared: "{pca.components: none}", grid: "[{model: quantiles, k: [2, 3, 4], column: [0, 1]}]",
      experiment: "stability: {resamples: 4}")
    let steps = try steps(of: folder.run(study))
    #expect(served(steps, "quantiles order") == [3, 3])
    #expect(served(steps, "quantiles order of refits") == [3, 3])
    #expect(served(steps, "quantiles").count == 6)
  }

  @Test func `the plan foresees the steps of the run`() throws {
    let pools = [
      try folder.study(),
      try folder.study(
        grid: "[{model: quantiles, k: [2, 3, 4], column: [0, 1]}, {model: cuts, k: [2, 3]}]",
        experiment: "stability: {resamples: 4}"),
    ]
    for study in pools {
      let summary = try folder.run(study)
      let planned = try folder.sharing(of: study)
      #expect(planned.trials == summary.sharing.trials)
      #expect(planned.steps == summary.sharing.steps)
      #expect(planned.stepsAlone == summary.sharing.stepsAlone)
      #expect(planned.secondsSaved == nil)
    }
  }

  @Test func `a run that computes nothing has no steps`() throws {
    _ = try folder.run(folder.study())
    let again = try folder.run(folder.study())
    #expect(again.sharing.trials == 0 && again.sharing.steps == 0)
  }

  @Test func `threads change no step and no count`() throws {
    let one = try steps(of: folder.run(folder.study(), in: "one", threads: 1))
    let four = try steps(of: folder.run(folder.study(), in: "four", threads: 4))
    let parts = { (steps: [StepRecord]) in Set(steps.map { "\($0.key) \($0.trials)" }) }
    #expect(parts(one) == parts(four))
  }

  @Test(arguments: [
    (0.0123, "0.012 s"), (12.44, "12.4 s"), (754.4, "754 s"), (3.0, "3 s"),
  ])
  func `seconds are told to what matters`(seconds: Double, text: String) throws {
    let sharing = StageSharing(
      trials: 2, steps: [StepRecord(name: "a", key: "a", trials: 2, seconds: seconds)])
    #expect(
      sharing.sentence("saved") == "2 trials, 1 step instead of 2; sharing saved \(text)")
  }

  @Test func `trials that share nothing say so`() {
    let alone = StageSharing(
      trials: 1, steps: [StepRecord(name: "a", key: "a", trials: 1, seconds: 1)])
    #expect(alone.sentence("saved") == "1 trial, 1 step, nothing to share")
  }
}

extension RunFolder {
  func sharing(of study: StudyFile, catalog: Catalog = Toy.catalog) throws -> StageSharing {
    try StudyInput(study, catalog: catalog, on: .serial).sharing
  }
}
