import Foundation
import Learning
import Numerical
import Tabular

extension CodingUserInfoKey {
  /// Holds the `Catalog` that tells how to read the model of a stored algorithm.
  static let catalog = CodingUserInfoKey(rawValue: "cohort.catalog")!
}

/// Stored as the encoder and the ordered steps, the last of which is the clusterer.
extension SegmentationPipeline: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case encoder, steps }
  private enum StepKeys: String, CodingKey, CaseIterable { case algorithm, model }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(self.encoder, forKey: .encoder)
    var steps = container.nestedUnkeyedContainer(forKey: .steps)
    for step in transformers {
      var stored = steps.nestedContainer(keyedBy: StepKeys.self)
      try stored.encode(step.algorithm, forKey: .algorithm)
      try stored.encode(step.model, forKey: .model)
    }
    var stored = steps.nestedContainer(keyedBy: StepKeys.self)
    try stored.encode(clusterer.algorithm, forKey: .algorithm)
    try stored.encode(clusterer.model, forKey: .model)
  }

  /// Reads the models through the catalogue in `userInfo`, or the standard one.
  ///
  /// - Throws: `ArtifactError.unknownAlgorithm`, `DecodingError`.
  public init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(outside: CodingKeys.self)
    let catalog = decoder.userInfo[.catalog] as? Catalog ?? .standard
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var steps = try container.nestedUnkeyedContainer(forKey: .steps)
    var transformers: [Step<any Transformer>] = []
    while true {
      let stored = try steps.superDecoder()
      try stored.refuseKeys(outside: StepKeys.self)
      let fields = try stored.container(keyedBy: StepKeys.self)
      let name = try fields.decode(String.self, forKey: .algorithm)
      guard let entry = catalog[name] else {
        throw ArtifactError.unknownAlgorithm(name, known: catalog.entries.map(\.name))
      }
      switch try entry.decode(fields.superDecoder(forKey: .model)) {
      case .transformer(let model):
        transformers.append(Step(algorithm: name, model: model))
      case .clusterer(let model):
        guard steps.isAtEnd else {
          throw DecodingError.dataCorruptedError(
            in: steps, debugDescription: "steps follow the clusterer")
        }
        self.init(
          encoder: try container.decode(TableEncoder.self, forKey: .encoder),
          transformers: transformers, clusterer: Step(algorithm: name, model: model))
        return
      }
    }
  }
}

extension SegmentationPipeline {
  static let file = "model/pipeline.json"
  static let tensorFile = "model/tensors.safetensors"

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
    self = try files.decode(
      Self.self, from: Self.file,
      userInfo: [.tensorStore: TensorStore(tensors: tensors), .catalog: catalog])
  }

  /// Sends one row of zeros through every step, so that widths that do not fit are found by the name
  /// of the step.
  func checkWidths() throws(ArtifactError) {
    var x = Matrix(rowCount: 1, columnCount: encoder.featureNames.count)
    for step in transformers {
      do throws(LearningError) {
        x = try step.model.transform(x, on: .serial)
      } catch {
        throw .step(step.algorithm, error)
      }
    }
    do throws(LearningError) {
      _ = try clusterer.model.assign(x, on: .serial)
    } catch {
      throw .step(clusterer.algorithm, error)
    }
  }
}
