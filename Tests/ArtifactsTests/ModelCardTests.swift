import Artifacts
import Foundation
import Tabular
import Testing

struct ModelCardTests {
  private let findings = RunFindings(
    run: "bank-3f9a2c71",
    metrics: [
      EvidenceMetric(name: "roc_auc", value: 0.7, goal: "max", split: "holdout", rowCount: 80)
    ],
    notes: CardNotes(
      owner: "CRM", intendedUse: "letters | in spring", outOfScopeUse: "prices",
      reviewBy: "2027-06-30", limitations: ["one country"]),
    fairness: [
      .init(
        column: "region", split: "holdout", threshold: 0.5,
        groups: [
          .init(
            name: "north", rowCount: 40, figures: [.init(measure: "selection_rate", value: 0.5)]),
          .init(
            name: "south", rowCount: 40, figures: [.init(measure: "selection_rate", value: 0.25)]),
        ],
        gaps: [
          .init(
            measure: "selection_rate",
            difference: .init(measure: "selection_rate", value: 0.25),
            ratio: .init(measure: "selection_rate", value: 0.5))
        ])
    ])

  @Test func `a card has the sections of Mitchell and colleagues`() throws {
    try Sample.withPublished { path in
      let card = try text(path + "/card.md")
      for heading in [
        "Model details", "Intended use", "Out-of-scope use", "Factors", "Metrics",
        "Evaluation data", "Training data", "Ethical considerations", "Caveats and recommendations",
      ] {
        #expect(card.contains("\n## \(heading)\n"), "\(heading)")
      }
      let json = try CanonicalJSON.parse(Data(contentsOf: URL(filePath: path + "/card.json")))
      guard case .object(let members) = json, case .array(let sections)? = members["sections"]
      else { throw CocoaError(.fileReadCorruptFile) }
      #expect(sections.count >= 9)
    }
  }

  @Test func `what a run knows changes the artifact and not the model`() throws {
    try withTemporaryDirectory { directory in
      let artifact = try PropensitySample.artifact(PropensitySample.boosted())
      try ArtifactWriter.publish(artifact, to: directory + "/trial")
      let trial = try ArtifactReader.load(directory + "/trial")
      let identity = try trial.publish(completedBy: findings, to: directory + "/complete")
      let complete = try ArtifactReader.load(directory + "/complete")
      #expect(complete.identity == identity && identity != trial.identity)
      #expect(try complete.manifest.modelDigest == trial.manifest.modelDigest)
      let stored = try complete.propensity
      #expect(stored.lineage.run == "bank-3f9a2c71")
      #expect(stored.governance.notes == findings.notes)
      #expect(stored.governance.fairness?.scored == findings.fairness)
      #expect(stored.metrics.map(\.value) == [0.7])
      let again = try complete.publish(completedBy: findings, to: directory + "/complete")
      #expect(again == identity)
    }
  }

  @Test func `people's words and groups stand in the card, escaped`() throws {
    try withTemporaryDirectory { directory in
      try ArtifactWriter.publish(
        PropensitySample.artifact(PropensitySample.boosted()), to: directory + "/trial")
      try ArtifactReader.load(directory + "/trial")
        .publish(completedBy: findings, to: directory + "/complete")
      let card = try text(directory + "/complete/card.md")
      for part in [
        "Owner: CRM. To be reviewed by: 2027-06-30.", "letters \\| in spring", "prices",
        "one country", "region (holdout) 0.5, below four fifths", "| north | 40 | 0.5 |",
      ] {
        #expect(card.contains(part), "\(part)")
      }
    }
  }

  @Test func `an artifact without the newer files loads as before`() throws {
    try Sample.withPublished { path in
      try FileManager.default.removeItem(atPath: path + "/card.json")
      try Sample.reseal(path)
      let stored = try ArtifactReader.load(path, catalog: Sample.catalog).segmentation
      #expect(stored.governance == Governance())
      #expect(stored.inputs.consent == nil && stored.lineage.table == nil)
    }
  }

  @Test func `columns of two tables that differ are named`() {
    func table(_ columns: [(String, String)]) -> TrainingTable {
      TrainingTable(
        rowCount: 1,
        columns: columns.map {
          .init(name: $0.0, kind: .real, role: "feature", missingCount: 0, digest: $0.1)
        }, unreadColumns: [], filters: [], parts: [])
    }
    let (a, b) = (
      table([("x", "1"), ("y", "2"), ("z", "3")]), table([("x", "1"), ("y", "9"), ("w", "4")])
    )
    #expect(a.differences(from: b) == ["y", "z", "w"])
    #expect(a.differences(from: a).isEmpty)
  }
}
