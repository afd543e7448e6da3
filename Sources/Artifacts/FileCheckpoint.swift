import Foundation

/// What is known of the beginning of a file that a process did not get to complete.
///
/// Stored as JSON beside its own SHA-256: one that was damaged or written by hand is as good as none.
struct FileCheckpoint<Job: Codable & Equatable, Progress: Codable>: Codable {
  /// Everything that decides the bytes of the file.
  let job: Job
  let byteCount: Int
  let progress: Progress

  private enum CodingKeys: String, CodingKey {
    case job, progress
    case byteCount = "bytes"
  }

  init(job: Job, byteCount: Int, progress: Progress) {
    self.job = job
    self.byteCount = byteCount
    self.progress = progress
  }

  private struct Sealed: Codable {
    let checkpoint: FileCheckpoint
    let sha256: String
  }

  /// Nil where there is none, or none that can be trusted: then the work is done again.
  init?(path: String) {
    guard (try? DurableFile.isPlain(path)) == true,
      let bytes = FileManager.default.contents(atPath: path),
      let sealed = try? CanonicalJSON.decode(
        Sealed.self, from: bytes, limits: .init(byteCount: 16 << 20)),
      let own = try? CanonicalJSON.encode(sealed.checkpoint),
      ContentHash.hexadecimal(own) == sealed.sha256
    else { return nil }
    self = sealed.checkpoint
  }

  func write(to path: String) throws(ArtifactError) {
    let bytes = try ArtifactWriter.stored {
      let own = try CanonicalJSON.encode(self)
      return try CanonicalJSON.encode(
        Sealed(checkpoint: self, sha256: ContentHash.hexadecimal(own)))
    }
    try DurableFile.write(bytes, to: path)
  }
}
