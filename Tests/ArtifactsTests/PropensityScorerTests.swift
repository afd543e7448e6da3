import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct PropensityScorerTests {
  private let table = PropensitySample.table

  private func pipeline(_ form: String) throws -> PropensityPipeline {
    switch form {
    case "linear": try PropensitySample.linear()
    case "columns": try PropensitySample.linear(components: false)
    default: try PropensitySample.boosted()
    }
  }

  private func file(_ scorer: PropensityScorer, _ table: Table, threads: Int = 1) throws -> String {
    try scoredText(scorer, table, on: WorkerPool(threadCount: threads))
  }

  @Test(arguments: ["linear", "columns", "boosted"])
  func `the contributions of a row add up to its score`(form: String) throws {
    let pipeline = try pipeline(form)
    let added = try pipeline.contributions(to: table, on: .serial)
    let features = try pipeline.features(of: table, on: .serial).features
    let scores = try pipeline.logOdds(features, on: .serial)
    #expect(added.values.columnCount == 3 && added.scale == .logOdds)
    for row in 0..<table.rowCount {
      let sum = (0..<3).reduce(added.expected) { $0 + added.values[row, $1] }
      // A few dozen additions of numbers below 10.
      #expect(abs(sum - scores[row]) < 1e-12)
    }
  }

  @Test func `principal components give back what a linear model takes from each column`() throws {
    // Contributions are slope · score, scores are Σ loading · (x − mean), so column j adds
    // Σ slope · loading · (x − mean). Three directions: the levels of a category add up to one.
    let encoder = try TableEncoder.fit(
      table, features: ["balance", "contact"], options: EncodingOptions())
    let context = FitContext(seed: Seed(1))
    let encoded = try encoder.encode(table, on: .serial).matrix
    let x = try Standardize().fit(encoded, in: context).model.transform(encoded)
    let turn = try PrincipalComponents(Parameters([("components", .integer(3))])).fit(
      x, in: context
    ).model
    let turned = try turn.transform(x)
    let slopes = [0.5, -1.25, 2]
    let added = Matrix(rowCount: 400, columnCount: 3) { target in
      for row in 0..<400 {
        for k in 0..<3 { target[row * 3 + k] = slopes[k] * turned[row, k] }
      }
    }
    let back = try turn.attribution(of: added, to: x)
    for row in 0..<400 {
      for j in 0..<4 {
        let slope = (0..<3).reduce(0.0) { $0 + slopes[$1] * turn.components[$1, j] }
        let expected = slope * (x[row, j] - turn.mean[j])
        // Both divide sums of numbers near 1 by scores that are seldom below a thousandth.
        #expect(abs(back[row, j] - expected) < 1e-10)
      }
    }
  }

  @Test func `a component whose parts cancel is divided by squared loadings`() throws {
    let x = Matrix(rowCount: 4, columnCount: 2, values: [1, 2, 3, 4, 5, 6, 7, 8])
    let turn = try PrincipalComponents(Parameters([("components", .integer(1))])).fit(
      x, in: FitContext(seed: Seed(1))
    ).model
    // At the mean no column makes up the score; the loadings are √½ each.
    let mean = Matrix(rowCount: 1, columnCount: 2, values: [4, 5])
    let back = try turn.attribution(
      of: Matrix(rowCount: 1, columnCount: 1, values: [3]), to: mean)
    #expect(abs(back[0, 0] - 1.5) < 1e-12 && abs(back[0, 1] - 1.5) < 1e-12)
  }

  @Test(arguments: ["linear", "boosted"])
  func `a scored file is the same at every thread count`(form: String) throws {
    let rows = table.selectingRows((0..<20_000).map { ($0 * 7) % 400 })
    let scorer = PropensityScorer(
      try PropensitySample.artifact(pipeline(form)), reasonCount: 2)
    let serial = try file(scorer, rows)
    #expect(serial.utf8.count { $0 == 0x0A } == 20_001)
    for threads in [2, 3, 8] { #expect(try file(scorer, rows, threads: threads) == serial) }
  }

  @Test(arguments: ["linear", "boosted"])
  func `one row is scored as it is among others`(form: String) throws {
    let scorer = PropensityScorer(
      try PropensitySample.artifact(pipeline(form)), reasonCount: 3)
    let all = try scorer.score(table, on: .serial)
    for row in stride(from: 0, to: 400, by: 57) {
      let one = try scorer.score(table.selectingRows([row]), on: .serial)
      #expect(one.raw == [all.raw[row]] && one.calibrated == [all.calibrated[row]])
      #expect(one.reasons == [all.reasons[row]] && one.statuses == [all.statuses[row]])
    }
  }

  @Test func `reasons name the column, its value and the direction, raising ones first`() throws {
    let artifact = try PropensitySample.artifact(PropensitySample.linear(components: false))
    let scorer = PropensityScorer(artifact, reasonCount: 3)
    let lines = try file(scorer, table).split(separator: "\n")
    #expect(
      lines[0] == "id,raw,calibrated,band,contact,reason_1,reason_2,reason_3,status")
    let scores = try scorer.score(table, on: .serial)
    let added = try artifact.pipeline.contributions(to: table, on: .serial).values
    for row in 0..<400 {
      let own = scores.reasons[row]
      let values = (0..<3).map { added[row, $0] }
      #expect(
        own.map(\.contribution) == values.filter { $0 > 0 }.sorted(by: >)
          + values.filter { $0 < 0 }.sorted())
      #expect(own.allSatisfy { values[$0.input] == $0.contribution })
    }
    let row = try #require(scores.reasons.firstIndex { $0[0].input == 1 && $0[0].raises })
    #expect(lines[row + 1].contains("balance = \(table["balance"]?.text(at: row) ?? "") raises,"))
  }

  @Test func `columns that add nothing are no reasons and leave cells blank`() throws {
    let pipeline = try PropensitySample.boosted()
    let scorer = PropensityScorer(try PropensitySample.artifact(pipeline), reasonCount: 9)
    // No more reasons than columns.
    #expect(scorer.answerColumns.filter { $0.hasPrefix("reason") }.count == 3)
  }

  @Test func `raw and calibrated are equal without calibration and both there with one`() throws {
    let plain = try PropensityScorer(PropensitySample.artifact(PropensitySample.linear()))
      .score(table, on: .serial)
    #expect(plain.raw == plain.calibrated)
    let map = try PropensitySample.isotonic()
    let pipeline = try PropensitySample.linear(calibration: map)
    let mapped = try PropensityScorer(PropensitySample.artifact(pipeline))
      .score(table, on: .serial)
    #expect(mapped.raw == plain.raw)
    let features = try pipeline.features(of: table, on: .serial).features
    #expect(mapped.calibrated == (try map.apply(try pipeline.logOdds(features, on: .serial))))
  }

  @Test func `bands and contacts follow the stored limits`() throws {
    let scores = try PropensityScorer(PropensitySample.artifact(PropensitySample.linear()))
      .score(table, on: .serial)
    for (row, probability) in scores.calibrated.enumerated() {
      let band: PropensityBand =
        probability >= 0.8
        ? .champions : probability >= 0.5 ? .high : probability >= 0.2 ? .medium : .low
      #expect(scores.bands[row] == band)
      #expect(scores.contacts[row] == (probability >= 0.5))
    }
    let decision = try #require(scores.summary.decision)
    #expect(decision.rule == "the best F1" && decision.threshold == 0.5)
    #expect(decision.contactCount == scores.contacts.count { $0 })
    #expect(decision.bands.map(\.rowCount).reduce(0, +) == 400)
  }

  @Test func `another cut can be asked for, by probability or by share`() throws {
    let artifact = try PropensitySample.artifact(PropensitySample.linear())
    let given = try PropensityScorer(artifact, cut: .threshold(0.3)).score(table, on: .serial)
    #expect(given.contacts == given.calibrated.map { $0 >= 0.3 })
    #expect(given.summary.decision?.rule == "a given threshold")
    let best = try PropensityScorer(artifact, cut: .top(0.05)).score(table, on: .serial)
    #expect(best.contacts.count { $0 } == 20)
    let least = zip(best.calibrated, best.contacts).filter(\.1).map(\.0).min() ?? 0
    #expect(zip(best.calibrated, best.contacts).allSatisfy { $1 || $0 <= least })
    #expect(best.summary.decision?.rule == "the best 5.0 % of these rows")
    // Rows that are copies are contacted together, though they exceed the share.
    let copies = table.selectingRows([Int](repeating: 3, count: 10))
    let all = try PropensityScorer(artifact, cut: .top(0.05)).score(copies, on: .serial)
    #expect(all.contacts.count { $0 } == 10)
  }

  @Test func `missing values and unknown levels are told by row and counted`() throws {
    let rows = Table(columns: [
      Column(name: "id", values: .text(["1", "2", "3", "4"])),
      Column(name: "age", values: .integer([20, 0, 30, 0]), missingRows: [1, 3]),
      Column(name: "balance", values: .real([1, 2, 3, .nan])),
      Column(name: "contact", values: .category(codes: [0, 0, 1, 1], levels: ["post", "pigeon"])),
      Column(name: "note", values: .text(["", "", "", ""])),
    ])
    let linear = try PropensityScorer(PropensitySample.artifact(PropensitySample.linear()))
      .score(rows, on: .serial)
    #expect(linear.statuses == [.ok, .imputed, .unseen, .imputedAndUnseen])
    #expect(linear.summary.imputedRowCount == 2 && linear.summary.missingRowCount == nil)
    let boosted = try PropensityScorer(PropensitySample.artifact(PropensitySample.boosted()))
      .score(rows, on: .serial)
    #expect(boosted.statuses == [.ok, .missing, .unseen, .missingAndUnseen])
    #expect(boosted.summary.imputedRowCount == 0 && boosted.summary.missingRowCount == 2)
    #expect(boosted.summary.missingCells?.map(\.count) == [2, 1])
    #expect(boosted.summary.unseenCells.map(\.count) == [2])
    #expect(boosted.summary.ignoredColumnCount == 1)
  }

  @Test func `a missing column is named with the nearest`() throws {
    let scorer = PropensityScorer(try PropensitySample.artifact(PropensitySample.boosted()))
    let renamed = Table(
      columns: table.columns.map {
        $0.name == "balance" ? Column(name: "balances", values: $0.values) : $0
      })
    #expect(throws: ScoringError.table(.missingColumn(name: "balance", nearest: "balances"))) {
      try scorer.score(renamed, on: .serial)
    }
  }

  @Test func `no rows give a header`() throws {
    let scorer = PropensityScorer(
      try PropensitySample.artifact(PropensitySample.boosted()), cut: .top(0.1), reasonCount: 1)
    #expect(
      try file(scorer, table.selectingRows([]))
        == "id,raw,calibrated,band,contact,reason_1,status\n")
  }
}
