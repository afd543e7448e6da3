import Artifacts
import Foundation
import Testing

struct TrainingEnvironmentTests {
  private static func environment(
    program: String? = "ab12", threads: Int = 2
  ) -> TrainingEnvironment {
    TrainingEnvironment(
      program: program, architecture: "x86_64", system: "Linux 6.1",
      arithmetic: "OpenBLAS 0.3.21 Haswell", threads: threads)
  }

  private func withPublished(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/model"
      try ArtifactWriter.publish(Sample.artifact(), environment: Self.environment(), to: path)
      try body(path)
    }
  }

  @Test func `the environment comes back and is no part of the identity`() throws {
    try withPublished { path in
      let stored = try ArtifactReader.load(path, catalog: Sample.catalog)
      #expect(stored.environment == Self.environment())
      #expect(try ArtifactFiles.environment(of: path) == Self.environment())
      let again = try ArtifactWriter.publish(
        stored.segmentation, environment: Self.environment(threads: 8), to: path)
      #expect(again == stored.identity)
      // What was there stays.
      #expect(try ArtifactFiles.environment(of: path)?.threads == 2)
      try FileManager.default.removeItem(atPath: path + "/environment.json")
      let plain = try ArtifactReader.load(path, catalog: Sample.catalog)
      #expect(plain.environment == nil && plain.identity == stored.identity)
      #expect(try ArtifactFiles.environment(of: path) == nil)
    }
  }

  @Test func `its form is the one of the format`() throws {
    try withPublished { path in
      // The digest by sha256sum of the inner object and a newline.
      let inner =
        "{\"architecture\":\"x86_64\",\"blas\":\"OpenBLAS 0.3.21 Haswell\","
        + "\"program_sha256\":\"ab12\",\"system\":\"Linux 6.1\",\"threads\":2}"
      let digest = "5e39be61a022f732c388b31ca85ac05ea85d98bf37017be0d6c153e815cbaf0c"
      let text = try String(contentsOfFile: path + "/environment.json", encoding: .utf8)
      #expect(text == "{\"measured\":\(inner),\"sha256\":\"\(digest)\"}\n")
    }
  }

  @Test func `every flipped bit and a listing in the manifest are refused`() throws {
    try withPublished { path in
      let url = URL(filePath: path + "/environment.json")
      let whole = try Data(contentsOf: url)
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        try bytes.write(to: url)
        #expect(throws: ArtifactError.self) {
          try ArtifactReader.load(path, catalog: Sample.catalog)
        }
      }
      try whole.write(to: url)
      try Sample.reseal(path)
      #expect(throws: ArtifactError.damaged(file: "manifest.json", .illegalPath)) {
        try ArtifactReader.load(path, catalog: Sample.catalog)
      }
    }
  }

  @Test func `what differs is named, threads never`() {
    let own = Self.environment()
    #expect(own.differences(from: Self.environment(threads: 64)).isEmpty)
    #expect(own.differences(from: Self.environment(program: nil)) == ["program"])
    let other = TrainingEnvironment(
      program: "ab12", architecture: "arm64", system: "macOS 26", arithmetic: "OpenBLAS 0.3.29",
      threads: 2)
    #expect(own.differences(from: other) == ["architecture", "system", "blas"])
  }

  @Test func `a file is hashed as its bytes are`() throws {
    try withTemporaryDirectory { directory in
      // More than two blocks of reading.
      let bytes = Data((0..<(1 << 21) + 5).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      try bytes.write(to: URL(filePath: directory + "/program"))
      let found = ContentHash.hexadecimal(ofFileAt: directory + "/program")
      #expect(found == ContentHash.hexadecimal(bytes))
      #expect(ContentHash.hexadecimal(ofFileAt: directory + "/none") == nil)
    }
  }
}
