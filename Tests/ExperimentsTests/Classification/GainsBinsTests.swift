import Evaluation
import Experiments
import Foundation
import Numerical
import Testing

struct GainsBinsTests {
  @Test func `a study may ask for any number of bins from two to a thousand`() throws {
    let folder = try PropensityFolder()
    for bins in [2, 20, 1000] {
      let study = try folder.study(experiment: "gains: {bins: \(bins)}").study
      #expect(study.experiments[0].classification?.gainsBins == bins)
    }
    #expect(try folder.study().study.experiments[0].classification?.gainsBins == nil)
  }

  @Test(arguments: [
    ("gains: {bins: 1}", "bins must be a whole number from 2 to 1000"),
    ("gains: {bins: 1001}", "bins must be a whole number from 2 to 1000"),
    ("gains: {bins: 2.5}", "bins must be a whole number from 2 to 1000"),
    ("gains: {}", "gains has no bins"),
    ("gains: {bin: 20}", "did you mean bins?"),
    ("gains: 20", "gains must be a mapping"),
  ])
  func `other bins are refused`(line: String, phrase: String) throws {
    let folder = try PropensityFolder()
    let error = #expect(throws: StudyError.self) { try folder.study(experiment: line) }
    let message = try #require(error).description
    #expect(message.contains(phrase), "\(message)")
  }

  /// Trials from before the key existed are still theirs.
  @Test func `ten bins are the same trials whether they are asked for or not`() throws {
    let folder = try PropensityFolder()
    func trials(_ experiment: String) throws -> [String] {
      try StudyInput(folder.study(experiment: experiment), on: WorkerPool(threadCount: 1))
        .plan.trials.map(\.id)
    }
    #expect(try trials("gains: {bins: 10}") == trials(""))
    #expect(try trials("gains: {bins: 20}") != trials(""))
  }

  @Test func `the evidence and its file have the bins asked for`() throws {
    let folder = try PropensityFolder()
    let summary = try folder.run(
      try folder.study(
        grid: "[{model: logistic-regression}]", experiment: "gains: {bins: 20}"))
    let experiment = summary.record.experiments[0]
    let trial = try #require(experiment.chosen).trial
    let gains = try #require(experiment.classification[trial.id]).gains
    // Ages are real numbers, so no scores tie: 240 rows in twenties.
    #expect(gains.binCount == 20)
    #expect(gains.rows.map(\.rowCount) == [Int](repeating: 12, count: 20))
    let file = "\(summary.directory.path)/trials/\(trial.id)/curves/gains.csv"
    let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    #expect(text.split(separator: "\n").count == 21)
  }
}
