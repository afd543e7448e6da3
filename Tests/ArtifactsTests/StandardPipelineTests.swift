import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

/// The algorithms of the standard catalogue, stored and read back.
struct StandardPipelineTests {
  /// 200 customers in two groups far apart.
  private static let table: Table = {
    var random = RandomSource(seed: Seed(7))
    var spend: [Double] = []
    var visits: [Int64] = []
    var plan: [Int32] = []
    for row in 0..<200 {
      let isLarge = row % 2 == 1
      spend.append((isLarge ? 1000 : 10) + random.uniform() * 5)
      visits.append((isLarge ? 50 : 1) + Int64(random.uniform() * 3))
      plan.append(isLarge ? 1 : 0)
    }
    return Table(columns: [
      Column(name: "spend", values: .real(spend)), Column(name: "visits", values: .integer(visits)),
      Column(name: "plan", values: .category(codes: plan, levels: ["basic", "premium"])),
    ])
  }()

  private static func artifact() throws -> SegmentationArtifact {
    let encoder = try TableEncoder.fit(
      table, features: ["spend", "visits", "plan"], options: EncodingOptions())
    var x = try encoder.encode(table, on: .serial).matrix
    let context = FitContext(seed: Seed(1))
    var steps: [SegmentationPipeline.Step<any Transformer>] = []
    for entry in Catalog.standard.transformers {
      guard case .transformer(let model) = try entry.fit(Parameters(), x, context).model else {
        continue
      }
      x = try model.transform(x, on: .serial)
      steps.append(.init(algorithm: entry.name, model: model))
    }
    let kMeans = try #require(Catalog.standard["k-means"])
    let fit = try kMeans.fit(Parameters([("k", .integer(2))]), x, context)
    guard case .clusterer(let model) = fit.model else { throw CocoaError(.featureUnsupported) }
    return try SegmentationArtifact(
      pipeline: SegmentationPipeline(
        encoder: encoder, transformers: steps,
        clusterer: .init(algorithm: "k-means", model: model)),
      passthrough: [], nullTokens: [], sizes: [100, 100], agreement: (1, 200), metrics: [],
      lineage: Sample.lineage)
  }

  @Test func `every transformer and k-means answer after storage as before`() throws {
    try withTemporaryDirectory { directory in
      let artifact = try Self.artifact()
      try ArtifactWriter.publish(artifact, to: directory + "/model")
      let stored = try ArtifactReader.load(directory + "/model").segmentation
      let before = try SegmentScorer(artifact).score(Self.table, on: .serial)
      let after = try SegmentScorer(stored).score(Self.table, on: .serial)
      #expect(before.assignments.labels == after.assignments.labels)
      #expect(before.assignments.distances == after.assignments.distances)
      // The groups are a thousand spreads apart: any k-means must find them.
      let first = before.assignments.labels[0]
      #expect(before.assignments.labels == (0..<200).map { $0 % 2 == 0 ? first : 1 - first })
    }
  }

  @Test func `a forged shape or number of any tensor is refused and never traps`() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/model"
      try ArtifactWriter.publish(Self.artifact(), to: path)
      let url = URL(filePath: path + "/model/tensors.safetensors")
      let tensors = try Safetensors.decode(Data(contentsOf: url))
      #expect(tensors.count >= 4)
      for (name, tensor) in tensors {
        let forgeries: [TensorStore.Tensor] = [
          .init(shape: [0], values: []), .init(shape: [0, 0], values: []),
          .init(shape: [1, 1], values: [1]), .init(shape: [], values: [1]),
          .init(shape: tensor.shape + [1], values: tensor.values),
          .init(shape: tensor.shape, values: tensor.values.map { $0 * -1 - 1 }),
          .init(shape: tensor.shape, values: tensor.values.map { _ in 1e308 }),
        ]
        for forgery in forgeries {
          var forged = tensors
          forged[name] = forgery
          try Safetensors.encode(forged).write(to: url)
          try Sample.reseal(path)
          // Some tensors only report, so a forged value need not matter; a forged shape must.
          let isSameShape = forgery.shape == tensor.shape
          let loaded = try? ArtifactReader.load(path)
          #expect(loaded == nil || isSameShape, "\(name) \(forgery.shape)")
        }
      }
    }
  }

  @Test func `no single byte of a stored pipeline can bring the reader down`() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/model"
      try ArtifactWriter.publish(Self.artifact(), to: path)
      let url = URL(filePath: path + "/model/pipeline.json")
      let whole = try Data(contentsOf: url)
      for place in whole.indices where place % 7 == 0 {
        var bytes = whole
        bytes[place] ^= 0x03
        try bytes.write(to: url)
        try Sample.reseal(path)
        _ = try? ArtifactReader.load(path)
      }
    }
  }
}
