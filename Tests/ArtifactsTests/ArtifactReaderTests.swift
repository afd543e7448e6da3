import Artifacts
import Crypto
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct ArtifactReaderTests {
  private let listed = [
    "card.json", "card.md", "evidence/golden.json", "evidence/metrics.json", "lineage.json",
    "model/pipeline.json", "model/tensors.safetensors", "schema/inputs.json",
    "schema/outputs.json", "segments.yaml",
  ]

  private func load(_ path: String) throws -> StoredArtifact {
    try ArtifactReader.load(path, catalog: Sample.catalog)
  }

  @Test func `a loaded artifact answers as the one that was published`() throws {
    try Sample.withPublished { path in
      let stored = try load(path).segmentation
      let original = try Sample.artifact()
      #expect(stored.inputs == original.inputs)
      #expect(stored.segments == original.segments)
      #expect(stored.metrics == original.metrics)
      #expect(stored.lineage == original.lineage)
      #expect(stored.golden == original.golden)
      let encoded = try original.pipeline.encoder.encode(Sample.table, on: .serial).matrix
      #expect(
        try stored.pipeline.assign(encoded, on: .serial)
          == original.pipeline.assign(encoded, on: .serial))
    }
  }

  @Test func `a flipped bit in any file is found before anything is parsed`() throws {
    for file in listed {
      for place in [0.0, 0.5, 0.999] {
        try Sample.withPublished { path in
          try change(path + "/" + file) { bytes in
            bytes[Int(Double(bytes.count) * place)] ^= 1
          }
          #expect(throws: ArtifactError.damaged(file: file, .digest)) { try load(path) }
        }
      }
    }
  }

  @Test func `a file that is shorter or longer is found by its size`() throws {
    for file in listed {
      try Sample.withPublished { path in
        var size = 0
        try change(path + "/" + file) { bytes in
          size = bytes.count
          bytes.removeLast()
        }
        #expect(throws: ArtifactError.damaged(file: file, .size(expected: size, found: size - 1))) {
          try load(path)
        }
        try change(path + "/" + file) { $0 += [0, 0] }
        #expect(throws: ArtifactError.damaged(file: file, .size(expected: size, found: size + 1))) {
          try load(path)
        }
      }
    }
  }

  @Test func `a missing file is named`() throws {
    for file in listed {
      try Sample.withPublished { path in
        try FileManager.default.removeItem(atPath: path + "/" + file)
        #expect(throws: ArtifactError.damaged(file: file, .absent)) { try load(path) }
      }
    }
  }

  @Test(arguments: ["extra.txt", "model/extra.bin", ".hidden", "exports/onnx/deep/model.onnx"])
  func `an extra file is named`(extra: String) throws {
    try Sample.withPublished { path in
      let url = URL(filePath: path + "/" + extra)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
      #expect(throws: ArtifactError.damaged(file: extra, .unlisted)) { try load(path) }
    }
  }

  @Test func `an extra directory is refused even when empty`() throws {
    try Sample.withPublished { path in
      try FileManager.default.createDirectory(
        atPath: path + "/void", withIntermediateDirectories: false)
      #expect(throws: ArtifactError.damaged(file: "void", .unlisted)) { try load(path) }
    }
  }

  @Test func `links in place of files are refused`() throws {
    for file in listed {
      try Sample.withPublished { path in
        let outside = path + "-outside"
        try FileManager.default.moveItem(atPath: path + "/" + file, toPath: outside)
        try FileManager.default.createSymbolicLink(
          atPath: path + "/" + file, withDestinationPath: outside)
        #expect(throws: ArtifactError.damaged(file: file, .link)) { try load(path) }
        try FileManager.default.removeItem(atPath: path + "/" + file)
        try FileManager.default.linkItem(atPath: outside, toPath: path + "/" + file)
        #expect(throws: ArtifactError.damaged(file: file, .link)) { try load(path) }
      }
    }
  }

  @Test func `a link in place of a directory is refused`() throws {
    try Sample.withPublished { path in
      try FileManager.default.moveItem(atPath: path + "/model", toPath: path + "-outside")
      try FileManager.default.createSymbolicLink(
        atPath: path + "/model", withDestinationPath: path + "-outside")
      #expect(throws: ArtifactError.self) { try load(path) }
    }
  }

  @Test func `a FIFO or a directory in place of a file is refused without waiting`() throws {
    try Sample.withPublished { path in
      try FileManager.default.removeItem(atPath: path + "/card.md")
      #expect(mkfifo(path + "/card.md", 0o644) == 0)
      #expect(throws: ArtifactError.damaged(file: "card.md", .notRegular)) { try load(path) }
    }
    try Sample.withPublished { path in
      try FileManager.default.removeItem(atPath: path + "/card.md")
      try FileManager.default.createDirectory(
        atPath: path + "/card.md", withIntermediateDirectories: false)
      #expect(throws: ArtifactError.self) { try load(path) }
    }
  }

  @Test func `a place without an artifact is told apart`() throws {
    try withTemporaryDirectory { directory in
      #expect(throws: ArtifactError.missing(path: directory + "/none")) {
        try load(directory + "/none")
      }
      #expect(throws: ArtifactError.notAnArtifact(path: directory)) { try load(directory) }
      let file = directory + "/model.onnx"
      try Data("onnx".utf8).write(to: URL(filePath: file))
      #expect(throws: ArtifactError.notAnArtifact(path: file)) { try load(file) }
      try Data(#"{"format":"another"}"#.utf8)
        .write(to: URL(filePath: directory + "/manifest.json"))
      #expect(throws: ArtifactError.notAnArtifact(path: directory)) { try load(directory) }
    }
  }

  @Test func `every error is one sentence that says what and what to do`() {
    let errors: [ArtifactError] = [
      .damaged(file: "card.md", .digest), .missing(path: "m"), .notAnArtifact(path: "m"),
      .newerFormat(found: [2, 0], supported: [1, 0]), .unsupportedKind("x"),
      .golden(row: 0, output: "segment"), .json(file: "f", .invalidUTF8),
      .content(file: "f", place: "steps.0", .missing), .busy(path: "p"),
      .storage(.init(.write, path: "p", code: ENOSPC)), .unknownAlgorithm("x", known: ["y"]),
    ]
    for error in errors {
      let text = "\(error)"
      #expect(!text.isEmpty && !text.contains("\n") && !text.hasSuffix("."))
    }
    #expect(
      "\(errors[0])" == "the artifact is damaged or was changed: card.md does not match its "
        + "SHA-256; restore or rebuild it")
  }

  private func change(_ path: String, _ edit: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    edit(&bytes)
    try bytes.write(to: URL(filePath: path))
  }
}
