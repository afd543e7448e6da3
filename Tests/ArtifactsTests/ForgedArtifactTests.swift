import Artifacts
import Foundation
import Learning
import Numerical
import Testing

/// Artifacts whose hashes are right and whose content is not.
struct ForgedArtifactTests {
  private func load(
    replacing old: String, with new: String, in file: String, catalog: Catalog = Sample.catalog
  ) throws {
    try Sample.withPublished { path in
      try Sample.replace(old, new, in: path + "/" + file)
      try Sample.reseal(path)
      _ = try ArtifactReader.load(path, catalog: catalog)
    }
  }

  private func load(_ edit: (inout [String: TensorStore.Tensor]) -> Void) throws {
    try Sample.withPublished { path in
      let url = URL(filePath: path + "/model/tensors.safetensors")
      var tensors = try Safetensors.decode(Data(contentsOf: url))
      edit(&tensors)
      try Safetensors.encode(tensors).write(to: url)
      try Sample.reseal(path)
      _ = try ArtifactReader.load(path, catalog: Sample.catalog)
    }
  }

  @Test func `an untouched artifact that is sealed again loads`() throws {
    try load { _ in }
  }

  @Test func `an unknown algorithm is named with the known ones`() {
    let known = ["standardize", "pca", "nearest-center"]
    #expect(throws: ArtifactError.unknownAlgorithm("magic", known: known)) {
      try load(
        replacing: #""algorithm":"standardize""#, with: #""algorithm":"magic""#,
        in: "model/pipeline.json")
    }
  }

  @Test func `another algorithm than the manifest names is refused`() {
    let two = Catalog(
      Sample.catalog.entries.filter { $0.name != "standardize" } + [.transformer(Standardize.self)])
    #expect(throws: ArtifactError.self) {
      try load(
        replacing: #""algorithm":"nearest-center""#, with: #""algorithm":"pca""#,
        in: "model/pipeline.json", catalog: two)
    }
  }

  @Test func `a missing or unknown key of the pipeline is named`() {
    #expect(
      throws: ArtifactError.content(file: "model/pipeline.json", place: "steps.0.note", .unknownKey)
    ) {
      try load(
        replacing: #""algorithm":"standardize""#, with: #""algorithm":"standardize","note":1"#,
        in: "model/pipeline.json")
    }
    #expect(throws: ArtifactError.content(file: "model/pipeline.json", place: "steps", .missing)) {
      try load(replacing: #""steps":"#, with: #""x-steps":"#, in: "model/pipeline.json")
    }
  }

  @Test func `a tensor that is missing is refused`() {
    #expect(throws: ArtifactError.self) { try load { $0["steps.1.model.centers"] = nil } }
  }

  @Test func `centers of another width are refused by the step that cannot take them`() {
    #expect(throws: ArtifactError.step("nearest-center", .width(expected: 3, found: 4))) {
      try load {
        $0["steps.1.model.centers"] = .init(shape: [2, 3], values: [0, 1, 2, 3, 4, 5])
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity]) func `a tensor that is not finite is refused`(
    value: Double
  ) {
    let place = ArtifactError.content(
      file: "model/tensors.safetensors", place: "steps.1.model.centers", .value)
    #expect(throws: place) {
      try load { tensors in
        guard let old = tensors["steps.1.model.centers"] else { return }
        tensors["steps.1.model.centers"] = .init(
          shape: old.shape, values: [value] + old.values.dropFirst())
      }
    }
  }

  @Test func `moved centers are found by the self-test`() {
    #expect {
      try load { tensors in
        guard let old = tensors["steps.1.model.centers"] else { return }
        tensors["steps.1.model.centers"] = .init(
          shape: old.shape, values: old.values.map { $0 + 1e-6 })
      }
    } throws: {
      if case ArtifactError.golden(_, output: "distance") = $0 { true } else { false }
    }
  }

  @Test func `a recorded answer that is wrong is found`() {
    #expect {
      try load(replacing: #""segment":0"#, with: #""segment":1"#, in: "evidence/golden.json")
    } throws: {
      if case ArtifactError.golden(_, output: "segment") = $0 { true } else { false }
    }
  }

  @Test func `a self-test without rows or with a loose tolerance is refused`() {
    #expect(throws: ArtifactError.self) {
      try load(replacing: "1e-09", with: "1.0", in: "evidence/golden.json")
    }
    #expect(throws: ArtifactError.self) {
      try load(replacing: #""columns":["#, with: #""columns":[],"x":["#, in: "evidence/golden.json")
    }
  }

  @Test func `a schema that is not the encoder's is refused`() {
    #expect(throws: ArtifactError.self) {
      try load(replacing: #""name":"spend""#, with: #""name":"spent""#, in: "schema/inputs.json")
    }
    #expect(throws: ArtifactError.self) {
      try load(
        replacing: #""name":"distance""#, with: #""name":"segment""#, in: "schema/outputs.json")
    }
  }

  @Test func `segments that are not those of the model are refused`() {
    #expect(throws: ArtifactError.content(file: "segments.yaml", place: "segments", .value)) {
      try load(replacing: "id: 1", with: "id: 2", in: "segments.yaml")
    }
    #expect(throws: ArtifactError.segmentsFile(line: 4)) {
      try load(replacing: #"name: "Segment 0""#, with: "name: Segment 0", in: "segments.yaml")
    }
    #expect(throws: ArtifactError.self) {
      try load(replacing: "segments:", with: "segments: []", in: "segments.yaml")
    }
  }

  @Test func `a header of tensors that claims the world is refused`() throws {
    try Sample.withPublished { path in
      try Data([UInt8](repeating: 0xFF, count: 64))
        .write(to: URL(filePath: path + "/model/tensors.safetensors"))
      try Sample.reseal(path)
      #expect {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      } throws: {
        if case ArtifactError.tensors(_, .headerSize) = $0 { true } else { false }
      }
    }
  }

  @Test func `no single byte of a model file can bring the reader down`() throws {
    for file in [
      "model/pipeline.json", "schema/inputs.json", "evidence/golden.json", "segments.yaml",
    ] {
      try Sample.withPublished { path in
        let url = URL(filePath: path + "/" + file)
        let whole = try Data(contentsOf: url)
        for place in stride(from: 0, to: whole.count, by: 41) {
          for mask: UInt8 in [0x01, 0x10, 0x40] {
            var bytes = whole
            bytes[place] ^= mask
            try bytes.write(to: url)
            try Sample.reseal(path)
            // Some changes are harmless (a note, a tolerance digit); none may trap.
            _ = try? ArtifactReader.load(path, catalog: Sample.catalog)
          }
        }
      }
    }
  }
}
