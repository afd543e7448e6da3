import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

/// An artifact taken apart, to be changed and sealed again with right hashes.
struct ForgedForm {
  private let kind: String
  private let algorithm: String
  private let producer: Manifest.Producer
  /// Files by path, without the manifest.
  private(set) var contents: [String: Data]

  static let pipeline = "model/pipeline.json"
  static let tensorFile = "model/tensors.safetensors"

  init(_ files: [DurableDirectory.File]) throws {
    let manifest = try ArtifactFiles(files).manifest
    (kind, algorithm, producer) = (manifest.kind, manifest.algorithm, manifest.producer)
    contents = Dictionary(
      files.filter { $0.path != "manifest.json" }.map { ($0.path, $0.bytes) },
      uniquingKeysWith: { first, _ in first })
  }

  subscript(bytes path: String) -> Data {
    get { contents[path] ?? Data() }
    set { contents[path] = newValue }
  }

  func json(_ path: String) throws -> JSONValue { try CanonicalJSON.parse(self[bytes: path]) }

  mutating func set(_ path: String, to json: JSONValue) throws {
    self[bytes: path] = try CanonicalJSON.encode(json)
  }

  var jsonPaths: [String] { contents.keys.filter { $0.hasSuffix(".json") }.sorted() }

  func tensors() throws -> [String: TensorStore.Tensor] {
    try Safetensors.decode(self[bytes: Self.tensorFile])
  }

  mutating func set(_ tensors: [String: TensorStore.Tensor]) {
    self[bytes: Self.tensorFile] = Safetensors.encode(tensors)
  }

  /// Every file with a manifest that fits them.
  func sealed() throws -> [DurableDirectory.File] {
    let files = contents.keys.sorted().map {
      DurableDirectory.File(path: $0, bytes: contents[$0] ?? Data())
    }
    let manifest = Manifest(
      kind: kind, algorithm: algorithm, producer: producer,
      files: files.map { Manifest.File(path: $0.path, bytes: $0.bytes) })
    return files + [.init(path: "manifest.json", bytes: try CanonicalJSON.encode(manifest))]
  }

  func load() throws -> StoredArtifact { try ArtifactReader.load(ArtifactFiles(sealed())) }
}

extension ForgedForm {
  /// Changes the tensor whose name ends in `suffix`, by its rows.
  mutating func edit(
    _ suffix: String, _ change: (inout [[Double]]) -> Void
  ) throws {
    var all = try tensors()
    guard let name = all.keys.filter({ $0.hasSuffix(suffix) }).sorted().last,
      let tensor = all[name]
    else { throw CocoaError(.fileReadCorruptFile) }
    let width = tensor.shape.count == 2 ? tensor.shape[1] : 1
    var rows = stride(from: 0, to: tensor.values.count, by: max(width, 1)).map {
      Array(tensor.values[$0..<$0 + width])
    }
    change(&rows)
    let shape =
      tensor.shape.count == 2 ? [rows.count, rows.first?.count ?? width] : [rows.count]
    all[name] = .init(shape: shape, values: rows.flatMap { $0 })
    set(all)
  }

  /// Replaces text of the pipeline, which must be there.
  mutating func replace(_ old: String, with new: String, in path: String = pipeline) throws {
    let text = String(decoding: self[bytes: path], as: UTF8.self)
    guard text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
    self[bytes: path] = Data(text.replacing(old, with: new).utf8)
  }
}

extension StoredArtifact {
  /// Uses the artifact as scoring, reports and exports do; what it answers is not looked at, that it answers is.
  ///
  /// - Throws: the typed error of a model that refuses the rows.
  func use(on table: Table) throws {
    switch content {
    case .segmentation(let artifact):
      let x = try artifact.pipeline.encoder.encode(table, on: .serial).matrix
      let labels = try artifact.pipeline.assign(x, on: .serial).labels
      let segments = -1..<artifact.segments.count
      #expect(labels.allSatisfy(segments.contains))
      _ = try artifact.pipeline.reconstructionErrors(of: x, on: .serial)
      _ = try artifact.pipeline.numberCount()
    case .propensity(let artifact):
      let rows = try artifact.pipeline.features(of: table, on: .serial)
      _ = try artifact.pipeline.probabilities(of: rows.features, on: .serial)
      _ = try artifact.pipeline.contributions(to: table, on: .serial)
      _ = artifact.pipeline.classifier.model.scoringCost
      _ = artifact.pipeline.classifier.model.columnImportance
    }
  }
}
