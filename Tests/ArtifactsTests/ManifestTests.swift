import Artifacts
import Foundation
import Testing

struct ManifestTests {
  /// Loads the sample after its manifest was edited.
  private func load(replacing old: String, with new: String) throws {
    try Sample.withPublished { path in
      try Sample.replace(old, new, in: path + "/manifest.json")
      _ = try ArtifactReader.load(path, catalog: Sample.catalog)
    }
  }

  private func load(manifest: Data) throws {
    try Sample.withPublished { path in
      try manifest.write(to: URL(filePath: path + "/manifest.json"))
      _ = try ArtifactReader.load(path, catalog: Sample.catalog)
    }
  }

  @Test func `a newer major version is told by its number, whatever else it says`() {
    let error = ArtifactError.newerFormat(found: [2, 0], supported: [1, 0])
    #expect(throws: error) {
      try load(replacing: #""format_version":[1,0]"#, with: #""format_version":[2,0]"#)
    }
    #expect(throws: error) {
      try load(
        manifest: Data(#"{"format":"cohort-artifact","format_version":[2,0],"else":{}}"#.utf8))
    }
  }

  @Test func `a newer minor version is read and may say more, in the same form`() throws {
    try Sample.withPublished { path in
      let file = path + "/manifest.json"
      try Sample.replace(#""format_version":[1,0]"#, #""format_version":[1,7]"#, in: file)
      try Sample.replace(#""producer":"#, #""more":true,"producer":"#, in: file)
      let artifact = try ArtifactReader.load(path, catalog: Sample.catalog)
      #expect(artifact.manifest.formatVersion == [1, 7])
      try Sample.replace(#""more":true"#, #""more": true"#, in: file)
      #expect(throws: ArtifactError.damaged(file: "manifest.json", .form)) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test(arguments: [
    (#""requires":[]"#, #""requires": []"#), (#""requires":[]"#, #""requires":[ ]"#),
    ("]}\n", "]}"), ("]}\n", "]}\n\n"), ("]}\n", "]}\r\n"), (#""cohort""#, #""\u0063ohort""#),
    (#""format_version":[1,0]"#, #""format_version":[1,-0]"#),
    (#","requires":[]"#, #","x-else":1,"requires":[]"#),
  ])
  func `the same manifest in other bytes is refused`(old: String, new: String) throws {
    #expect(throws: ArtifactError.damaged(file: "manifest.json", .form), "\(new)") {
      try load(replacing: old, with: new)
    }
  }

  @Test(arguments: ["cohoru", "Cohort", ""])
  func `another producer is refused`(name: String) {
    #expect(throws: ArtifactError.content(file: "manifest.json", place: "producer.name", .value)) {
      try load(replacing: #""name":"cohort""#, with: #""name":"\#(name)""#)
    }
  }

  @Test func `an unknown requirement is refused`() {
    #expect(throws: ArtifactError.unknownRequirement("trees")) {
      try load(replacing: #""requires":[]"#, with: #""requires":["trees"]"#)
    }
  }

  @Test func `an unknown key is refused unless it is an extension`() {
    #expect(throws: ArtifactError.content(file: "manifest.json", place: "else", .unknownKey)) {
      try load(replacing: #""requires":[]"#, with: #""requires":[],"else":1"#)
    }
    #expect(throws: Never.self) {
      try load(replacing: #""requires":[]"#, with: #""requires":[],"x-else":1"#)
    }
  }

  @Test func `an unknown kind is refused`() throws {
    try Sample.withPublished { path in
      try Sample.reseal(path, kind: "forecast")
      #expect(throws: ArtifactError.unsupportedKind("forecast")) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test(arguments: [
    "../card.md", "/card.md", "a/../card.md", "./card.md", "card.md/", "a//b", #"a\\b"#, "%2e%2e ",
    "c\\u0000", "cárd.md", "a/b/c/d/e", "manifest.json", "",
  ])
  func `a path that is not plain is refused`(path: String) {
    #expect(throws: ArtifactError.damaged(file: "manifest.json", .illegalPath)) {
      try load(replacing: #""path":"card.md""#, with: #""path":"\#(path)""#)
    }
  }

  @Test(arguments: ["lineage.json", "Lineage.JSON"])
  func `a path listed twice is refused, also in other case`(path: String) {
    #expect(throws: ArtifactError.self) {
      try load(replacing: #""path":"card.md""#, with: #""path":"\#(path)""#)
    }
  }

  @Test(arguments: ["-1", "9223372036854775807", "9223372036854775808", "1e3", "1.0", "\"1\""])
  func `a size that cannot be is refused`(size: String) throws {
    try Sample.withPublished { path in
      let card = try Data(contentsOf: URL(filePath: path + "/card.md")).count
      try Sample.replace("\"size\":\(card)}", "\"size\":\(size)}", in: path + "/manifest.json")
      #expect(throws: ArtifactError.self) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test func `a digest of the model that is not the table's is refused`() {
    #expect(throws: ArtifactError.content(file: "manifest.json", place: "model_digest", .value)) {
      try load(replacing: #""model_digest":"sha256:"#, with: #""model_digest":"sha256:0"#)
    }
  }

  @Test func `repeated keys, deep nesting, bad text and bad numbers are refused`() {
    let head = #"{"format":"cohort-artifact","#
    let deep = String(repeating: "[", count: 100_000)
    let cases: [(String, JSONError)] = [
      (head + #""format":"cohort-artifact"}"#, .duplicateKey(offset: 28)),
      (head + #""a":"# + deep, .tooDeep(limit: 32)),
      (head + #""a":1e999}"#, .nonFinite(offset: 32)),
      (head + #""a":"\ud800"}"#, .loneSurrogate(offset: 33)),
      ("\u{FEFF}{}", .syntax(offset: 0)),
      ("{}trailing", .syntax(offset: 2)),
      ("", .syntax(offset: 0)),
    ]
    for (text, error) in cases {
      #expect(throws: ArtifactError.json(file: "manifest.json", error), "\(error)") {
        try load(manifest: Data(text.utf8))
      }
    }
    #expect(throws: ArtifactError.json(file: "manifest.json", .invalidUTF8)) {
      try load(manifest: Data([0x22, 0xFF, 0x22]))
    }
  }

  @Test func `a manifest above its limit is refused unread`() throws {
    try Sample.withPublished { path in
      let file = try FileHandle(forWritingTo: URL(filePath: path + "/manifest.json"))
      // Sparse: takes no room on the disk.
      try file.truncate(atOffset: 5 << 30)
      try file.close()
      #expect(throws: ArtifactError.damaged(file: "manifest.json", .limit(1 << 20))) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test func `cutting or flipping the manifest anywhere is refused`() throws {
    try Sample.withPublished { path in
      let url = URL(filePath: path + "/manifest.json")
      let whole = try Data(contentsOf: url)
      for place in Array(stride(from: 0, to: whole.count, by: 7)) + [whole.count - 1] {
        try whole.prefix(place).write(to: url)
        #expect(throws: ArtifactError.self) {
          try ArtifactReader.load(path, catalog: Sample.catalog)
        }
      }
      // A flip inside the producer's version changes the identity, which is all that protects those bytes.
      let producer = try #require(
        whole.range(of: Data(#""producer":{"name":"cohort","version":"0.1.0"}"#.utf8)))
      let free = producer.upperBound - 7..<producer.upperBound - 2
      for place in stride(from: 0, to: whole.count, by: 5) where !free.contains(place) {
        var bytes = whole
        bytes[place] ^= 0x08
        try bytes.write(to: url)
        #expect(throws: ArtifactError.self, "byte \(place)") {
          try ArtifactReader.load(path, catalog: Sample.catalog)
        }
      }
    }
  }
}
