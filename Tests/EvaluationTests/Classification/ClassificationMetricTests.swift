import Evaluation
import Testing

struct ClassificationMetricTests {
  @Test func `every metric is found by its name and says what it is`() throws {
    let names = ClassificationMetric.standard.map(\.name)
    #expect(
      names == [
        "roc_auc", "pr_auc", "log_loss", "brier", "ece", "ks", "lift@10%", "capture@10%", "mcc",
        "f1", "precision", "recall", "specificity", "accuracy", "balanced_accuracy",
      ])
    for metric in ClassificationMetric.standard {
      #expect(try ClassificationMetric.named(metric.name).name == metric.name)
      #expect(metric.summary.hasSuffix("."))
    }
  }

  @Test func `losses improve downwards`() {
    let down = ClassificationMetric.standard.filter { $0.direction == .lowerIsBetter }
    #expect(down.map(\.name) == ["log_loss", "brier", "ece"])
    let probabilities = ClassificationMetric.standard.filter(\.needsProbabilities)
    #expect(probabilities.map(\.name) == ["log_loss", "brier", "ece"])
    let cuts = ClassificationMetric.standard.filter(\.needsThreshold)
    #expect(
      cuts.map(\.name).sorted() == [
        "accuracy", "balanced_accuracy", "f1", "mcc", "precision", "recall", "specificity",
      ])
  }

  @Test(arguments: [
    ("lift@5%", "lift@5%"), ("capture@0.5%", "capture@0.5%"), ("lift@100%", "lift@100%"),
    ("capture@12.50%", "capture@12.5%"),
  ])
  func `lift and capture take any percentage`(name: String, canonical: String) throws {
    #expect(try ClassificationMetric.named(name).name == canonical)
  }

  @Test func `a percentage is the share it names`() throws {
    let example = ScoresExample.all[0]
    let groups = try example.groups()
    let found = try ClassificationMetric.named("capture@25%").value(groups, threshold: 0.5)
    #expect(try found == groups.capture(inBest: 0.25))
  }

  @Test func `the best rows are also given by their number`() throws {
    let groups = try ScoresExample.all[0].groups()
    let share = 3 / groups.weight
    let found = try ClassificationMetric.named("capture@3").value(groups, threshold: 0.5)
    #expect(try found == groups.capture(inBest: share))
    let all = try ClassificationMetric.named("lift@1000000").value(groups, threshold: 0.5)
    #expect(all == 1)
  }

  @Test(arguments: ["capture@2", "lift@2"])
  func `a number of rows is the same share of every part`(name: String) throws {
    // The best 2 of 8 are the best quarter; of four rows that is the first, a positive.
    let part = try BinaryScores(scores: [0.9, 0.7, 0.6, 0.1], labels: [1, 1, 0, 0]).groups
    let metric = try ClassificationMetric.named(name)
    let share = try ClassificationMetric.named(name.replacing("@2", with: "@25%"))
    let ofPart = try metric.onPart(of: 8).value(part, threshold: 0.5)
    #expect(try ofPart == share.value(part, threshold: 0.5))
    #expect(try metric.value(part, threshold: 0.5) == 2 * (name == "lift@2" ? 1 : 0.5))
    #expect(metric.onPart(of: 8).name == name)
  }

  @Test(arguments: [
    "auc", "lift", "lift@", "lift@0", "lift@-3", "lift@ten%", "gain@10%", "lift@1@2%", "",
  ])
  func `an unknown name is refused with those that exist`(name: String) {
    #expect(
      throws: EvaluationError.unknownMetric(
        name: name, known: ClassificationMetric.standard.map(\.name))
    ) { try ClassificationMetric.named(name) }
  }

  @Test(arguments: ["lift@0%", "capture@101%", "lift@-5%", "lift@nan%"])
  func `a percentage out of range is refused`(name: String) {
    #expect(throws: EvaluationError.self) { try ClassificationMetric.named(name) }
  }

  @Test func `metrics of a cut follow the threshold`() throws {
    let groups = try BinaryScores(scores: [0.1, 0.4, 0.6, 0.9], labels: [0, 1, 0, 1]).groups
    #expect(try ClassificationMetric.precision.value(groups, threshold: 0.9) == 1)
    #expect(try ClassificationMetric.recall.value(groups, threshold: 0.9) == 0.5)
    #expect(try ClassificationMetric.recall.value(groups, threshold: 0.3) == 1)
  }
}
