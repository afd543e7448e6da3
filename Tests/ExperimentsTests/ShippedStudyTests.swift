import Experiments
import Foundation
import Numerical
import Testing

struct ShippedStudyTests {
  /// The root of the package.
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func `every study that is shipped reads, and the demonstration finds its table`() throws {
    let folder = Self.root.appending(path: "experiments")
    let studies = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(studies.contains("bank-segments.yaml"))
    for study in studies {
      _ = try StudyReader().read(path: folder.appending(path: study).path)
    }
    let demonstration = try StudyReader().read(
      path: folder.appending(path: "bank-segments.yaml").path)
    let input = try StudyInput(demonstration, on: .serial)
    #expect(input.record.rowCount == 4_521)
    // 2 powers × 3 decompositions × 6 numbers of segments.
    #expect(input.plan.trials.count == 36)
    let roles = Dictionary(input.record.columns.map { ($0.name, $0.role) }) { first, _ in first }
    #expect(roles["y"] == "target")
    #expect(roles["duration"] == "ignore")
    #expect(roles["age"] == "feature")
  }
}
