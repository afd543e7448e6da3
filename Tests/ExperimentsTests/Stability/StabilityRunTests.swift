import Evaluation
import Experiments
import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// Refits of trials inside runs.
@Suite struct StabilityRunTests {
  private let folder: RunFolder

  init() throws { folder = try RunFolder(rowCount: 240) }

  private func run(
    _ experiment: String, grid: String = "[{model: cuts, k: 3}]", in runs: String = "runs",
    threads: Int = 1
  ) throws -> RunSummary {
    try folder.run(
      folder.study(
        shared: "{pca.components: none}", grid: grid,
        experiment: experiment),
      in: runs, threads: threads)
  }

  private func trial(_ summary: RunSummary) throws -> (TrialRecord, StabilityEvidence) {
    let experiment = summary.record.experiments[0]
    let trial = try #require(experiment.leaderboard.first?.trial)
    #expect(trial.status == .done, "\(trial.reason ?? "")")
    return (trial, try #require(experiment.evidence[trial.id]?.stability))
  }

  private static let everything =
    "metrics: [silhouette, stability, prediction_strength, pac, gap]"

  @Test(arguments: Study.Stability.Method.allCases)
  func `groups far apart come back in every replicate`(method: Study.Stability.Method) throws {
    let (trial, evidence) = try trial(run("stability: {method: \(method.rawValue), resamples: 20}"))
    // Noise stretches the range that `cuts` divides, and without its first column it divides another.
    if method != .noise && method != .columns {
      #expect(trial[metric: "stability"]?.value == 1)
      #expect(trial[metric: "stability.min"]?.value == 1)
      #expect(trial[metric: "stability_ari"]?.value == 1)
      #expect(evidence.stability.segments.map(\.recovered) == [20, 20, 20])
    }
    #expect(evidence.stability.replicateCount == 20)
    #expect(evidence.options.method == method)
  }

  @Test func `every figure that is named is measured`() throws {
    let (trial, evidence) = try trial(run(Self.everything))
    #expect(trial[metric: "prediction_strength"]?.value == 1)
    #expect(trial[metric: "pac"]?.value == 0)
    // Three groups of 80: pairs are together always or never, but for the few that no replicate draws.
    let apart = 3 * 80 * 80 / (240 * 239 / 2.0)
    #expect(abs((trial[metric: "consensus_area"]?.value ?? 0) - apart) < 1e-3)
    let gap = try #require(trial[metric: "gap"])
    #expect(gap.value == evidence.gap?.gap)
    #expect(gap.standardError == evidence.gap?.standardError)
    let whole = try #require(evidence.gapOfOne)
    #expect(gap.ofOneSegment == whole.gap)
    #expect(whole.referenceCount == evidence.gap?.referenceCount)
    // Three groups far apart are tighter than all rows about one mean.
    #expect(whole.logDispersion > (evidence.gap?.logDispersion ?? .infinity))
    #expect(evidence.consensus?.segments.map(\.mean) == [1, 1, 1])
    #expect(trial.metrics.filter { $0.name.hasPrefix("stab") }.map(\.rowCount) == [240, 240, 240])
  }

  @Test func `figures that are not named are not measured`() throws {
    let (trial, evidence) = try trial(run("metrics: [silhouette, stability]"))
    #expect(trial[metric: "gap"] == nil && evidence.gap == nil && evidence.gapOfOne == nil)
    #expect(evidence.predictionStrength == nil && evidence.consensus == nil)
  }

  @Test func `records of a version without the gap of one segment are read`() throws {
    let metric = MetricRecord(
      name: "gap", value: 0.4, direction: .higherIsBetter, split: "all", rowCount: 9,
      standardError: 0.1)
    let bytes = try JSONEncoder().encode(metric)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("ofOneSegment"))
    #expect(try JSONDecoder().decode(MetricRecord.self, from: bytes) == metric)
    var (_, evidence) = try trial(run(Self.everything))
    evidence.gapOfOne = nil
    let old = try JSONEncoder().encode(evidence)
    #expect(!String(decoding: old, as: UTF8.self).contains("gapOfOne"))
    #expect(try JSONDecoder().decode(StabilityEvidence.self, from: old) == evidence)
  }

  @Test(arguments: Study.Stability.Method.allCases)
  func `one and four threads give equal bytes`(method: Study.Stability.Method) throws {
    let text = Self.everything + "\nstability: {method: \(method.rawValue), resamples: 5}"
    let grid = "[{model: cuts, k: [2, 4]}, {model: quantiles, k: [2, 3]}]"
    let serial = try folder.contents(of: run(text, grid: grid, in: "serial"))
    let parallel = try folder.contents(of: run(text, grid: grid, in: "parallel", threads: 4))
    #expect(serial == parallel)
  }

  @Test func `sharing the costly part of refits changes no byte`() throws {
    let text = Self.everything + "\nstability: {resamples: 5}"
    let together = try run(text, grid: "[{model: quantiles, k: [2, 3]}]", in: "together")
    let alone = try run(text, grid: "[{model: quantiles, k: 3}]", in: "alone")
    let id = try #require(alone.record.experiments[0].leaderboard.first?.trial.id)
    func files(_ summary: RunSummary) throws -> [String: Data] {
      try folder.contents(of: summary).filter { $0.key.contains("trials/\(id)/") }
    }
    #expect(try files(alone) == files(together) && !files(alone).isEmpty)
  }

  @Test func `long tables are sampled and the record says so`() throws {
    let (trial, evidence) = try trial(run("stability: {rows: 100}"))
    let metric = try #require(trial[metric: "stability"])
    #expect(metric.rowCount == 100)
    #expect(metric.sampledFrom == 240)
    #expect(evidence.rowCount == 100 && evidence.sampledFrom == 240)
  }

  // A bootstrap of 240 rows leaves about 152 of them.
  @Test func `a replicate that cannot be fitted counts and is told`() throws {
    let (trial, evidence) = try trial(
      run("stability: {resamples: 10}", grid: "[{model: quorum, k: 3, needed: 240}]"))
    #expect(evidence.failedCount == 10)
    #expect(trial[metric: "stability"]?.value == 0)
    #expect(trial[metric: "stability_ari"]?.value == 0)
    let warning = try #require(trial.warnings.first)
    #expect(warning.contains("10 of 10 replicates could not be fitted"))
    #expect(warning.contains("quorum: "))
  }

  @Test func `a requirement on the least stable segment decides`() throws {
    let text = "stability: {resamples: 10}\nrequire: {stability.min: 0.9}"
    let rows = try run(text, grid: "[{model: cuts, k: [3, 7]}]").record.experiments[0].leaderboard
    let chosen = try #require(rows.first { $0.isChosen })
    #expect(chosen.trial[metric: "segments"]?.value == 3)
    #expect(rows.contains { $0.unmet.contains { $0.hasPrefix("stability.min") } })
  }

  @Test func `stability is part of what decides a trial`() throws {
    func key(_ text: String) throws -> String {
      try Plan(
        folder.study(grid: "[{model: cuts}]", experiment: text).study, fingerprint: "sha256:1",
        catalog: Toy.catalog
      ).trials[0].key
    }
    let keys = try [
      key(""), key("stability: {}"), key("stability: {resamples: 20}"),
      key("stability: {rows: 300}"),
    ]
    #expect(Set(keys).count == 4)
  }
}
