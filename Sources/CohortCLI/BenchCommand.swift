import ArgumentParser
import Evaluation
import Experiments
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
        cohort bench k-means -S k=64 -S iterations=20
        cohort bench hierarchical -S linkage=average --input customers.npy --stage
        cohort bench csv --input customers.csv --json
        cohort bench boosting --input data/propensity_ -S num_iterations=200
      """)

  @Argument(
    help: """
      An algorithm of the catalogue, or silhouette, bootstrap, gap, consensus, auc-interval, csv, boosting.
      """)
  var subject: String

  @Option(help: "A .npy array (csv: a CSV file; boosting: where names of .npy arrays begin).")
  var input: String?

  @Option(name: .customShort("S"), help: "A parameter of the algorithm, name=value; repeatable.")
  var set: [String] = []

  @Flag(help: "Time only the part of the fit that settings share, such as a merge tree.")
  var stage = false

  @Option(help: "k-means: a .npy array of starting centres.")
  var starts: String?

  @Option(help: "silhouette: a .npy array of labels (default: eight groups in turn).")
  var labels: String?

  @Option(help: "boosting and resampled clusterings: the first rows to fit; 0 for all.")
  var rows = 0

  @Option(help: "Timed calls.")
  var repeats = 5

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let subjects =
      Catalog.standard.entries.map(\.name) + [
        "silhouette", "csv", "boosting", IntervalCase.subject,
      ]
      + StabilityCase.Subject.allCases.map(\.rawValue)
    guard subjects.contains(subject) else {
      let nearest = NearestName.nearest(to: subject, among: subjects)
      throw ValidationError(
        "there is no case \(subject); \(nearest.map { "did you mean \($0)? " } ?? "")"
          + "known are \(subjects.joined(separator: ", "))")
    }
    if stage && Catalog.standard[subject]?.stage == nil {
      throw ValidationError("\(subject) has no part that settings share")
    }
    if rows < 0 { throw ValidationError("--rows must be at least 0") }
    if subject == "boosting" && input == nil {
      throw ValidationError("boosting needs --input PREFIX, such as data/propensity_")
    }
    if repeats < 1 { throw ValidationError("--repeats must be at least 1") }
    if subject == "csv" && input == nil { throw ValidationError("csv needs --input FILE") }
  }

  func run() throws {
    let pool = try compute.makePool()
    let measurement =
      switch subject {
      case "silhouette": try silhouette(pool)
      case "csv": try csv(pool)
      case "boosting": try boosting(pool)
      case IntervalCase.subject: try interval(pool)
      default: try stability(pool) ?? algorithm(pool)
      }
    if output.json { return try JSONOutput.write(measurement) }
    try Console.write(measurement.text + "\n")
  }

  private func interval(_ pool: WorkerPool) throws -> Measurement {
    let trial = try IntervalCase(try matrix(), parameters: parameters())
    return try measure {
      try trial.run(on: pool)
    } quality: {
      $0
    }
  }

  /// Nil for subjects that are no resampled clustering.
  private func stability(_ pool: WorkerPool) throws -> Measurement? {
    guard let subject = StabilityCase.Subject(rawValue: subject) else { return nil }
    let x = try matrix()
    let trial = try StabilityCase(
      subject, x: rows > 0 && rows < x.rowCount ? x.selectingRows(Array(0..<rows)) : x,
      parameters: parameters())
    return try measure {
      try trial.run(on: pool)
    } quality: {
      $0
    }
  }

  private func algorithm(_ pool: WorkerPool) throws -> Measurement {
    guard let entry = Catalog.standard[subject] else { throw ValidationError("no \(subject)") }
    let x = try matrix()
    let given = try parameters()
    let context = FitContext(seed: Seed(0), pool: pool)
    if stage, let stage = entry.stage {
      return try measure {
        try stage.compute(given, x, context)
      } quality: { _ in
        [:]
      }
    }
    return try measure {
      try entry.fit(given, x, context)
    } quality: {
      Self.quality(of: $0)
    }
  }

  private func parameters() throws -> Parameters {
    var pairs: [(String, ParameterValue)] = []
    for text in set {
      guard let equals = text.firstIndex(of: "=") else {
        throw ValidationError("-S must be name=value, found \(text)")
      }
      pairs.append(
        (String(text[..<equals]), ParameterValue(plain: String(text[text.index(after: equals)...])))
      )
    }
    if let starts {
      let centers = try NumpyFile.matrix(at: starts)
      pairs.append(("k", .integer(centers.rowCount)))
      pairs.append(("initialization", KMeansInitialization.given(centers).parameterValue))
    }
    return Parameters(pairs)
  }

  /// What identifies a result beside other libraries' results.
  private static func quality(of fit: Fit<CatalogEntry.Model>) -> [String: Double] {
    var quality: [String: Double] = [:]
    for score in fit.trace.scores { quality[score.measure.rawValue] = score.value }
    if let loss = fit.trace.losses.last {
      quality["loss"] = loss
      quality["iterations"] = Double(fit.trace.losses.count)
    }
    if case .clusterer(let model) = fit.model { quality["clusters"] = Double(model.clusterCount) }
    if case .transformer(let model as PrincipalComponentsModel) = fit.model {
      quality["variance"] = model.explainedVariance.reduce(0, +)
    }
    if let labels = fit.assignments?.labels {
      quality["noise"] = Double(labels.count { $0 < 0 }) / Double(max(labels.count, 1))
      quality["label_sum"] = Double(labels.reduce(0, +))
    }
    return quality
  }

  private func silhouette(_ pool: WorkerPool) throws -> Measurement {
    let x = try matrix()
    let groups = try labels.map(NumpyFile.integers) ?? (0..<x.rowCount).map { $0 % 8 }
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

  private func boosting(_ pool: WorkerPool) throws -> Measurement {
    let trial = try BoostingCase(prefix: input ?? "", rows: rows, parameters: parameters())
    return try measure {
      try trial.fit(on: pool)
    } quality: { fit in
      try trial.quality(of: fit.model, on: pool)
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
    _ body: () throws -> Result, quality: (Result) throws -> [String: Double]
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
      memoryBeforeMegabytes: before, quality: try quality(result))
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
