import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct LightGBMTextTests {
  /// Fields of a text by tree and name; numbers as numbers.
  private func fields(_ text: String) -> [[String: [Double]]] {
    text.components(separatedBy: "Tree=").dropFirst().map { tree in
      var fields: [String: [Double]] = [:]
      for line in tree.split(separator: "\n").prefix(while: { $0 != "end of trees" }) {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { continue }
        fields[String(parts[0])] = parts[1].split(separator: " ").compactMap { Double($0) }
      }
      return fields
    }
  }

  @Test func `a model of LightGBM is written as LightGBM wrote it`() throws {
    for entry in try BoostingFixture.load().cases {
      let model = try GradientBoostingModel(lightGBMText: entry.text)
      #expect(fields(model.lightGBMText) == fields(entry.text), "\(entry.name)")
      let header = { (text: String) in
        text.split(separator: "\n").filter {
          $0.hasPrefix("max_feature_idx") || $0.hasPrefix("objective")
            || $0.hasPrefix("feature_names") || $0.hasPrefix("version")
        }
      }
      #expect(header(model.lightGBMText) == header(entry.text), "\(entry.name)")
    }
  }

  @Test func `what is written is read again without loss`() throws {
    for histograms in ["exact", "quantized"] {
      let fixture = try BoostingFixture.load()
      for entry in fixture.cases {
        let model = try entry.estimator(histograms).fit(fixture.input(entry), in: boostingContext())
          .model
        let again = try GradientBoostingModel(lightGBMText: model.lightGBMText)
        #expect(again == model, "\(entry.name)")
      }
    }
  }

  @Test func `importance is that of LightGBM`() throws {
    for entry in try BoostingFixture.load().cases {
      let importance = try GradientBoostingModel(lightGBMText: entry.text).importance
      #expect(importance.splits == entry.splits)
      // Gains are written with six digits.
      #expect(zip(importance.gain, entry.gain).allSatisfy { isClose($0, $1, within: 1e-5) })
    }
  }

  @Test func `predictions are those of LightGBM`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      let model = try GradientBoostingModel(lightGBMText: entry.text)
      let own = try model.predictions(fixture.table(entry), on: .serial)
      // One exponential on either side.
      #expect(zip(own, entry.predictions).allSatisfy { isClose($0, $1, within: 1e-15) })
    }
  }

  /// Writes models with rows and scores to the folder in COHORT_LIGHTGBM_TEXTS, for
  /// `Fixtures/generate/lightgbm_reads.py` to load into LightGBM itself.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["COHORT_LIGHTGBM_TEXTS"] != nil))
  func `texts for LightGBM to read are written`() throws {
    let folder = URL(
      fileURLWithPath: ProcessInfo.processInfo.environment["COHORT_LIGHTGBM_TEXTS"] ?? "")
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      for histograms in ["exact", "quantized"] {
        let fit = try entry.estimator(histograms).fit(fixture.input(entry), in: boostingContext())
        try Shown(fit.model, fixture.rows(entry)).write(
          to: folder, as: "\(entry.name)-\(histograms)")
      }
    }
    let sample = boostingSample(3000)
    let rows = (0..<3000).map { row in
      sample.features.columns.map { column in
        switch column.values {
        case .numbers(let numbers): numbers[row]
        case .categories(let categories):
          categories.codes[row] < 0 ? .nan : Double(categories.codes[row])
        }
      }
    }
    for treatment in CategoryTreatment.allCases {
      var estimator = GradientBoosting()
      estimator.categoryTreatment = treatment
      let fit = try estimator.fit(sample, in: boostingContext())
      try Shown(fit.model, rows).write(to: folder, as: "sample-\(treatment.rawValue)")
    }
  }

  /// A model beside the scores that LightGBM should find; null stands for missing values.
  private struct Shown: Encodable {
    let text: String
    let rows: [[Double?]]
    let scores: [Double]

    init(_ model: GradientBoostingModel, _ rows: [[Double]]) {
      text = model.lightGBMText
      self.rows = rows.map { $0.map { $0.isNaN ? nil : $0 } }
      scores = rows.map { $0.withUnsafeBufferPointer { model.score($0) } }
    }

    func write(to folder: URL, as name: String) throws {
      try JSONEncoder().encode(self).write(to: folder.appending(path: "\(name).json"))
    }
  }

  private static let small = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=1
    objective=regression
    feature_names=x k
    feature_infos=[0:9] -1:0:1:2
    tree_sizes=1

    Tree=0
    num_leaves=3
    num_cat=1
    split_feature=0 1
    threshold=4.5 0
    decision_type=10 1
    left_child=-1 -2
    right_child=1 -3
    leaf_value=1 2 3
    cat_boundaries=0 1
    cat_threshold=5

    end of trees
    """

  @Test func `a small text means what the format says`() throws {
    // x ≤ 4.5 or NaN → 1; otherwise k in {0, 2} → 2; else 3.
    let model = try GradientBoostingModel(lightGBMText: Self.small)
    let rows: [([Double], Double)] = [
      ([4.5, 1], 1), ([.nan, 1], 1), ([5, 0], 2), ([5, 2], 2), ([5, 1], 3), ([5, .nan], 3),
      ([5, 77], 3), ([5, -1], 3),
    ]
    for (row, value) in rows {
      #expect(row.withUnsafeBufferPointer { model.score($0) } == value)
    }
  }

  @Test(arguments: [
    ("tree\nversion", "wood\nversion", "line 1 of the model text: tree is missing"),
    (
      "num_class=1", "num_class=3",
      "line 3 of the model text: a model of several classes is not supported"
    ),
    ("split_feature=0 1", "split_feature=0 9", "does not describe a tree"),
    ("split_feature=0 1", "split_feature=0", "split_feature needs 2 values, found 1"),
    ("left_child=-1 -2", "left_child=0 -2", "does not describe a tree"),
    ("right_child=1 -3", "right_child=1 -2", "does not describe a tree"),
    (
      "threshold=4.5 0", "threshold=4.5 3",
      "line 16 of the model text: threshold does not describe a tree"
    ),
    ("leaf_value=1 2 3", "leaf_value=1 two 3", "leaf_value is not what the format has there"),
    ("leaf_value=1 2 3", "leaf_value=1 nan 3", "leaf_value is not what the format has there"),
    ("leaf_value=1 2 3", "no_value=1 2 3", "leaf_value is missing"),
    ("num_leaves=3", "num_leaves=99999999999", "leaf_value needs 99999999999 values, found 3"),
    ("cat_boundaries=0 1", "cat_boundaries=0 7", "cat_boundaries does not describe a tree"),
    ("objective=regression", "objective=lambdarank", "the objective lambdarank is not supported"),
    ("[0:9] -1:0:1:2", "[0:9] -1:0:99999999", "a category code above 1048575 is not supported"),
    ("[0:9] -1:0:1:2", "[0:9]", "feature_infos needs 2 values, found 1"),
  ])
  func `a damaged text is refused in a sentence`(from: String, to: String, message: String) {
    let text = Self.small.replacingOccurrences(of: from, with: to)
    do throws(LearningError) {
      _ = try GradientBoostingModel(lightGBMText: text)
      Issue.record("read without an error")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
