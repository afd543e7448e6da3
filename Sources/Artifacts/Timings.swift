import Foundation

/// What was measured when a model was trained (`timings.json`).
///
/// Two measurements never agree, so the file is the one of an artifact that its manifest does not list:
/// equal models stay equal artifacts. It carries its own SHA-256 and is written in one form only, so that
/// every change to it is found all the same.
public struct Timings: Hashable, Sendable, Codable {
  public let latency: LatencyRecord

  public init(latency: LatencyRecord) { self.latency = latency }

  package static let file = "timings.json"
  static let sizeLimit = 1 << 16

  private struct Sealed: Codable {
    let measured: Timings
    /// Of the canonical JSON of `measured`.
    let sha256: String
  }

  func sealed() throws(ArtifactError) -> DurableDirectory.File {
    try ArtifactWriter.stored {
      let digest = ContentHash.hexadecimal(try CanonicalJSON.encode(self))
      let bytes = try CanonicalJSON.encode(Sealed(measured: self, sha256: digest))
      return DurableDirectory.File(path: Self.file, bytes: bytes)
    }
  }

  /// - Throws: `.damaged` with `.digest` unless the bytes are those that `sealed` wrote; `.json`, `.content`.
  init(sealed bytes: Data) throws(ArtifactError) {
    self = try ArtifactFiles.decode(Sealed.self, from: bytes, file: Self.file).measured
    guard try sealed().bytes == bytes else { throw .damaged(file: Self.file, .digest) }
  }
}

/// How fast a classifier answers, measured when it was trained.
public struct LatencyRecord: Hashable, Sendable, Codable {
  /// Microseconds of single-row calls of the model: the first ones after loading, and later ones.
  public let cold: Percentiles
  public let warm: Percentiles
  /// The later ones that were measured.
  public let calls: Int

  public struct Percentiles: Hashable, Sendable, Codable {
    public let p50: Double
    public let p95: Double
    public let p99: Double

    public init(p50: Double, p95: Double, p99: Double) {
      self.p50 = p50
      self.p95 = p95
      self.p99 = p99
    }
  }

  public init(cold: Percentiles, warm: Percentiles, calls: Int) {
    self.cold = cold
    self.warm = warm
    self.calls = calls
  }
}
