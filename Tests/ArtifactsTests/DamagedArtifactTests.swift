import Artifacts
import Dispatch
import Foundation
import Learning
import Numerical
import Synchronization
import Testing

/// Every small damage to an artifact that there is.
struct DamagedArtifactTests {
  /// Up to here every bit and every length is tried; behind it 200 places, evenly apart.
  private static let exhaustive = 4096

  private static func places(in count: Int) -> [Int] {
    let rest = max(0, count - exhaustive)
    let step = max(1, rest / 200)
    return Array(0..<min(count, exhaustive))
      + Array(stride(from: exhaustive, to: max(exhaustive, count), by: step))
  }

  private func load(_ files: [DurableDirectory.File]) throws(ArtifactError) -> StoredArtifact {
    try ArtifactReader.load(try ArtifactFiles(files))
  }

  private func replacing(
    _ index: Int, in files: [DurableDirectory.File], _ edit: (inout Data) -> Void
  ) -> [DurableDirectory.File] {
    var files = files
    var bytes = files[index].bytes
    edit(&bytes)
    files[index] = .init(path: files[index].path, bytes: bytes)
    return files
  }

  /// All bits of one artifact; of others one of each byte, in `make test-faults` all.
  @Test(arguments: [("prior", true), ("k-means", false), ("gradient-boosting", false)])
  func `every bit that is flipped in a listed file is found`(
    algorithm: String, isWhole: Bool
  ) throws {
    let takesAll = isWhole || FaultTests.areAsked
    let files = try CatalogSample.files(algorithm)
    for (index, file) in files.enumerated() where file.path != "manifest.json" {
      for place in Self.places(in: file.bytes.count) {
        for bit in takesAll ? 0..<8 : place % 8..<place % 8 + 1 {
          let damaged = replacing(index, in: files) { $0[place] ^= 1 << UInt8(bit) }
          #expect(
            throws: ArtifactError.damaged(file: file.path, .digest),
            "bit \(bit) of byte \(place) of \(file.path)"
          ) { try ArtifactFiles(damaged) }
        }
      }
    }
  }

  @Test func `every bit that is flipped in the manifest is found or makes another artifact`() throws
  {
    let files = try CatalogSample.files("prior")
    let index = try #require(files.firstIndex { $0.path == "manifest.json" })
    let whole = try load(files)
    let text = files[index].bytes
    // The version of the producer and the minor version protect nothing but themselves.
    let producer = try #require(
      text.range(of: Data(#""producer":{"name":"cohort","version":""#.utf8)))
    let version = try #require(text[producer.upperBound...].firstIndex(of: UInt8(ascii: "\"")))
    let minor = try #require(text.range(of: Data(#""format_version":[1,0"#.utf8)))
    for place in text.indices {
      for bit in 0..<8 {
        let damaged = replacing(index, in: files) { $0[place] ^= 1 << UInt8(bit) }
        guard let artifact = try? load(damaged) else { continue }
        #expect(artifact.identity != whole.identity)
        let isFree =
          producer.upperBound..<version ~= place || place == minor.upperBound - 1
        #expect(isFree, "bit \(bit) of byte \(place)")
      }
    }
  }

  @Test(arguments: ["k-means", "gradient-boosting"])
  func `every file cut at any length, and with a byte more, is found by its size`(
    algorithm: String
  ) throws {
    let files = try CatalogSample.files(algorithm)
    for (index, file) in files.enumerated() {
      let isManifest = file.path == "manifest.json"
      for length in Self.places(in: file.bytes.count) {
        let cut = replacing(index, in: files) { $0 = $0.prefix(length) }
        #expect(throws: ArtifactError.self, "\(file.path) cut to \(length)") {
          try ArtifactFiles(cut)
        }
      }
      let longer = replacing(index, in: files) { $0.append(0x0A) }
      if isManifest {
        #expect(throws: ArtifactError.damaged(file: file.path, .form)) { try ArtifactFiles(longer) }
      } else {
        let size = file.bytes.count
        #expect(
          throws: ArtifactError.damaged(file: file.path, .size(expected: size, found: size + 1))
        ) { try ArtifactFiles(longer) }
      }
    }
  }

  @Test func `sizes are held before hashes, and hashes before content`() throws {
    let files = try CatalogSample.files("k-means")
    let card = try #require(files.firstIndex { $0.path == "card.md" })
    let yaml = try #require(files.firstIndex { $0.path == "segments.yaml" })
    let pipeline = try #require(files.firstIndex { $0.path == "model/pipeline.json" })
    let flipped = replacing(card, in: files) { $0[0] ^= 1 }
    let cut = replacing(yaml, in: flipped) { $0.removeLast() }
    #expect {
      try ArtifactFiles(cut)
    } throws: {
      if case ArtifactError.damaged("segments.yaml", .size) = $0 { true } else { false }
    }
    let unreadable = replacing(pipeline, in: flipped) { bytes in
      bytes = Data(repeating: 0x7B, count: bytes.count)
    }
    #expect(throws: ArtifactError.damaged(file: "card.md", .digest)) {
      try ArtifactFiles(unreadable)
    }
  }

  @Test func `files that have changed places are found`() throws {
    let files = try CatalogSample.files("k-means")
    for (index, file) in files.enumerated() {
      let other = files[(index + 1) % files.count]
      let swapped = files.map { one in
        let path =
          one.path == file.path ? other.path : one.path == other.path ? file.path : one.path
        return DurableDirectory.File(path: path, bytes: one.bytes)
      }
      #expect(throws: ArtifactError.self) { try ArtifactFiles(swapped) }
    }
  }

  @Test func `a file too many, too few or twice is found`() throws {
    let files = try CatalogSample.files("k-means")
    for (index, file) in files.enumerated() {
      var fewer = files
      fewer.remove(at: index)
      #expect(throws: ArtifactError.self) { try ArtifactFiles(fewer) }
      #expect(throws: ArtifactError.self) { try ArtifactFiles(files + [file]) }
    }
    #expect(throws: ArtifactError.damaged(file: "more.txt", .unlisted)) {
      try ArtifactFiles(files + [.init(path: "more.txt", bytes: Data())])
    }
  }

  @Test func `files of other programs are no artifact`() throws {
    let foreign: [(String, Data)] = [
      ("model.onnx", Data([0x08, 0x0A, 0x12, 0x07])),
      ("model.txt", Data("tree\nversion=v4\n".utf8)),
      ("model.pkl", Data([0x80, 0x05, 0x95])), ("MLmodel", Data("flavors:\n".utf8)),
    ]
    for (name, bytes) in foreign {
      try withTemporaryDirectory { directory in
        try bytes.write(to: URL(filePath: directory + "/" + name))
        #expect(throws: ArtifactError.notAnArtifact(path: directory)) {
          try ArtifactReader.load(directory)
        }
        let path = directory + "/" + name
        #expect(throws: ArtifactError.notAnArtifact(path: path)) { try ArtifactReader.load(path) }
      }
    }
  }

  @Test func `a socket and a name that is no text are refused`() throws {
    try Sample.withPublished { path in
      try FileManager.default.removeItem(atPath: path + "/card.md")
      #expect(mknod(path + "/card.md", S_IFSOCK | 0o644, 0) == 0)
      #expect(throws: ArtifactError.damaged(file: "card.md", .notRegular)) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
    try Sample.withPublished { path in
      let name = path + "/x"
      #expect(mkdir(name, 0o755) == 0)
      let odd = path.utf8.map { CChar(bitPattern: $0) } + [0x2F, -1, 0]
      let renamed = rename(name, odd)
      #expect(renamed == 0)
      #expect(throws: ArtifactError.damaged(file: "a file", .unlisted)) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test func `a manifest of a million braces takes no time`() throws {
    let texts = [
      String(repeating: "[", count: 1 << 20), String(repeating: "{\"a\":", count: 200_000),
      "{\"a\":\"" + String(repeating: "\\u0041", count: 170_000) + "\"}",
      "{\"a\":" + String(repeating: "9", count: 1_000_000) + "}",
      "[" + String(repeating: "[],", count: 300_000) + "[]]",
    ]
    for text in texts {
      #expect(throws: ArtifactError.self) {
        try ArtifactFiles([.init(path: "manifest.json", bytes: Data(text.utf8))])
      }
    }
    let huge = Data(count: 1 << 20 + 1)
    #expect(throws: ArtifactError.damaged(file: "manifest.json", .limit(1 << 20))) {
      try ArtifactFiles([.init(path: "manifest.json", bytes: huge)])
    }
  }

  @Test func `a file that is exchanged while it is read is never trusted`() throws {
    try Sample.withPublished { path in
      let card = path + "/card.md"
      let whole = try Data(contentsOf: URL(filePath: card))
      let other = Data(whole.map { $0 ^ 1 })
      let identity = try ArtifactFiles(verifying: path).identity
      let stop = Flag()
      let attacker = DispatchQueue(label: "attacker")
      attacker.async {
        var turn = 0
        while !stop.isRaised.withLock({ $0 }) {
          turn += 1
          let beside = path + "-beside"
          switch turn % 3 {
          case 0:
            try? FileManager.default.createSymbolicLink(
              atPath: beside, withDestinationPath: "/etc/hostname")
          case 1: try? other.write(to: URL(filePath: beside))
          default: try? whole.write(to: URL(filePath: beside))
          }
          rename(beside, card)
        }
      }
      for _ in 0..<400 {
        guard let files = try? ArtifactFiles(verifying: path) else { continue }
        #expect(files.identity == identity)
        #expect(try files["card.md"] == whole)
      }
      stop.isRaised.withLock { $0 = true }
      attacker.sync {}
    }
  }
}

/// Raised by one thread and seen by another.
private final class Flag: Sendable {
  let isRaised = Mutex(false)
}

/// Sweeps that take minutes.
enum FaultTests {
  static let areAsked = ProcessInfo.processInfo.environment["COHORT_FAULTS"] == "1"
}
