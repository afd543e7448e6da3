import Evaluation
import Experiments
import Foundation
import Testing

struct SliceRecordTests {
  /// The scores out of fold of the customers of one channel, read from the trial's own file.
  private struct Part {
    let ranks: BinaryScores
    let calibrated: BinaryScores

    init(_ path: String, place: Int) throws {
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      let rows = try text.split(separator: "\n").dropFirst().map { line in
        try line.split(separator: ",").map { try #require(Double($0)) }
      }
      let own = rows.filter { (Int($0[0]) - 1) % 3 == place }
      let labels = own.map { $0[4] }
      ranks = try BinaryScores(scores: own.map { $0[2] }, labels: labels)
      calibrated = try BinaryScores(scores: own.map { $0[3] }, labels: labels)
    }
  }

  private func run(_ folder: PropensityFolder) throws -> (ClassificationEvidence, String) {
    let summary = try folder.run(
      try folder.study(
        grid: "[{model: logistic-regression}]",
        experiment: "slices: [channel]\n    calibrate: isotonic\n"
          + "    metrics: [log_loss, \"capture@60\", roc_auc]"))
    let experiment = summary.record.experiments[0]
    let trial = try #require(experiment.chosen).trial
    let evidence = try #require(experiment.classification[trial.id])
    return (evidence, "\(summary.directory.path)/trials/\(trial.id)")
  }

  @Test func `levels have every metric as their own rows give it`() throws {
    let folder = try PropensityFolder()
    let (evidence, path) = try run(folder)
    #expect(evidence.slices.map(\.level) == ["phone", "shop", "web"])
    // Customers take turns: web, shop, phone.
    for (slice, place) in zip(evidence.slices, [2, 1, 0]) {
      let part = try Part(path + "/predictions.csv", place: place)
      #expect(slice.rowCount == 80)
      let area = try part.ranks.groups.rocAUC()
      #expect(slice.rocAUC == area)
      let interval = try DeLong([part.ranks]).interval(of: 0)
      #expect(slice.rocAUCInterval == interval)
      let figures = try #require(slice.metrics)
      #expect(figures.map(\.metric) == ["log_loss", "capture@60"])
      let loss = try #require(figures[0].value)
      let ownLoss = try part.calibrated.groups.logLoss()
      #expect(abs(loss - ownLoss) < 1e-12)
      // 60 of all 240 rows are a quarter, and so of every level.
      let capture = try #require(figures[1].value)
      let ownCapture = try part.ranks.groups.capture(inBest: 0.25)
      #expect(abs(capture - ownCapture) < 1e-12)
    }
  }

  @Test func `a file has the levels with all their metrics`() throws {
    let folder = try PropensityFolder()
    let (evidence, path) = try run(folder)
    let text = try String(contentsOf: URL(filePath: path + "/curves/slices.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(
      lines[0] == [
        "column", "level", "rows", "positives", "observed", "mean_score", "roc_auc",
        "roc_auc_lower", "roc_auc_upper", "log_loss", "capture@60",
      ])
    #expect(lines.count == 4)
    #expect(lines[1].prefix(3) == ["channel", "phone", "80"])
    #expect(Double(lines[1][8]) == evidence.slices[0].rocAUCInterval?.upper)
    #expect(Double(lines[1][10]) == evidence.slices[0].metrics?[1].value)
  }

  @Test func `quarters of many dates are named by dates`() throws {
    let folder = try PropensityFolder()
    let rows = (0..<240).map { row in
      let day = "2026-0\(1 + row % 8)-\(10 + row % 17)"
      return "c\(row),\(day),\(row % 7),\((row + row % 5) % 3 == 0 ? "yes" : "no")\n"
    }
    try folder.write(table: "customer,joined,visits,responded\n" + rows.joined())
    let summary = try folder.run(
      try folder.study(
        roles: "id: customer, target: responded", grid: "[{model: logistic-regression}]",
        experiment: "slices: [joined]"))
    let experiment = summary.record.experiments[0]
    let trial = try #require(experiment.chosen).trial
    let levels = try #require(experiment.classification[trial.id]).slices.map(\.level)
    #expect(levels.count == 4)
    for level in levels {
      #expect(level.wholeMatch(of: /(up to|above) 2026-0\d-\d\d/) != nil, "\(level)")
    }
  }

  @Test func `a record from before metrics were kept is read`() throws {
    let text = """
      {"column": "job", "level": "retired", "rowCount": 40, "eventCount": 4, "meanScore": 0.2,
        "rate": 0.1, "rocAUC": 0.7}
      """
    let slice = try JSONDecoder().decode(
      ClassificationEvidence.SliceRecord.self, from: Data(text.utf8))
    #expect(slice.rocAUC == 0.7)
    #expect(slice.rocAUCInterval == nil)
    #expect(slice.metrics == nil)
  }
}
