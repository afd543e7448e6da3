import Artifacts
import Foundation
import Learning
import Numerical
import Tabular

/// Places rows at the nearest of given centers; enough of a clusterer to store and score with.
struct NearestCenter: Estimator {
  var k = 2
  static let schema = Schema<Self>(
    "nearest-center", "The first k rows are the centers.",
    [.integer("k", \.k, .closed(1, 100), "Number of centers.")])

  func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

  func fit(
    _ x: Matrix, in context: FitContext
  ) throws(LearningError) -> Fit<NearestCenterModel> {
    Fit(model: NearestCenterModel(centers: x.selectingRows(Array(0..<k))), trace: FitTrace())
  }
}

struct NearestCenterModel: Clusterer, Equatable {
  var centers: Matrix
  var clusterCount: Int { centers.rowCount }
  var rule: AssignmentRule { AssignmentRule(placement: "nearest centre", anomaly: "distance") }

  func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    guard x.columnCount == centers.columnCount else {
      throw .width(expected: centers.columnCount, found: x.columnCount)
    }
    var labels: [Int] = []
    var distances: [Double] = []
    for row in 0..<x.rowCount {
      let candidates = (0..<clusterCount).map { center in
        (0..<x.columnCount).reduce(0.0) { sum, column in
          let difference = x[row, column] - centers[center, column]
          return sum + difference * difference
        }.squareRoot()
      }
      let nearest = candidates.indices.min { candidates[$0] < candidates[$1] } ?? -1
      labels.append(nearest)
      distances.append(candidates[nearest])
    }
    return Assignments(
      labels: labels, distances: distances, strengths: labels.map { _ in 1 },
      anomalies: distances)
  }
}

/// A small segmentation of four customers.
enum Sample {
  static let catalog = Catalog([
    .transformer(Standardize.self), .transformer(PrincipalComponents.self),
    .clusterer(NearestCenter.self),
  ])

  /// Columns: id (text), age (integer, one missing), spend (real), plan (category a, b).
  static let table = Table(columns: [
    Column(name: "id", values: .text(["c-1", "c-2", "c-3", "c-4"])),
    Column(name: "age", values: .integer([20, 60, 0, 40]), missingRows: [2]),
    Column(name: "spend", values: .real([1.5, 100.25, 3, 90])),
    Column(name: "plan", values: .category(codes: [0, 1, 0, 1], levels: ["a", "b"])),
  ])

  static func pipeline() throws -> SegmentationPipeline {
    var options = EncodingOptions()
    options.rareRows = 1
    let encoder = try TableEncoder.fit(table, features: ["age", "spend", "plan"], options: options)
    let encoded = try encoder.encode(table, on: .serial).matrix
    let context = FitContext(seed: Seed(1))
    let scaling = try Standardize().fit(encoded, in: context).model
    let scaled = try scaling.transform(encoded, on: .serial)
    let clusters = try NearestCenter().fit(scaled, in: context).model
    return SegmentationPipeline(
      encoder: encoder, transformers: [.init(algorithm: "standardize", model: scaling)],
      clusterer: .init(algorithm: "nearest-center", model: clusters))
  }

  static let lineage = Lineage(
    dataFingerprint: "sha256:00", rowCount: 4,
    configuration: .object(["k": .integer(2), "tolerance": .real(1)]), seed: .max,
    engineVersion: "0.1.0", run: "demo-1", trial: "0123456789ab")

  static func artifact(
    passthrough: [String] = ["id"], pipeline: SegmentationPipeline? = nil, metric: Double = 0.5
  ) throws -> SegmentationArtifact {
    try SegmentationArtifact(
      pipeline: try pipeline ?? Self.pipeline(), passthrough: passthrough, nullTokens: ["", "NA"],
      sizes: [1, 3], agreement: (1, 4),
      metrics: [
        EvidenceMetric(name: "silhouette", value: metric, goal: "max", split: "all", rowCount: 4)
      ], lineage: lineage)
  }

  /// Hands the place of a published sample to `body`.
  static func withPublished(_ body: (String) throws -> Void) throws {
    let published = try published.get()
    try withTemporaryDirectory { directory in
      for (file, bytes) in published {
        let url = URL(filePath: directory + "/model/" + file)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: url)
      }
      try body(directory + "/model")
    }
  }

  /// The files of the sample, published once: syncing them for every test would take seconds.
  private static let published = Result {
    var published: [(String, Data)] = []
    try withTemporaryDirectory { directory in
      try ArtifactWriter.publish(artifact(), to: directory + "/model")
      published = try files(in: directory + "/model").map {
        ($0, try Data(contentsOf: URL(filePath: directory + "/model/" + $0)))
      }
    }
    return published
  }

  /// Makes the manifest at `path` agree with changed files, as someone who forges an artifact would.
  static func reseal(_ path: String, kind: String = "segmentation") throws {
    let old = try CanonicalJSON.decode(
      Manifest.self, from: Data(contentsOf: URL(filePath: path + "/manifest.json")))
    let rows = try files(in: path).filter { $0 != "manifest.json" }.map {
      Manifest.File(path: $0, bytes: try Data(contentsOf: URL(filePath: path + "/" + $0)))
    }
    let manifest = Manifest(
      kind: kind, algorithm: old.algorithm, producer: old.producer, files: rows)
    try CanonicalJSON.encode(manifest).write(to: URL(filePath: path + "/manifest.json"))
  }

  /// Replaces text in a file of an artifact; the text must be there.
  static func replace(_ old: String, _ new: String, in path: String) throws {
    let before = try text(path)
    guard before.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
    try Data(before.replacing(old, with: new).utf8).write(to: URL(filePath: path))
  }
}
