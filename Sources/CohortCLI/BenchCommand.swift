import ArgumentParser
import Evaluation
import Foundation
import Learning
import Numerical
import Tabular

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time one algorithm on one input, the input being in memory.",
    discussion: """
      The first call is a warm-up and not counted. Without --input, numeric cases use seeded Gaussian \
      groups of 200,000 × 16. benchmarks/run calls this beside other libraries.

      EXAMPLES
        cohort bench k-means --k 64 --iterations 20
        cohort bench csv --input customers.csv --json
      """)

  enum Case: String, ExpressibleByArgument, CaseIterable {
    case kMeans = "k-means"
    case pca, silhouette, csv
  }

  @Argument(help: "One of: k-means, pca, silhouette, csv.")
  var subject: Case

  @Option(help: "A .npy array (csv: a CSV file).")
  var input: String?

  @Option(help: "k-means: a .npy array of starting centres.")
  var starts: String?

  @Option(help: "silhouette: a .npy array of labels.")
  var labels: String?

  @Option(help: "k-means, silhouette without --labels: number of clusters.")
  var k = 8

  @Option(help: "k-means: number of iterations (fewer if it converges exactly).")
  var iterations = 50

  @Option(help: "pca: number of components.")
  var components = 8

  @Option(help: "Timed calls.")
  var repeats = 5

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if k < 1 || iterations < 1 || components < 1 {
      throw ValidationError("--k, --iterations and --components must be at least 1")
    }
    if repeats < 1 { throw ValidationError("--repeats must be at least 1") }
    if subject == .csv && input == nil { throw ValidationError("csv needs --input FILE") }
  }

  func run() throws {
    let pool = try compute.makePool()
    let measurement =
      switch subject {
      case .kMeans: try kMeans(pool)
      case .pca: try pca(pool)
      case .silhouette: try silhouette(pool)
      case .csv: try csv(pool)
      }
    if output.json { return try JSONOutput.write(measurement) }
    try Console.write(measurement.text + "\n")
  }

  private func kMeans(_ pool: WorkerPool) throws -> Measurement {
    let x = try matrix()
    var estimator = KMeans()
    estimator.k = k
    estimator.iterations = iterations
    estimator.tolerance = 0
    estimator.restarts = .count(1)
    if let starts {
      let centers = try NumpyFile.matrix(at: starts)
      estimator.k = centers.rowCount
      estimator.initialization = .given(centers)
    }
    let context = FitContext(seed: Seed(0), pool: pool)
    return try measure {
      try estimator.fit(x, in: context)
    } quality: { fit in
      ["inertia": fit.trace.losses.last ?? .nan, "iterations": Double(fit.trace.losses.count)]
    }
  }

  private func pca(_ pool: WorkerPool) throws -> Measurement {
    let x = try matrix()
    var estimator = PrincipalComponents()
    estimator.components = .count(components)
    estimator.solver = .covariance
    let context = FitContext(seed: Seed(0), pool: pool)
    return try measure {
      try estimator.fit(x, in: context)
    } quality: { fit in
      ["variance": fit.model.explainedVariance.reduce(0, +)]
    }
  }

  private func silhouette(_ pool: WorkerPool) throws -> Measurement {
    let x = try matrix()
    let groups = try labels.map(NumpyFile.integers) ?? (0..<x.rowCount).map { $0 % k }
    return try measure {
      try Silhouette(x, labels: groups, on: pool)
    } quality: { silhouette in
      ["silhouette": silhouette.mean]
    }
  }

  private func csv(_ pool: WorkerPool) throws -> Measurement {
    let path = input ?? ""
    return try measure {
      try Table.read(csv: path, on: pool)
    } quality: { table in
      ["rows": Double(table.rowCount), "sum": table["f3"]?.numbers?.reduce(0, +) ?? 0]
    }
  }

  private func matrix() throws -> Matrix {
    if let input { return try NumpyFile.matrix(at: input) }
    var random = RandomSource(seed: Seed(0).derived("bench"))
    let centers = (0..<8 * 16).map { _ in 3 * random.normal() }
    return Matrix(
      rowCount: 200_000, columnCount: 16,
      values: (0..<200_000 * 16).map { centers[$0 / 16 % 8 * 16 + $0 % 16] + random.normal() })
  }

  private func measure<Result>(
    _ body: () throws -> Result, quality: (Result) -> [String: Double]
  ) throws -> Measurement {
    var result = try body()
    ProcessMemory.reset()
    let before = ProcessMemory.highWaterMegabytes
    let seconds = try (0..<repeats).map { _ in
      let start = ContinuousClock.now
      result = try body()
      return (ContinuousClock.now - start) / .seconds(1)
    }
    return Measurement(
      seconds: seconds, memoryMegabytes: ProcessMemory.highWaterMegabytes,
      memoryBeforeMegabytes: before, quality: quality(result))
  }
}

/// What a benchmark found.
private struct Measurement: Encodable {
  let seconds: [Double]
  let memoryMegabytes: Double?
  let memoryBeforeMegabytes: Double?
  let quality: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case seconds, quality
    case memoryMegabytes = "memory_mb"
    case memoryBeforeMegabytes = "memory_before_mb"
  }

  var text: String {
    let median = seconds.sorted()[seconds.count / 2]
    let facts = quality.keys.sorted().map { "\($0) \(quality[$0] ?? .nan)" }
    let memory = memoryMegabytes.map { "\(Int($0.rounded())) MB" } ?? "memory unknown"
    return (["\(median) s (median of \(seconds.count))", memory] + facts).joined(separator: ", ")
  }
}
