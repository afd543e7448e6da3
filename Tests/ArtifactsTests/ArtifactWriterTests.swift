import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct ArtifactWriterTests {
  @Test func `an artifact has exactly the files of its format`() throws {
    try Sample.withPublished { path in
      let files = try files(in: path)
      #expect(
        files == [
          "card.json", "card.md", "evidence/assignment.json", "evidence/golden.json",
          "evidence/metrics.json",
          "lineage.json",
          "manifest.json", "model/pipeline.json", "model/tensors.safetensors",
          "schema/inputs.json", "schema/outputs.json", "segments.yaml",
        ])
    }
  }

  @Test func `the same artifact published twice has the same bytes`() throws {
    try withTemporaryDirectory { directory in
      let first = try ArtifactWriter.publish(Sample.artifact(), to: directory + "/a")
      let second = try ArtifactWriter.publish(Sample.artifact(), to: directory + "/b")
      #expect(first == second)
      for file in try files(in: directory + "/a") {
        let bytes = try text(directory + "/a/" + file)
        #expect(try text(directory + "/b/" + file) == bytes, "\(file)")
      }
    }
  }

  @Test func `what is loaded and published again has the same bytes`() throws {
    try Sample.withPublished { path in
      let loaded = try ArtifactReader.load(path, catalog: Sample.catalog)
      let again = try ArtifactWriter.publish(loaded.segmentation, to: path + "-again")
      #expect(again == loaded.identity)
      let model = try Data(contentsOf: URL(filePath: path + "/model/tensors.safetensors"))
      #expect(
        try Data(contentsOf: URL(filePath: path + "-again/model/tensors.safetensors")) == model)
    }
  }

  @Test func `publishing again the same is fine and something else is refused`() throws {
    try Sample.withPublished { path in
      try ArtifactWriter.publish(Sample.artifact(), to: path)
      #expect(throws: ArtifactError.alreadyExists(path: path)) {
        try ArtifactWriter.publish(Sample.artifact(metric: 0.6), to: path)
      }
      #expect(throws: Never.self) { try ArtifactReader.load(path, catalog: Sample.catalog) }
    }
  }

  @Test func `evidence changes the identity but not the model digest`() throws {
    try withTemporaryDirectory { directory in
      try ArtifactWriter.publish(Sample.artifact(), to: directory + "/a")
      try ArtifactWriter.publish(Sample.artifact(metric: 0.6), to: directory + "/b")
      let a = try ArtifactReader.load(directory + "/a", catalog: Sample.catalog)
      let b = try ArtifactReader.load(directory + "/b", catalog: Sample.catalog)
      #expect(a.identity != b.identity)
      #expect(try a.manifest.modelDigest == b.manifest.modelDigest)
    }
  }

  @Test func `the identity is the hash of the manifest and nothing tells the time`() throws {
    try Sample.withPublished { path in
      let identity = try ArtifactWriter.publish(Sample.artifact(), to: path)
      #expect(identity.hasPrefix("sha256:") && identity.utf8.count == 71)
      for file in try files(in: path) where !file.hasSuffix(".safetensors") {
        let text = try text(path + "/" + file)
        #expect(!text.contains("202") && !text.contains("/tmp"), "\(file)")
      }
    }
  }

  @Test func `no id of a customer enters an artifact`() throws {
    try Sample.withPublished { path in
      for file in try files(in: path) {
        let bytes = try Data(contentsOf: URL(filePath: path + "/" + file))
        #expect(bytes.range(of: Data("c-1".utf8)) == nil, "\(file)")
      }
    }
  }

  @Test func `arrays live in the tensor file and the rest in readable JSON`() throws {
    try Sample.withPublished { path in
      let pipeline = try text(path + "/model/pipeline.json")
      #expect(pipeline.contains(#""algorithm":"standardize""#))
      #expect(pipeline.contains(#"{"tensor":"steps.1.model.centers"}"#))
      let segments = try text(path + "/segments.yaml")
      #expect(
        segments == """
          # id: the number in data; order: place by size; share: fraction of rows
          segments:
            - id: 0
              name: "Segment 0"
              order: 2
              size: 1
              share: 0.25
            - id: 1
              name: "Segment 1"
              order: 1
              size: 3
              share: 0.75

          """)
    }
  }

  @Test func `a number that is not finite is refused with its place`() throws {
    try withTemporaryDirectory { directory in
      let artifact = try Sample.artifact(metric: .nan)
      #expect(throws: ArtifactError.notStorable(place: "0.value")) {
        try ArtifactWriter.publish(artifact, to: directory + "/a")
      }
      let left = try names(in: directory)
      #expect(left.isEmpty)
    }
  }

  @Test func `a pipeline whose widths do not fit is refused`() throws {
    let good = try Sample.pipeline()
    let narrow = SegmentationPipeline(
      encoder: good.encoder, transformers: good.transformers,
      clusterer: .init(
        algorithm: "nearest-center", model: NearestCenterModel(centers: Matrix(rows: [[1], [2]]))))
    #expect {
      try Sample.artifact(pipeline: narrow)
    } throws: {
      guard case ArtifactError.step("nearest-center", .width) = $0 else { return false }
      return true
    }
  }

  @Test(arguments: ["spend", "segment", "status"])
  func `a column to pass through must not be a feature or an output`(name: String) {
    #expect(throws: ArtifactError.self) { try Sample.artifact(passthrough: [name]) }
  }
}

/// The paths of all files below `directory`, sorted.
func files(in directory: String) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: directory).filter { path in
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: directory + "/" + path, isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }.sorted()
}
