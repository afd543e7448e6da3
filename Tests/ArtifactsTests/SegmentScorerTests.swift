import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct SegmentScorerTests {
  private let scorer: SegmentScorer

  init() throws { scorer = SegmentScorer(try Sample.artifact()) }

  @Test func `training rows get the segments of the fit`() throws {
    // The centers are the first two rows, so they are their own segments at distance zero.
    let scores = try scorer.score(Sample.table, on: .serial)
    #expect(scores.assignments.labels == [0, 1, 0, 1])
    #expect(scores.assignments.distances[0] == 0 && scores.assignments.distances[1] == 0)
    #expect(scores.statuses == [.ok, .ok, .imputed, .ok])
    #expect(scores.summary.rowCount == 4)
    #expect(scores.summary.segments?.map(\.rowCount) == [2, 2])
    #expect(scores.summary.imputedRowCount == 1)
    #expect(cells(scores.summary.imputedCells) == ["age 1"])
    #expect(scores.summary.unseenRowCount == 0)
    #expect(scores.summary.ignoredColumnCount == 0)
  }

  @Test func `columns are found by name and others are ignored and counted`() throws {
    let shuffled = Table(
      columns: Sample.table.columns.reversed() + [
        Column(name: "note", values: .text(["", "x", "", ""]))
      ])
    let scores = try scorer.score(shuffled, on: .serial)
    #expect(scores.assignments.labels == [0, 1, 0, 1])
    #expect(scores.summary.ignoredColumnCount == 1)
  }

  @Test func `a missing column is named with the nearest`() {
    let renamed = Table(
      columns: Sample.table.columns.map {
        $0.name == "spend" ? Column(name: "spent", values: $0.values) : $0
      })
    #expect(throws: ScoringError.table(.missingColumn(name: "spend", nearest: "spent"))) {
      try scorer.score(renamed, on: .serial)
    }
    let anonymous = Table(columns: Array(Sample.table.columns.dropFirst()))
    #expect(throws: ScoringError.table(.missingColumn(name: "id", nearest: nil))) {
      try scorer.score(anonymous, on: .serial)
    }
  }

  @Test func `unknown levels and missing values are marked by row and counted`() throws {
    let table = Table(columns: [
      Column(name: "id", values: .text(["1", "2", "3", "4"])),
      Column(name: "age", values: .integer([20, 0, 30, 0]), missingRows: [1, 3]),
      Column(name: "spend", values: .real([1, 2, 3, .nan])),
      Column(name: "plan", values: .category(codes: [0, 0, 1, 1], levels: ["a", "new"])),
    ])
    let scores = try scorer.score(table, on: .serial)
    #expect(scores.statuses == [.ok, .imputed, .unseen, .imputedAndUnseen])
    #expect(scores.summary.imputedRowCount == 2)
    #expect(scores.summary.unseenRowCount == 2)
    #expect(cells(scores.summary.imputedCells) == ["age 2", "spend 1"])
    #expect(cells(scores.summary.unseenCells) == ["plan 2"])
  }

  @Test func `levels are known by their text in a column of any kind`() throws {
    let table = Table(columns: [
      Column(name: "id", values: .text(["1", "2"])),
      Column(name: "age", values: .integer([20, 30])),
      Column(name: "spend", values: .integer([1, 2])),
      Column(name: "plan", values: .text(["b", "c"])),
    ])
    #expect(try scorer.score(table, on: .serial).statuses == [.ok, .unseen])
  }

  @Test func `a column of another kind is refused`() {
    let table = Table(
      columns: Sample.table.columns.map {
        $0.name == "spend" ? Column(name: "spend", values: .text(["a", "b", "c", "d"])) : $0
      })
    #expect(
      throws: ScoringError.table(.wrongKind(column: "spend", expected: .real, found: .text))
    ) {
      try scorer.score(table, on: .serial)
    }
  }

  @Test func `no rows give no answers`() throws {
    let scores = try scorer.score(Sample.table.selectingRows([]), on: .serial)
    #expect(scores.assignments.labels.isEmpty && scores.summary.rowCount == 0)
  }

  @Test func `one row is scored as it is among others`() throws {
    let all = try scorer.score(Sample.table, on: .serial)
    for row in 0..<4 {
      let one = try scorer.score(Sample.table.selectingRows([row]), on: .serial)
      #expect(one.assignments.labels == [all.assignments.labels[row]])
      #expect(one.assignments.distances == [all.assignments.distances[row]])
      #expect(one.statuses == [all.statuses[row]])
    }
  }

  @Test func `one thread and four give the same answers in the order of rows`() throws {
    let rows = (0..<20_000).map { ($0 * 7) % 4 }
    let table = Sample.table.selectingRows(rows)
    let serial = try scorer.score(table, on: .serial)
    let parallel = try scorer.score(table, on: WorkerPool(threadCount: 4))
    #expect(serial.assignments.labels == parallel.assignments.labels)
    #expect(serial.assignments.distances == parallel.assignments.distances)
    #expect(serial.statuses == parallel.statuses)
    #expect(serial.summary == parallel.summary)
    #expect(serial.assignments.labels == rows.map { [0, 1, 0, 1][$0] })
  }

  @Test func `text is read with the kinds and null tokens of training`() {
    #expect(scorer.inputs.nullTokens == ["", "NA"])
    #expect(scorer.features.map(\.name) == ["age", "spend", "plan"])
    #expect(scorer.features.map(\.kind) == [.integer, .real, .category])
  }

  private func cells(_ cells: [ScoringSummary.Cells]) -> [String] {
    cells.map { "\($0.column) \($0.count)" }
  }
}
