import Artifacts
import Foundation
import Learning
import Numerical
import Registry
import Tabular
import TestSupport

/// A folder with artifacts of a shop and a registry for them.
final class Shop {
  let path: String
  var store: String { path + "/store" }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // Objects of a registry are read-only, which root does not notice.
    if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
    try? Writable.make(path)
    try? FileManager.default.removeItem(atPath: path)
  }

  func registry() throws -> ModelRegistry { try ModelRegistry(store, creating: true) }

  /// Somebody at a moment: days count from 2026-08-01, noon.
  static func author(_ name: String = "ana", day: Int = 0) -> Author {
    let first = Date(timeIntervalSince1970: 1_785_585_600)
    return Author(name: name, at: first.addingTimeInterval(Double(day) * 86_400))
  }

  static let card = CardNotes(
    owner: "CRM", intendedUse: "letters", outOfScopeUse: "prices", reviewBy: "2030-01-01")

  /// A report on columns whose groups are segmented alike.
  static func report(
    _ columns: [String], groups: [String] = ["one", "other"]
  ) -> FairnessEvidence {
    let shares = groups.map { _ in 1 / Double(groups.count) }
    return FairnessEvidence(
      composed: columns.map { column in
        .init(
          column: column, split: "all", groups: groups, shares: shares,
          segments: [.init(name: "Segment 0", rowCount: 3, shares: shares)])
      })
  }

  /// Registers a model under the name `shop`.
  @discardableResult
  func register(_ registration: Registration) throws -> ModelVersion {
    try register("shop", registration)
  }

  /// Registers a model that differs from others in its silhouette.
  @discardableResult
  func register(
    _ name: String = "shop", silhouette: Double = 0.5, _ registration: Registration? = nil,
    features: [String] = ["spend"], isWhole: Bool = false, day: Int = 0
  ) throws -> ModelVersion {
    let model = try publish(silhouette: silhouette, features: features, isWhole: isWhole)
    return try registry().register(
      model, as: name, registration ?? Registration(card: Self.card),
      by: Self.author(day: day)
    ).version
  }

  /// Writes the artifact of two segments of six customers and returns its directory.
  func publish(
    silhouette: Double = 0.5, features: [String] = ["spend"], isWhole: Bool = false,
    interval: EvidenceMetric.Interval? = nil, sensitive: [String] = [],
    fairness: FairnessEvidence? = nil
  ) throws -> String {
    let spend = [1.0, 2, 3, 80, 81, 82]
    let table = Table(columns: [
      Column(name: "id", values: .text((1...6).map { "c\($0)" })),
      Column(
        name: "spend",
        values: isWhole ? .integer(spend.map { Int64($0) }) : .real(spend.map { $0 + 0.5 })),
      Column(name: "visits", values: .integer([1, 2, 1, 9, 8, 9])),
    ])
    let encoder = try TableEncoder.fit(table, features: features, options: EncodingOptions())
    var clusters = KMeans()
    clusters.k = 2
    let x = try encoder.encode(table, on: .serial).matrix
    let model = try clusters.fit(x, in: FitContext(seed: Seed(1))).model
    let metric = EvidenceMetric(
      name: "silhouette", value: silhouette, goal: "max", split: "all", rowCount: 6,
      interval: interval)
    let artifact = try SegmentationArtifact(
      pipeline: SegmentationPipeline(
        encoder: encoder, transformers: [], clusterer: .init(algorithm: "k-means", model: model)),
      passthrough: ["id"], nullTokens: [""], sizes: [3, 3], agreement: (1, 6), metrics: [metric],
      lineage: Lineage(
        dataFingerprint: "sha256:00", rowCount: 6, configuration: .object([:]), seed: 1,
        engineVersion: "0.1.0", trial: "0123456789ab"),
      governance: Governance(sensitiveColumns: sensitive, fairness: fairness))
    let place = "\(path)/model-\(UUID().uuidString)"
    try ArtifactWriter.publish(artifact, to: place)
    return place
  }

  func promote(
    _ reference: String, to alias: String = "champion", policy: PromotionPolicy = PromotionPolicy(),
    overriding: Bool = false, reason: String? = nil, expecting generation: Int? = nil,
    by author: Author = Shop.author()
  ) throws -> AliasMove {
    let registry = try registry()
    let review = try registry.review(
      ModelReference(reference), for: alias, under: policy, by: author)
    return try registry.promote(
      review, expecting: generation, overriding: overriding, reason: reason, by: author)
  }

  func number(of reference: String) throws -> Int {
    try registry().resolve(ModelReference(reference), at: Self.author().at).version.version
  }

  /// Changes a byte of a registered artifact.
  func damage(_ version: ModelVersion, _ file: String = "card.md") throws {
    let place = try registry().find(ModelReference(version.reference)).path + "/" + file
    try Writable.make(place)
    var bytes = try Data(contentsOf: URL(filePath: place))
    bytes[bytes.startIndex] ^= 1
    try bytes.write(to: URL(filePath: place))
  }
}
