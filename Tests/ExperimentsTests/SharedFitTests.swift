import Artifacts
import Experiments
import Foundation
import Learning
import Testing

/// Fits with a costly part that trials share, and fits that are too large.
@Suite struct SharedFitTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder() }

  private static let grid = "[{model: quantiles, k: [1, 2, 3], column: [0, 1]}]"

  private func study(_ grid: String = grid, _ experiment: String = "", tail: String = "") throws
    -> StudyFile
  {
    try folder.study(
      shared: "{pca.components: none}", grid: grid, experiment: experiment, tail: tail)
  }

  @Test func `the part that trials share is one step of the plan for all of them`() throws {
    let plan = try Plan(try study().study, fingerprint: "sha256:1", catalog: Toy.catalog)
    let shared = plan.stages.filter { $0.name == "quantiles order" }
    #expect(shared.map(\.trialCount) == [3, 3])
    #expect(shared.map { $0.parameters.names } == [["column"], ["column"]])
    #expect(plan.text.contains("quantiles order column=0: 3 trials"))
  }

  @Test func `a shared part that fails, fails the trials behind it and no others`() throws {
    let summary = try folder.run(study("[{model: quantiles, k: [99, 2], column: [0, 1]}]"))
    let rows = summary.record.experiments[0].leaderboard
    // k = 99 is the first of each group and so the one whose settings the shared part runs with.
    #expect(rows.count { $0.trial.status == .failed } == 4)
    #expect(rows.allSatisfy { $0.trial.reason?.hasPrefix("quantiles: ") ?? true })
  }

  @Test(arguments: [1, 4]) func `sharing changes no byte`(threads: Int) throws {
    let together = try folder.run(study(), in: "together", threads: threads)
    let alone = try folder.run(
      study("[{model: quantiles, k: 2, column: 1}]"), in: "alone", threads: 1)
    let trial = try #require(alone.record.experiments[0].leaderboard.first?.trial.id)
    let bytes = try folder.contents(of: alone).filter { $0.key.contains("trials/\(trial)/") }
    let shared = try folder.contents(of: together).filter { $0.key.contains("trials/\(trial)/") }
    #expect(!bytes.isEmpty && bytes == shared)
  }

  @Test func `a fit's own figures are metrics that can decide`() throws {
    let summary = try folder.run(
      study(Self.grid, "select: {metric: bic}\nrequire: {bic: {min: 2}}"))
    let chosen = try #require(summary.record.experiments[0].chosen)
    #expect(chosen.trial[metric: "bic"]?.value == 2)
  }

  @Test func `a metric that does not exist for one segment is left out with a reason`() throws {
    let summary = try folder.run(study("[{model: quantiles, k: [1, 2]}]"))
    let rows = summary.record.experiments[0].leaderboard
    let single = try #require(rows.first { $0.trial[metric: "segments"]?.value == 1 })
    #expect(single.trial.status == .done)
    #expect(single.trial[metric: "silhouette"] == nil)
    #expect(single.rank == nil && single.unmet == ["silhouette was not measured"])
    #expect(
      single.trial.warnings == [
        "silhouette, calinski_harabasz, davies_bouldin cannot be computed for 1 segment"
      ])
  }

  @Test func `a fit beyond the memory limit is skipped with what would fit, and tried again`()
    throws
  {
    // 60 rows need 28,800 bytes; 50 rows would need 20,000.
    let summary = try folder.run(
      study("[{model: quantiles, k: 2}, {model: cuts, k: 3}]", tail: "limits: {memory: 20kB}"))
    let rows = summary.record.experiments[0].leaderboard
    #expect(rows[0].trial.model == "cuts" && rows[0].isChosen)
    #expect(rows[1].trial.status == .skipped)
    #expect(
      rows[1].trial.reason
        == "quantiles: 60 rows need about 29 kB of memory, above the limit of 20 kB; "
        + "about 50 rows fit")
    #expect(summary.failedCount == 0)
    let again = try folder.run(study("[{model: quantiles, k: 2}, {model: cuts, k: 3}]"))
    #expect(again.computedCount == 1 && again.reusedCount == 1)
    #expect(again.record.experiments[0].leaderboard.allSatisfy { $0.trial.status == .done })
  }

  @Test func `the rule's agreement with the fit is kept with the model`() throws {
    let summary = try folder.run(study("[{model: quantiles, k: 2}]"))
    let trial = try #require(summary.record.experiments[0].leaderboard.first?.trial.id)
    let model = "\(summary.directory.path)/trials/\(trial)/model"
    let artifact = try ArtifactReader.load(model, catalog: Toy.catalog).segmentation
    // The fit halves the 60 rows; the model puts everything into the last part.
    #expect(artifact.assignment.agreement == 0.5)
    #expect(artifact.assignment.rowCount == 60)
    #expect(artifact.assignment.rule.placement == "equal parts")
    // The profile is of what the fit said.
    #expect(artifact.profile?.rowCount == 60)
    #expect(artifact.profile?.segments?.map(\.rowCount) == [30, 30])
  }

  @Test(arguments: [
    ("8GB", 8e9), ("1.5 GiB", 1.5 * 1_073_741_824), ("500mb", 5e8), ("4096", 4096), ("12 kB", 12e3),
  ])
  func `amounts of memory are read as people write them`(text: String, bytes: Double) {
    #expect(MemorySize(text)?.bytes == bytes)
  }

  @Test(arguments: ["", "GB", "-1GB", "0", "8 XB", "nan", "1e400", "8GB8"])
  func `what is no amount of memory is refused`(text: String) {
    #expect(MemorySize(text) == nil)
  }
}
