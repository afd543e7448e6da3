import Artifacts

/// The file beside scores that says which model they come from (`scores.csv.json`).
///
/// It holds the SHA-256 of the scores: one that was left by others shows by that.
struct ScoreSidecar {
  private let scores: String
  private let path: String

  init(of scores: String) {
    self.scores = scores
    path = scores + ".json"
  }

  /// Refuses a place that cannot be written, before there is work to lose.
  func check(against table: String) throws {
    if isSameFile(path, table) {
      throw CommandError(
        .usage, "what is said of the scores would replace the table \(table); give another -o")
    }
    if try DurableFile.isPlain(path) == false { throw ArtifactError.notRegularFile(path: path) }
  }

  /// Writes it complete or not at all; the scores are there.
  func write(_ report: ScoreReport) throws {
    let digest = ContentHash.hexadecimal(ofFileAt: scores)
    let content = Content(report: report, digest: digest)
    try DurableFile.write(try CanonicalJSON.encode(content), to: path)
  }

  private struct Content: Encodable {
    let report: ScoreReport
    let digest: String?

    private enum CodingKeys: String, CodingKey {
      case digest = "file_sha256"
    }

    func encode(to encoder: any Encoder) throws {
      try report.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(digest, forKey: .digest)
    }
  }
}
