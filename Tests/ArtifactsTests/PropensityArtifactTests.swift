import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct PropensityArtifactTests {
  private static func withPublished(
    _ artifact: PropensityArtifact, _ body: (String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      try ArtifactWriter.publish(artifact, to: directory + "/model")
      try body(directory + "/model")
    }
  }

  @Test(arguments: ["linear", "boosted"])
  func `a stored model gives the bits of the one that was published`(form: String) throws {
    let calibration = try PropensitySample.isotonic()
    let pipeline =
      form == "linear"
      ? try PropensitySample.linear(calibration: calibration)
      : try PropensitySample.boosted(calibration: calibration)
    let artifact = try PropensitySample.artifact(pipeline)
    try Self.withPublished(artifact) { path in
      let stored = try ArtifactReader.load(path).propensity
      let before = try PropensityScorer(artifact, reasonCount: 3)
        .score(PropensitySample.table, on: .serial)
      let after = try PropensityScorer(stored, reasonCount: 3)
        .score(PropensitySample.table, on: .serial)
      #expect(before.raw == after.raw && before.calibrated == after.calibrated)
      #expect(before.reasons == after.reasons)
      #expect(stored.decision == artifact.decision && stored.training == artifact.training)
      #expect(stored.golden == artifact.golden && stored.metrics == artifact.metrics)
      let again = try ArtifactWriter.publish(stored, to: path)
      #expect(again == (try ArtifactReader.load(path).identity))
    }
  }

  @Test func `every flipped bit and every cut of a small artifact is refused`() throws {
    let artifact = try PropensitySample.artifact(PropensitySample.linear(components: false))
    try Self.withPublished(artifact) { path in
      let identity = try ArtifactReader.load(path).identity
      for file in try files(in: path) {
        let url = URL(filePath: path + "/" + file)
        let whole = try Data(contentsOf: url)
        for place in stride(from: 0, to: whole.count, by: 1 + whole.count / 40) {
          var bytes = whole
          bytes[place] ^= 1 << UInt8(place % 8)
          try bytes.write(to: url)
          // The version of the producer may be any; then it is another artifact.
          if let found = try? ArtifactReader.load(path) {
            #expect(file == "manifest.json" && found.identity != identity, "\(file), \(place)")
          }
          try whole.prefix(place).write(to: url)
          #expect(throws: ArtifactError.self) { try ArtifactReader.load(path) }
        }
        try whole.write(to: url)
      }
      #expect(throws: Never.self) { try ArtifactReader.load(path) }
    }
  }

  @Test func `an encoder of the other form is refused when made and when loaded`() throws {
    let (linear, boosted) = (
      try PropensitySample.linear(components: false), try PropensitySample.boosted()
    )
    for (encoder, model) in [(linear, boosted), (boosted, linear)] {
      let mixed = PropensityPipeline(
        encoder: encoder.encoder, transformers: [], classifier: model.classifier,
        calibration: .none)
      #expect(
        throws: ArtifactError.content(
          file: "model/pipeline.json", place: "encoder", .value)
      ) { try PropensitySample.artifact(mixed) }
    }
    let scaled = PropensityPipeline(
      encoder: boosted.encoder, transformers: linear.transformers,
      classifier: boosted.classifier, calibration: .none)
    #expect(throws: ArtifactError.content(file: "model/pipeline.json", place: "steps", .value)) {
      try PropensitySample.artifact(scaled)
    }
    try Self.withPublished(PropensitySample.artifact(boosted)) { path in
      try Sample.replace(
        #""keepsMissing":true"#, #""keepsMissing":false"#, in: path + "/model/pipeline.json")
      try Sample.reseal(path, kind: "propensity")
      #expect(throws: ArtifactError.self) { try ArtifactReader.load(path) }
    }
  }

  @Test func `a changed answer, decision or schema is found when the seal is forged`() throws {
    let edits = [
      ("evidence/golden.json", #""raw":0."#, #""raw":0.0"#),
      ("evidence/golden.json", #""calibrated":0."#, #""calibrated":0.0"#),
      ("evidence/golden.json", #""contributions":["#, #""contributions":[0.5,"#),
      ("decision.json", #""band_limits":[0.8,"#, #""band_limits":[0.1,"#),
      ("decision.json", #""threshold":0.5"#, #""threshold":"low""#),
      ("decision.json", #"{"band"#, #"{"note":1,"band"#),
      ("evidence/training.json", #""events":190"#, #""events":401"#),
      ("schema/outputs.json", #""name":"raw""#, #""name":"id""#),
      ("schema/inputs.json", #""name":"balance""#, #""name":"balances""#),
      ("model/pipeline.json", #""algorithm":"logistic-regression""#, #""algorithm":"k-means""#),
      ("model/pipeline.json", #""calibration":"#, #""calibrations":"#),
    ]
    for (file, old, new) in edits {
      let artifact = try PropensitySample.artifact(
        PropensitySample.linear(calibration: PropensitySample.isotonic()))
      try Self.withPublished(artifact) { path in
        try Sample.replace(old, new, in: path + "/" + file)
        try Sample.reseal(path, kind: "propensity")
        #expect(throws: ArtifactError.self, "\(file) \(new)") { try ArtifactReader.load(path) }
      }
    }
  }

  @Test func `a model is not loaded as what it is not`() throws {
    try Self.withPublished(PropensitySample.artifact(PropensitySample.linear())) { path in
      let stored = try ArtifactReader.load(path)
      #expect(throws: ArtifactError.otherKind(found: "propensity", expected: "segmentation")) {
        try stored.segmentation
      }
      try Sample.reseal(path)
      #expect(throws: ArtifactError.self) { try ArtifactReader.load(path) }
    }
    try Sample.withPublished { path in
      let stored = try ArtifactReader.load(path, catalog: Sample.catalog)
      #expect(throws: ArtifactError.otherKind(found: "segmentation", expected: "propensity")) {
        try stored.propensity
      }
    }
  }

  @Test(arguments: [
    (0.5, [0.8, 0.5]), (0.5, [0.2, 0.5, 0.8]), (0.5, [1.5, 0.5, 0.2]),
    (.infinity, [0.8, 0.5, 0.2]),
    (.nan, [0.8, 0.5, 0.2]), (0.5, [0.8, .nan, 0.2]),
  ])
  func `a decision without sense is refused`(threshold: Double, limits: [Double]) {
    #expect(throws: ArtifactError.self) {
      try PropensityDecision(cut: CutRule(rule: "x", threshold: threshold), bandLimits: limits)
    }
  }

  @Test(arguments: ["raw", "reason_1", "age"])
  func `a column that passes through may not have the name of another`(name: String) throws {
    let pipeline = try PropensitySample.linear()
    #expect(throws: ArtifactError.self) {
      try PropensitySample.artifact(pipeline, passthrough: [name])
    }
  }

  @Test func `boosted trees are also there as LightGBM's text, which reads back`() throws {
    let pipeline = try PropensitySample.boosted()
    try Self.withPublished(PropensitySample.artifact(pipeline)) { path in
      let exported = try text(path + "/exports/lightgbm/model.txt")
      let model = try #require(pipeline.classifier.model as? GradientBoostingModel)
      #expect(exported == model.lightGBMText)
    }
    try Self.withPublished(PropensitySample.artifact(PropensitySample.linear())) { path in
      let names = try files(in: path)
      #expect(!names.contains { $0.hasPrefix("exports") })
    }
  }

  @Test func `the card names target, base rate, cut, evidence and leaks`() throws {
    let artifact = try PropensitySample.artifact(
      PropensitySample.linear(calibration: PropensitySample.isotonic()))
    try Self.withPublished(artifact) { path in
      let card = try text(path + "/card.md")
      for part in [
        "bought is yes", "400 rows, 190 of them", "base rate 47.5 %", "Calibrated by isotonic",
        "from 0.5 on: the best F1", "| Champions | 0.8 |", "| Low Priority | 0 |",
        "| roc_auc | 0.75 | 0.7 – 0.8 | max | holdout | 100 |",
        "| duration | alone 0.99 AUC | no |", "| balance | real | feature |",
      ] {
        #expect(card.contains(part), "\(part)")
      }
    }
  }
}
