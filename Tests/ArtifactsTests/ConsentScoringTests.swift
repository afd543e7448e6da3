import Artifacts
import Foundation
import Numerical
import Tabular
import Testing

struct ConsentScoringTests {
  private let consent = ConsentRule(column: "ok")

  private func propensity() throws -> PropensityArtifact {
    try PropensityArtifact(
      pipeline: PropensitySample.boosted(), passthrough: ["id"], nullTokens: [""],
      consent: consent,
      decision: PropensityDecision(
        cut: CutRule(rule: "a fixed threshold", threshold: 0.5), bandLimits: [0.8, 0.5, 0.2]),
      training: PropensityTraining(
        target: "bought", positive: "yes", rowCount: 400, eventCount: 190),
      metrics: [], lineage: Sample.lineage)
  }

  private func segmentation() throws -> SegmentationArtifact {
    try SegmentationArtifact(
      pipeline: Sample.pipeline(), passthrough: ["id"], nullTokens: [""], consent: consent,
      sizes: [1, 3], agreement: (1, 4), metrics: [], lineage: Sample.lineage)
  }

  /// Every third row says yes, every third no, every third nothing.
  private func asked(_ table: Table) -> Table {
    let rows = 0..<table.rowCount
    let answers = Column(
      name: "ok",
      values: .category(codes: rows.map { [1, 0, -1][$0 % 3] }, levels: ["no", "yes"]),
      missingRows: rows.filter { $0 % 3 == 2 })
    return Table(columns: table.columns + [answers])
  }

  /// What scoring writes of every row of a table.
  private func lines(_ scorer: some TableScorer, of table: Table) throws -> [String] {
    try scoredText(scorer, table).split(separator: "\n").dropFirst().map(String.init)
  }

  @Test func `a row without consent keeps its place and gets nothing but its status`() throws {
    let table = asked(PropensitySample.table)
    let plain = try PropensityScorer(
      PropensitySample.artifact(PropensitySample.boosted()), reasonCount: 2)
    let scorer = PropensityScorer(try propensity(), reasonCount: 2)
    let (all, scores) = (
      try plain.score(table, on: .serial), try scorer.score(table, on: .serial)
    )
    let (before, after) = (try lines(plain, of: table), try lines(scorer, of: table))
    for row in 0..<table.rowCount {
      if row % 3 == 0 {
        #expect(after[row] == before[row])
      } else {
        #expect(scores.statuses[row] == .suppressed && scores.reasons[row].isEmpty)
        #expect(after[row].hasSuffix(",,,,,,,suppressed"))
      }
    }
    #expect(scores.summary.rowCount == 400 && scores.summary.suppressedRowCount == 266)
    #expect(all.summary.suppressedRowCount == 0)
    let contacted = (0..<400).count { $0 % 3 == 0 && all.contacts[$0] }
    #expect(scores.summary.decision?.contactCount == contacted)
  }

  @Test func `a share of the rows is a share of those with consent`() throws {
    let table = asked(PropensitySample.table)
    let scores = try PropensityScorer(try propensity(), cut: .top(0.5)).score(table, on: .serial)
    let permitted = (0..<400).filter { $0 % 3 == 0 }
    let alone = try PropensityScorer(
      PropensitySample.artifact(PropensitySample.boosted()), cut: .top(0.5)
    ).score(PropensitySample.table.selectingRows(permitted), on: .serial)
    #expect(permitted.map { scores.contacts[$0] } == alone.contacts)
    #expect(scores.contacts.count { $0 } == alone.contacts.count { $0 })
  }

  @Test func `segments are given to rows with consent alone`() throws {
    let table = asked(Sample.table)
    let scorer = SegmentScorer(try segmentation())
    let scores = try scorer.score(table, on: .serial)
    #expect(scores.statuses == [.ok, .suppressed, .suppressed, .ok])
    #expect(try lines(scorer, of: table)[1].hasSuffix(",,,,,,suppressed"))
    #expect(scores.summary.segments?.map(\.rowCount).reduce(0, +) == 2)
  }

  @Test func `a table in which nobody is asked is refused`() throws {
    #expect(throws: ScoringError.table(.missingColumn(name: "ok", nearest: nil))) {
      try SegmentScorer(try segmentation()).score(Sample.table, on: .serial)
    }
  }

  @Test func `a table in which everybody says no has no answers`() throws {
    let table = asked(Sample.table).selectingRows([1, 1])
    let scores = try SegmentScorer(try segmentation()).score(table, on: .serial)
    #expect(scores.statuses == [.suppressed, .suppressed])
  }

  @Test func `the rule is part of the stored schema and of the model's digest`() throws {
    try withTemporaryDirectory { directory in
      let artifact = try propensity()
      try ArtifactWriter.publish(artifact, to: directory + "/asked")
      try ArtifactWriter.publish(
        PropensitySample.artifact(PropensitySample.boosted()), to: directory + "/open")
      let stored = try ArtifactReader.load(directory + "/asked")
      #expect(try stored.propensity.inputs.consent == consent)
      #expect(try stored.propensity.inputs.kinds["ok"] == .category)
      let open = try ArtifactReader.load(directory + "/open")
      #expect(try stored.manifest.modelDigest != open.manifest.modelDigest)
      let status = try #require(try stored.propensity.outputs.columns.last)
      #expect(status.levels?.suffix(2) == ["rejected", "suppressed"])
    }
  }

  @Test func `a reason does not repeat a level that the model does not know`() throws {
    let levels = Column(name: "contact", values: .text(["rare name", "post"]))
    let table = Table(columns: [
      Column(name: "id", values: .text(["1", "2"])),
      Column(name: "age", values: .integer([30, 40])),
      Column(name: "balance", values: .real([1, 2])), levels,
    ])
    let scorer = PropensityScorer(
      try PropensitySample.artifact(PropensitySample.boosted()), reasonCount: 3)
    #expect(try !lines(scorer, of: table).contains { $0.contains("rare name") })
  }
}
