import Artifacts
import Foundation
import Testing

struct TimingsTests {
  private static let timings = Timings(
    latency: LatencyRecord(
      cold: .init(p50: 12.5, p95: 20, p99: 31), warm: .init(p50: 1.5, p95: 2, p99: 4),
      calls: 2000))

  private func withPublished(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/model"
      try ArtifactWriter.publish(
        PropensitySample.artifact(PropensitySample.linear()), timings: Self.timings, to: path)
      try body(path)
    }
  }

  @Test func `timings come back and are no part of the identity`() throws {
    try withPublished { path in
      let timed = try ArtifactReader.load(path)
      #expect(timed.timings == Self.timings)
      try FileManager.default.removeItem(atPath: path + "/timings.json")
      let untimed = try ArtifactReader.load(path)
      #expect(untimed.timings == nil && untimed.identity == timed.identity)
      let again = try ArtifactWriter.publish(timed.propensity, timings: Self.timings, to: path)
      #expect(again == timed.identity)
    }
  }

  @Test func `every flipped bit and every cut of the timings is refused`() throws {
    try withPublished { path in
      let url = URL(filePath: path + "/timings.json")
      let whole = try Data(contentsOf: url)
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(place % 8)
        try bytes.write(to: url)
        #expect(throws: ArtifactError.self) { try ArtifactReader.load(path) }
      }
      for count in stride(from: 0, to: whole.count, by: 7) {
        try whole.prefix(count).write(to: url)
        #expect(throws: ArtifactError.self) { try ArtifactReader.load(path) }
      }
      try (whole + Data(" ".utf8)).write(to: url)
      #expect(throws: ArtifactError.damaged(file: "timings.json", .digest)) {
        try ArtifactReader.load(path)
      }
    }
  }

  @Test func `timings that are huge, a link or listed are refused`() throws {
    try withPublished { path in
      let url = URL(filePath: path + "/timings.json")
      let whole = try Data(contentsOf: url)
      try Data(count: 1 << 17).write(to: url)
      #expect(throws: ArtifactError.damaged(file: "timings.json", .limit(1 << 16))) {
        try ArtifactReader.load(path)
      }
      try FileManager.default.removeItem(at: url)
      try whole.write(to: URL(filePath: path + "-outside"))
      try FileManager.default.createSymbolicLink(
        atPath: url.path, withDestinationPath: path + "-outside")
      #expect(throws: ArtifactError.damaged(file: "timings.json", .link)) {
        try ArtifactReader.load(path)
      }
      try FileManager.default.removeItem(at: url)
      try whole.write(to: url)
      try Sample.reseal(path, kind: "propensity")
      #expect(throws: ArtifactError.damaged(file: "manifest.json", .illegalPath)) {
        try ArtifactReader.load(path)
      }
    }
  }
}
