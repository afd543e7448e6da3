import Evaluation
import Experiments
import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// The algorithms of the catalogue on rows with clear segments, and on rows without any.
struct CatalogStabilityTests {
  /// A run of a table of numbers on the standard catalogue; the trials in the order of the grid's table.
  private static func trials(
    _ rows: [[Double]], grid: String, metrics: String, resamples: Int
  ) throws -> [TrialRecord] {
    let path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let names = rows[0].indices.map { "x\($0)" }.joined(separator: ",")
    let lines = rows.map { $0.map { "\($0)" }.joined(separator: ",") }
    try Data(([names] + lines).joined(separator: "\n").utf8)
      .write(to: URL(filePath: path + "/table.csv"))
    let file = try StudyReader(catalog: .standard).read(
      text: studyText(
        data: "{source: table.csv}", shared: "{standardize.method: none}", grid: grid,
        experiment: "metrics: \(metrics)\nstability: {resamples: \(resamples)}"),
      path: path + "/study.yaml")
    let environment = RunEnvironment(
      pool: WorkerPool(threadCount: 2),
      machine: MachineRecord(system: "test", architecture: "test", host: "test", threads: 2),
      now: { 0 }, isCancelled: { false }, onProgress: { _ in })
    let summary = try Runner(environment, catalog: .standard).run(file, in: path + "/runs")
    return summary.record.experiments[0].leaderboard.map(\.trial)
  }

  /// Normal rows about three points ten deviations apart.
  private static func blobs(_ count: Int) -> [[Double]] {
    var source = RandomSource(seed: Seed(5))
    return (0..<count).map { row in
      let center = [[0.0, 0], [12, 0], [0, 12]][row % 3]
      return center.map { $0 + source.normal() }
    }
  }

  @Test func `every algorithm finds three blobs again in every replicate`() throws {
    let grid = """
      [{model: k-means, k: 3}, {model: gaussian-mixture, k: 3}, {model: hierarchical, k: 3}, \
      {model: dbscan, eps: 2.5, min_samples: 5}, {model: hdbscan, min_cluster_size: 20}]
      """
    let trials = try Self.trials(
      Self.blobs(300), grid: grid, metrics: "[silhouette, stability, prediction_strength]",
      resamples: 10)
    #expect(trials.count == 5)
    for trial in trials {
      #expect(trial.status == .done, "\(trial.model): \(trial.reason ?? "")")
      // Outermost rows may be noise to densities: a few in a hundred.
      let isDense = trial.model.hasSuffix("dbscan")
      #expect(
        (trial[metric: "stability.min"]?.value ?? 0) >= (isDense ? 0.93 : 1), "\(trial.model)")
      #expect(
        (trial[metric: "prediction_strength"]?.value ?? 0) >= (isDense ? 0.85 : 1), "\(trial.model)"
      )
    }
  }

  @Test func `segments of even noise are not to be trusted`() throws {
    var source = RandomSource(seed: Seed(8))
    let rows = (0..<300).map { _ in (0..<6).map { _ in source.uniform() } }
    let trials = try Self.trials(
      rows, grid: "[{model: k-means, k: 8}]",
      metrics: "[silhouette, stability, prediction_strength, pac]", resamples: 20)
    let trial = try #require(trials.first)
    let stability = try #require(trial[metric: "stability"])
    #expect(ClusterStability.Reading(stability.value) == .doubtful)
    #expect((trial[metric: "prediction_strength"]?.value ?? 1) < PredictionStrength.threshold)
    #expect((trial[metric: "pac"]?.value ?? 0) > 0.2)
  }

  /// What the rule answers among one segment and the k of the trials.
  private static func segmentCount(_ trials: [TrialRecord]) throws -> Int? {
    var points: [(k: Int, gap: MetricRecord)] = []
    for trial in trials {
      guard case .integer(let k) = trial.stages.last?.parameters["k"] else { continue }
      let gap = try #require(trial[metric: "gap"])
      points.append((k: k, gap: gap))
    }
    points.sort { $0.k < $1.k }
    let one = try #require(points.first?.gap.ofOneSegment)
    // The same rows and references, whatever k is.
    for point in points { #expect(point.gap.ofOneSegment == one) }
    let ks = [1] + points.map { $0.k }
    let gaps = [one] + points.map { $0.gap.value }
    // The rule never asks for the error of what stands first.
    let errors = [0] + points.map { $0.gap.standardError ?? 0 }
    return GapRule.firstMaximum.choice(gaps: gaps, standardErrors: errors).map { ks[$0] }
  }

  /// One row drawn evenly from each cell of a lattice: noise of two columns with next to no luck in it.
  ///
  /// Halving a square takes the same share off log W for rows and references, so the gaps of one and two segments
  /// differ by the error of a mean of 30, a fifth of the standard error that the rule allows.
  @Test func `the gap of even noise is for one segment`() throws {
    var source = RandomSource(seed: Seed(3))
    let rows = (0..<400).map { cell in
      [Double(cell % 20) + source.uniform(), Double(cell / 20) + source.uniform()]
    }
    let trials = try Self.trials(
      rows, grid: "[{model: k-means, k: {range: [2, 4]}}]", metrics: "[silhouette, gap]",
      resamples: 30)
    #expect(try Self.segmentCount(trials) == 1)
  }

  @Test func `the gap of three blobs is for three segments`() throws {
    let trials = try Self.trials(
      Self.blobs(300), grid: "[{model: k-means, k: {range: [2, 5]}}]",
      metrics: "[silhouette, gap]", resamples: 30)
    #expect(try Self.segmentCount(trials) == 3)
  }

  /// Means of 400 replicates of fpc's own k-means and 100 of ours, each of ten starts: the difference of
  /// two independent means stays within four of its standard errors.
  @Test func `bootstrap means agree with those of fpc`() throws {
    struct Usual: Decodable {
      let sizes: [Int]
      let means: [Double]
      let deviations: [Double]
      let replicates: Int
    }
    struct Document: Decodable {
      let iris: [[Double]]
      let usual: Usual
    }
    let document = try Fixture.load("stability", as: Document.self)
    let x = Matrix(rows: document.iris)
    var estimator = KMeans()
    estimator.k = 3
    estimator.restarts = .count(10)
    func labels(_ x: Matrix, _ seed: Seed) throws -> [Int] {
      try estimator.fit(x, in: FitContext(seed: seed)).model.assign(x, on: .serial).labels
    }
    let reference = try labels(x, Seed(1))
    let source = try ReplicateSource(.bootstrap, of: x, seed: Seed(1))
    let stability = try ClusterStability(
      (0..<100).map { index in
        let replicate = source.replicate(index)
        return try SegmentRecovery(
          of: reference, segmentCount: 3, rows: replicate.rows,
          labels: labels(replicate.x, replicate.seed))
      })
    let usual = document.usual
    for (index, size) in usual.sizes.enumerated() {
      let segment = try #require((0..<3).first { label in reference.count { $0 == label } == size })
      let variance = usual.deviations[index] * usual.deviations[index]
      let error = (variance / 100 + variance / Double(usual.replicates)).squareRoot()
      let found = stability.segments[segment].mean
      #expect(abs(found - usual.means[index]) <= 4 * error, "\(size) rows: \(found)")
    }
  }
}
