import Foundation
import Learning
import Numerical
import Tabular

extension CodingUserInfoKey {
  /// Holds the `Catalog` that tells how to read the model of a stored algorithm.
  static let catalog = CodingUserInfoKey(rawValue: "cohort.catalog")!
}

extension StoredPipeline {
  static var file: String { "model/pipeline.json" }
  static var tensorFile: String { "model/tensors.safetensors" }

  /// The two files that hold the pipeline: every array of a model in the second, the rest in the first.
  func files() throws -> [DurableDirectory.File] {
    let store = TensorStore()
    let json = try CanonicalJSON.encode(self, userInfo: [.tensorStore: store])
    return [
      .init(path: Self.file, bytes: json),
      .init(path: Self.tensorFile, bytes: Safetensors.encode(store.tensors)),
    ]
  }

  init(in files: ArtifactFiles, catalog: Catalog) throws(ArtifactError) {
    let tensors: [String: TensorStore.Tensor]
    let bytes = try files[Self.tensorFile]
    do throws(SafetensorsError) {
      tensors = try Safetensors.decode(bytes)
    } catch {
      throw .tensors(file: Self.tensorFile, error)
    }
    for name in tensors.keys.sorted() {
      guard tensors[name]?.values.allSatisfy(\.isFinite) ?? true else {
        throw .content(file: Self.tensorFile, place: name, .value)
      }
    }
    let store = TensorStore(tensors: tensors)
    self = try files.decode(
      Self.self, from: Self.file, userInfo: [.tensorStore: store, .catalog: catalog])
    if let name = store.untaken.first {
      throw .content(file: Self.tensorFile, place: name, .unknownKey)
    }
  }
}

/// A model of any sort that the catalogue can read.
enum StoredModel: Sendable {
  case transformer(any Transformer)
  case clusterer(any Clusterer)
  case classifier(any Classifier)
}

extension Catalog {
  /// - Throws: `ArtifactError.unknownAlgorithm`, `DecodingError`.
  fileprivate func decode(_ name: String, from decoder: any Decoder) throws -> StoredModel {
    if let entry = self[name] {
      switch try entry.decode(decoder) {
      case .transformer(let model): return .transformer(model)
      case .clusterer(let model): return .clusterer(model)
      }
    }
    guard let entry = self[classifier: name] else {
      throw ArtifactError.unknownAlgorithm(
        name, known: (entries.map(\.name) + classifiers.map(\.name)))
    }
    return .classifier(try entry.decode(decoder))
  }
}

/// The steps of a stored pipeline: transformers, then the one that gives the answer.
struct StoredSteps {
  private enum CodingKeys: String, CodingKey { case algorithm, model }

  let transformers: [PipelineStep<any Transformer>]
  let last: PipelineStep<StoredModel>

  /// Reads the models through the catalogue in `userInfo`, or the standard one.
  ///
  /// - Throws: `ArtifactError.unknownAlgorithm`, `DecodingError`.
  init(from steps: inout any UnkeyedDecodingContainer, catalog: Catalog?) throws {
    let catalog = catalog ?? .standard
    var transformers: [PipelineStep<any Transformer>] = []
    while true {
      let stored = try steps.superDecoder()
      let fields = try stored.container(keyedBy: CodingKeys.self)
      let name = try fields.decode(String.self, forKey: .algorithm)
      let model = try catalog.decode(name, from: fields.superDecoder(forKey: .model))
      if case .transformer(let model) = model {
        transformers.append(PipelineStep(algorithm: name, model: model))
        continue
      }
      guard steps.isAtEnd else {
        throw DecodingError.dataCorruptedError(
          in: steps, debugDescription: "steps follow the one that answers")
      }
      self.transformers = transformers
      last = PipelineStep(algorithm: name, model: model)
      return
    }
  }

  static func append(
    _ algorithm: String, _ model: some Encodable, to steps: inout any UnkeyedEncodingContainer
  ) throws {
    var stored = steps.nestedContainer(keyedBy: CodingKeys.self)
    try stored.encode(algorithm, forKey: .algorithm)
    try stored.encode(model, forKey: .model)
  }
}

/// Stored as the encoder and the ordered steps, the last of which is the clusterer.
extension SegmentationPipeline: Codable {
  private enum CodingKeys: String, CodingKey { case encoder, steps }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(self.encoder, forKey: .encoder)
    var steps = container.nestedUnkeyedContainer(forKey: .steps)
    for step in transformers { try StoredSteps.append(step.algorithm, step.model, to: &steps) }
    try StoredSteps.append(clusterer.algorithm, clusterer.model, to: &steps)
  }

  /// Reads the models through the catalogue in `userInfo`, or the standard one.
  ///
  /// - Throws: `ArtifactError.unknownAlgorithm`, `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var list = try container.nestedUnkeyedContainer(forKey: .steps)
    let steps = try StoredSteps(from: &list, catalog: decoder.userInfo[.catalog] as? Catalog)
    guard case .clusterer(let model) = steps.last.model else {
      throw DecodingError.dataCorruptedError(
        forKey: .steps, in: container, debugDescription: "the last step is no clusterer")
    }
    self.init(
      encoder: try container.decode(TableEncoder.self, forKey: .encoder),
      transformers: steps.transformers,
      clusterer: Step(algorithm: steps.last.algorithm, model: model))
  }
}

/// Stored as the encoder, the ordered steps, the last of which is the classifier, and the calibration.
extension PropensityPipeline: Codable {
  private enum CodingKeys: String, CodingKey { case encoder, steps, calibration }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(self.encoder, forKey: .encoder)
    var steps = container.nestedUnkeyedContainer(forKey: .steps)
    for step in transformers { try StoredSteps.append(step.algorithm, step.model, to: &steps) }
    try StoredSteps.append(classifier.algorithm, classifier.model, to: &steps)
    try container.encode(calibration, forKey: .calibration)
  }

  /// Reads the models through the catalogue in `userInfo`, or the standard one.
  ///
  /// - Throws: `ArtifactError.unknownAlgorithm`, `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var list = try container.nestedUnkeyedContainer(forKey: .steps)
    let steps = try StoredSteps(from: &list, catalog: decoder.userInfo[.catalog] as? Catalog)
    guard case .classifier(let model) = steps.last.model else {
      throw DecodingError.dataCorruptedError(
        forKey: .steps, in: container, debugDescription: "the last step is no classifier")
    }
    self.init(
      encoder: try container.decode(TableEncoder.self, forKey: .encoder),
      transformers: steps.transformers,
      classifier: Step(algorithm: steps.last.algorithm, model: model),
      calibration: try container.decode(CalibrationMap.self, forKey: .calibration))
  }
}
