import Evaluation
import Experiments
import Foundation
import Learning
import Numerical
import Testing

struct ClassificationRunTests {
  @Test func `every training row is scored once, by a fold that had not seen it`() throws {
    let folder = try PropensityFolder()
    let summary = try folder.run(try folder.study())
    let predictions = try folder.predictions(of: summary)
    #expect(predictions.map(\.row) == Array(1...240))
    #expect(Set(predictions.map(\.fold)) == [1, 2, 3, 4, 5])
    #expect(predictions.allSatisfy { $0.raw > 0 && $0.raw < 1 })
    let trial = try #require(summary.record.experiments[0].chosen).trial
    // The chance of responding is spread over 0…0.95 by age and channel alone.
    let area = try #require(trial[metric: "roc_auc"])
    #expect(area.value > 0.6)
    #expect(area.split == "folds")
    #expect(area.rowCount == 240)
    let interval = try #require(area.interval)
    #expect(interval.lower < area.value && area.value < interval.upper)
  }

  /// If anything of a fold's rows entered its pipeline (levels, medians, scales, target means, bins), its
  /// other rows would score differently once these rows change.
  @Test(
    arguments: [
      "{model: logistic-regression, standardize.method: robust, pca.components: 2}",
      "{model: gradient-boosting, num_iterations: 10, num_leaves: 4, categories: statistics}",
    ],
    [
      "{scheme: random, folds: 5}", "{scheme: random, folds: 2}", "{scheme: group, folds: 3}",
      "{scheme: forward-time, folds: 4}",
    ])
  func `held-out rows change nothing that scores their fold`(
    block: String, split: String
  ) throws {
    var customers = PropensityFolder.customers()
    let folder = try PropensityFolder(customers)
    let study = try folder.study(
      roles: PropensityFolder.roles(for: split), grid: "[\(block)]",
      experiment: "calibrate: \(split.contains("random") ? "isotonic" : "sigmoid")",
      tail: "split: \(split)")
    let before = try folder.predictions(of: folder.run(study))
    let second = before.filter { $0.fold == 2 }.map(\.row)
    let changed = Set(second.prefix(second.count / 2))
    for row in changed {
      customers[row - 1].age = 1e6
      customers[row - 1].channel = "pigeon"
      customers[row - 1].visits = nil
      customers[row - 1].responded.toggle()
    }
    try folder.write(customers)
    let after = try folder.predictions(of: folder.run(study))
    #expect(after.map(\.fold) == before.map(\.fold))
    for (old, new) in zip(before, after) where old.fold == 2 && !changed.contains(old.row) {
      #expect(old.raw.bitPattern == new.raw.bitPattern, "row \(old.row)")
      #expect(old.calibrated.bitPattern == new.calibrated.bitPattern, "row \(old.row)")
    }
    #expect(zip(before, after).contains { $0.fold != 2 && $0.raw != $1.raw })
  }

  @Test func `threads and other runs change no byte`() throws {
    let folder = try PropensityFolder()
    let study = try folder.study(
      baselines: true, experiment: "calibrate: isotonic", tail: "split: {folds: 3, holdout: 0.2}")
    let one = try contents(try folder.run(study, in: "one"))
    #expect(one.keys.contains { $0.hasSuffix("model/tensors.safetensors") })
    for threads in [2, 3] {
      let other = try contents(try folder.run(study, in: "runs\(threads)", threads: threads))
      #expect(Set(other.keys) == Set(one.keys))
      for (file, bytes) in one { #expect(other[file] == bytes, "\(file), \(threads) threads") }
    }
    let again = try folder.run(study, in: "one")
    #expect(again.computedCount == 0)
    #expect(try contents(again) == one)
  }

  private func contents(_ summary: RunSummary) throws -> [String: Data] {
    let root = summary.directory.path
    var contents: [String: Data] = [:]
    for case let file as String in try #require(FileManager.default.enumerator(atPath: root)) {
      let name = file.split(separator: "/").last.map(String.init) ?? file
      if ["timings.json", "environment.json", "events.jsonl"].contains(name) { continue }
      contents[file] = try? Data(contentsOf: URL(filePath: "\(root)/\(file)"))
    }
    return contents
  }

  // The outcome is a coin: no model knows more than another, and the prior knows as much.
  @Test func `metrics in another order are as if no run had been before`() throws {
    let folder = try PropensityFolder()
    func board(_ metrics: String, in runs: String) throws -> String {
      let summary = try folder.run(try folder.study(experiment: "metrics: \(metrics)"), in: runs)
      return try String(
        contentsOf: URL(filePath: summary.directory.path + "/leaderboard.json"), encoding: .utf8)
    }
    _ = try board("[log_loss, roc_auc]", in: "both")
    #expect(
      try board("[roc_auc, log_loss]", in: "both") == board("[roc_auc, log_loss]", in: "one"))
  }

  @Test func `candidates that differ by noise only share one tier`() throws {
    var source = RandomSource(seed: Seed(21))
    let customers = PropensityFolder.customers(400).map { customer in
      var customer = customer
      customer.responded = source.uniform() < 0.4
      return customer
    }
    let folder = try PropensityFolder(customers)
    let grid = "[{model: logistic-regression, c: [0.01, 0.1, 1]}, \(PropensityFolder.boosting)]"
    let experiment = try folder.run(try folder.study(grid: grid, baselines: true)).record
      .experiments[0]
    #expect(experiment.leaderboard.count == 8)
    #expect(experiment.leaderboard.allSatisfy { $0.tier == 1 })
    #expect(experiment.tiers?.basis == .chance)
  }

  @Test func `what depends on nothing falls behind what depends on the columns`() throws {
    let folder = try PropensityFolder(PropensityFolder.customers(600))
    let experiment = try folder.run(
      try folder.study(
        grid: "[{model: prior}, {model: logistic-regression}]",
        experiment: "select: {metric: roc_auc, within_tier: [fastest, most_stable]}")
    ).record.experiments[0]
    #expect(experiment.leaderboard.map(\.trial.model) == ["logistic-regression", "prior"])
    #expect(experiment.leaderboard.map(\.tier) == [1, 2])
  }

  @Test func `baselines join unless they are switched off or asked for`() throws {
    let folder = try PropensityFolder()
    func models(_ study: StudyFile) throws -> [String] {
      try StudyInput(study, on: WorkerPool(threadCount: 1)).plan.trials.map(\.model)
    }
    let baselines = Catalog.standard.classifiers.filter(\.isBaseline).map(\.name)
    #expect(baselines.contains("prior") && baselines.contains("random-forest"))
    #expect(try models(folder.study(baselines: true)) == ["gradient-boosting"] + baselines)
    #expect(try models(folder.study(baselines: false)) == ["gradient-boosting"])
    let own = try models(folder.study(grid: "[{model: prior}]", baselines: true))
    #expect(own.count { $0 == "prior" } == 1)
  }

  @Test(arguments: ["", "search: {drop: halving}"])
  func `a fold counts the same share of its rows as all folds together`(search: String) throws {
    let folder = try PropensityFolder()
    let summary = try folder.run(
      try folder.study(
        grid: "[{model: logistic-regression, c: [0.0001, 1]}]",
        experiment: "metrics: [\"capture@60\", \"capture@25%\"]\n    \(search)"))
    let root = summary.directory.path
    let files = try FileManager.default.subpathsOfDirectory(atPath: root)
      .filter { $0.hasSuffix("/replicates.json") }
    #expect(files.count >= 2)
    for file in files {
      let replicates = try JSONDecoder().decode(
        TrialReplicates.self, from: Data(contentsOf: URL(filePath: "\(root)/\(file)")))
      let folds = try #require(replicates.folds["capture@60"])
      #expect(folds == replicates.folds["capture@25%"])
      #expect(Set(folds).count > 1)
      #expect(replicates.metrics["capture@60"] == replicates.metrics["capture@25%"])
    }
  }

  // An isotonic map has few values, another map in every fold: ranked by them, the best tenth would be another
  // one than that of the metrics.
  @Test func `the gains table ranks rows as the metrics do`() throws {
    let folder = try PropensityFolder()
    let study = try folder.study(
      grid: "[{model: logistic-regression}]",
      experiment: "calibrate: isotonic\n    metrics: [\"capture@10%\", \"lift@20%\", ks]")
    let experiment = try folder.run(study).record.experiments[0]
    let trial = try #require(experiment.chosen).trial
    let gains = try #require(experiment.classification[trial.id]).gains
    // Ages are real numbers, so no scores tie: bins of 24 of 240 rows.
    #expect(gains.rows.map(\.rowCount) == [Int](repeating: 24, count: 10))
    let capture = try #require(trial[metric: "capture@10%"])
    #expect(abs(gains.rows[0].cumulative.capture - capture.value) < 1e-12)
    let lift = try #require(trial[metric: "lift@20%"])
    #expect(abs(gains.rows[1].cumulative.lift - lift.value) < 1e-12)
    let distance = try #require(trial[metric: "ks"])
    #expect(gains.rows.allSatisfy { $0.cumulative.ks <= distance.value + 1e-12 })
  }

  @Test func `calibration is judged by folds it has not seen`() throws {
    let folder = try PropensityFolder()
    let study = try folder.study(experiment: "calibrate: isotonic")
    let trial = try #require(try folder.run(study).record.experiments[0].chosen).trial
    let calibrated = try #require(trial[metric: "log_loss"])
    let raw = try #require(trial[metric: "log_loss_raw"])
    #expect(calibrated.value != raw.value)
    // An isotonic map fitted to the very scores it is judged on is never worse than they are; fitted to
    // other folds of 48 rows it is.
    #expect(calibrated.value > raw.value)
  }

  @Test func `the chosen trial is measured on the holdout at its own cut`() throws {
    let folder = try PropensityFolder()
    let study = try folder.study(
      experiment: "metrics: [roc_auc, precision]", tail: "split: {holdout: 0.25, folds: 3}")
    let trial = try #require(try folder.run(study).record.experiments[0].chosen).trial
    let held = trial.metrics.filter { $0.split == "holdout" }
    #expect(held.map(\.name) == ["roc_auc", "precision"])
    #expect(held.allSatisfy { $0.rowCount == 60 })
  }

  @Test(arguments: ["group", "forward-time"]) func `rows are split by role`(scheme: String) throws {
    let folder = try PropensityFolder()
    let study = try folder.study(
      roles: "id: customer, target: responded, ignore: [after], group: household, time: day",
      tail: "split: {scheme: \(scheme), folds: 4}")
    let predictions = try folder.predictions(of: try folder.run(study))
    if scheme == "group" {
      #expect(predictions.count == 240)
      let byHousehold = Dictionary(grouping: predictions) { ($0.row - 1) / 4 }
      #expect(byHousehold.values.allSatisfy { rows in Set(rows.map(\.fold)).count == 1 })
    } else {
      // The first fifth is only learnt from; folds follow each other in time.
      #expect(predictions.map(\.row) == Array(49...240))
      #expect(predictions.map(\.fold) == predictions.map(\.fold).sorted())
    }
  }
}
