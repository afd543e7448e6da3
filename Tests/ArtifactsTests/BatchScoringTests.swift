import Artifacts
import Foundation
import Learning
import Numerical
import Tabular
import Testing

struct BatchScoringTests {
  /// The sample's table with its rows so many times, as text.
  private static func csv(_ table: Table, copies: Int = 1) -> String {
    var writer = CSVWriter(defusesFormulas: false)
    let rows = (0..<table.rowCount * copies).map { $0 % table.rowCount }
    writer.append(table.selectingRows(rows))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func segments() throws -> SegmentScorer { SegmentScorer(try Sample.artifact()) }

  private func boosted(
    cut: PropensityScorer.Cut = .stored, reasons: Int = 0
  ) throws -> PropensityScorer {
    PropensityScorer(
      try PropensitySample.artifact(PropensitySample.boosted()), cut: cut, reasonCount: reasons)
  }

  /// Encoders that take neither gaps nor unknown levels.
  private func strict() throws -> SegmentScorer {
    var options = EncodingOptions()
    options.numericImputation = .refuse
    options.unseenLevels = .refuse
    options.rareRows = 1
    let table = Sample.table.selectingRows([0, 1, 3])
    let encoder = try TableEncoder.fit(
      table, features: ["age", "spend", "plan"], options: options)
    let encoded = try encoder.encode(table, on: .serial).matrix
    let model = try NearestCenter().fit(encoded, in: FitContext(seed: Seed(1))).model
    return SegmentScorer(
      try Sample.artifact(
        pipeline: SegmentationPipeline(
          encoder: encoder, transformers: [],
          clusterer: .init(algorithm: "nearest-center", model: model))))
  }

  @Test(arguments: [32, 500, 4096, 1 << 18], [1, 3])
  func `a table scored in parts is the table scored at once, at every thread count`(
    chunkSize: Int, threads: Int
  ) throws {
    let table = PropensitySample.table
    let scorer = try boosted(reasons: 2)
    let scores = try scorer.score(table, on: .serial)
    var whole = CSVWriter()
    whole.append(scorer.inputs.passthrough + scorer.answerColumns)
    whole.append(
      ([try #require(table["id"])] + scorer.answers(from: scores, to: table)).map { ($0, true) })
    let (text, summary) = try scoredText(
      scorer, csv: Self.csv(table), chunkSize: chunkSize, threads: threads)
    #expect(text == String(decoding: whole.bytes, as: UTF8.self))
    let (own, others) = (summary.decision, scores.summary.decision)
    #expect(own?.bands == others?.bands && own?.contactCount == others?.contactCount)
    // Sums of 400 probabilities, in parts and at once.
    #expect(abs((own?.expectedEvents ?? 0) - (others?.expectedEvents ?? 1)) < 1e-10)
    #expect(summary.missingCells == scores.summary.missingCells)
    #expect(summary.rowCount == 400 && summary.scoredRowCount == 400)
  }

  @Test func `segments are counted over all parts`() throws {
    let (text, summary) = try scoredText(
      segments(), csv: Self.csv(Sample.table, copies: 100), chunkSize: 64, threads: 2)
    #expect(text.utf8.count { $0 == 0x0A } == 401)
    #expect(summary.segments?.map(\.rowCount) == [200, 200])
    #expect(summary.imputedCells.map(\.count) == [100] && summary.imputedRowCount == 100)
  }

  @Test func `a header without rows gives a header`() throws {
    for text in ["id,age,spend,plan\n", "id,age,spend,plan"] {
      let (scored, summary) = try scoredText(segments(), csv: text)
      #expect(scored == "id,segment,segment_name,distance,strength,anomaly,status\n")
      #expect(summary.rowCount == 0 && summary.segments?.map(\.rowCount) == [0, 0])
    }
    let (_, summary) = try scoredText(boosted(), csv: "id,age,balance,contact\n")
    #expect(summary.decision?.contactCount == 0)
  }

  @Test func `one row is scored as it is in company`() throws {
    let scorer = try boosted(reasons: 3)
    let lines = Self.csv(PropensitySample.table).split(separator: "\n")
    let all = try scoredText(scorer, csv: Self.csv(PropensitySample.table)).text
      .split(separator: "\n")
    for row in stride(from: 1, to: 400, by: 57) {
      let one = try scoredText(scorer, csv: "\(lines[0])\n\(lines[row])\n").text
      #expect(one == "\(all[0])\n\(all[row])\n")
    }
  }

  @Test func `a bad cell costs its own row the answer and no other`() throws {
    let rows = """
      id,age,spend,plan
      1,20,1.5,a
      2,old,100.25,b
      3,60,nan,b
      4,40,1e999,b
      5,60,100.25,b

      """
    for chunkSize in [8, 1 << 18] {
      let (text, summary) = try scoredText(segments(), csv: rows, chunkSize: chunkSize)
      let lines = text.split(separator: "\n").dropFirst().map(String.init)
      #expect(lines[0].hasPrefix("1,0,Segment 0,") && lines[0].hasSuffix(",ok"))
      #expect(lines[1...3] == ["2,,,,,,rejected", "3,,,,,,rejected", "4,,,,,,rejected"])
      #expect(lines[4].hasPrefix("5,1,Segment 1,"))
      #expect(summary.rowCount == 5 && summary.scoredRowCount == 2)
      #expect(summary.rejectedRowCount == 3 && summary.suppressedRowCount == 0)
      #expect(summary.rejectedCells.map(\.column) == ["age", "spend"])
      #expect(summary.rejectedCells.map(\.fault) == [.kind, .kind])
      #expect(summary.rejectedCells.map(\.count) == [1, 2])
      #expect(summary.rejectedCells.map(\.firstRow) == [2, 3])
      #expect(summary.segments?.map(\.rowCount) == [1, 1])
    }
  }

  @Test func `gaps and unknown levels cost rows their answers where the model refuses them`() throws
  {
    let rows = "id,age,spend,plan\n1,20,1.5,a\n2,,3,a\n3,60,90,c\n4,60,,d\n5,40,90,b\n"
    let (text, summary) = try scoredText(strict(), csv: rows, chunkSize: 16)
    let statuses = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last }
    #expect(statuses == ["ok", "rejected", "rejected", "rejected", "ok"])
    #expect(summary.rejectedRowCount == 3)
    let cells = summary.rejectedCells.map {
      "\($0.column ?? "") \($0.fault) \($0.count) \($0.firstRow)"
    }
    #expect(cells == ["age missing 1 2", "spend missing 1 4", "plan unseen 2 3"])
  }

  /// Amounts pass a logarithm, which takes nothing of −1 or less.
  private func logarithmic() throws -> SegmentScorer {
    let encoder = try TableEncoder.fit(
      Sample.table, features: ["age", "spend", "plan"], options: EncodingOptions())
    let context = FitContext(seed: Seed(1))
    let encoded = try encoder.encode(Sample.table, on: .serial).matrix
    let power = try PowerTransform(method: .log1p).fit(encoded, in: context).model
    let model = try NearestCenter().fit(power.transform(encoded, on: .serial), in: context).model
    return SegmentScorer(
      try Sample.artifact(
        pipeline: SegmentationPipeline(
          encoder: encoder, transformers: [.init(algorithm: "power", model: power)],
          clusterer: .init(algorithm: "nearest-center", model: model))))
  }

  @Test func `a row that the model cannot transform is rejected and its part scored`() throws {
    let rows = "id,age,spend,plan\n1,20,1.5,a\n2,20,-1,a\n3,60,100.25,b\n4,20,-7,b\n"
    let good = try scoredText(logarithmic(), csv: "id,age,spend,plan\n1,20,1.5,a\n3,60,100.25,b\n")
    for chunkSize in [16, 1 << 18] {
      let (text, summary) = try scoredText(logarithmic(), csv: rows, chunkSize: chunkSize)
      let lines = text.split(separator: "\n")
      #expect([lines[0], lines[1], lines[3]] == good.text.split(separator: "\n"))
      #expect(lines[2] == "2,,,,,,rejected" && lines[4] == "4,,,,,,rejected")
      #expect(summary.scoredRowCount == 2 && summary.rejectedRowCount == 2)
      #expect(summary.rejectedCells.map(\.fault) == [.row])
      #expect(summary.rejectedCells.map(\.count) == [2])
      #expect(summary.rejectedCells.map(\.firstRow) == [2])
    }
  }

  @Test func `every row that the model cannot transform is found among many`() throws {
    let bad: Set<Int> = [0, 1, 63, 64, 200, 299]
    let rows = (0..<300).map { "\($0),20,\(bad.contains($0) ? "-5" : "1.5"),a\n" }
    let (text, summary) = try scoredText(
      logarithmic(), csv: "id,age,spend,plan\n" + rows.joined())
    let lines = text.split(separator: "\n").dropFirst()
    #expect(lines.enumerated().allSatisfy { $1.hasSuffix("rejected") == bad.contains($0) })
    #expect(lines.count == 300 && summary.rejectedRowCount == 6)
  }

  @Test func `a table of which no row can be scored gives nothing`() throws {
    let rows = "id,age,spend,plan\n1,x,1,a\n2,y,2,b\n"
    #expect {
      try scoredText(segments(), csv: rows)
    } throws: { error in
      guard case .noneScored(2, let cells) = error as? BatchError else { return false }
      return cells.column == "age" && cells.firstRow == 1
    }
  }

  @Test func `columns pass through as they are but for what a spreadsheet would run`() throws {
    let rows = "note,id,age,spend,plan\n=1+1,@a,20,1.5,a\n-5,NA,20,1.5,a\n\"x\ty\",007,20,1.5,a\n"
    let tail = ",0,Segment 0,0.0,1.0,0.0,ok"
    let safe = try scoredText(segments(), csv: rows, keep: ["note", "age"]).text
    #expect(
      safe.split(separator: "\n").dropFirst()
        == ["\"'@a\",\"'=1+1\",20\(tail)", "NA,-5,20\(tail)", "007,x\ty,20\(tail)"])
    let raw = try scoredText(segments(), csv: rows, keep: ["note", "age"], isRaw: true).text
    #expect(
      raw.split(separator: "\n").dropFirst()
        == ["@a,=1+1,20\(tail)", "NA,-5,20\(tail)", "007,x\ty,20\(tail)"])
  }

  @Test func `levels are known by their bytes`() throws {
    // A blank, another case, and é in two code points instead of one are other levels.
    let rows = "id,age,spend,plan\n1,20,1,a\n2,20,1,\"a \"\n3,20,1,A\n4,20,1,e\u{301}\n5,20,1,\n"
    let (text, summary) = try scoredText(segments(), csv: rows)
    let statuses = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last }
    #expect(statuses == ["ok", "unseen", "unseen", "unseen", "imputed"])
    #expect(summary.unseenCells.map(\.count) == [3])
  }

  @Test func `a level of training in another Unicode form is unseen`() throws {
    var options = EncodingOptions()
    options.rareRows = 1
    let table = Table(columns: [
      Column(name: "id", values: .text(["1", "2", "3", "4"])),
      Column(name: "age", values: .integer([20, 60, 30, 40])),
      Column(name: "plan", values: .category(codes: [0, 1, 0, 1], levels: ["b", "caf\u{E9}"])),
    ])
    let encoder = try TableEncoder.fit(table, features: ["age", "plan"], options: options)
    let encoded = try encoder.encode(table, on: .serial).matrix
    let model = try NearestCenter().fit(encoded, in: FitContext(seed: Seed(1))).model
    let scorer = SegmentScorer(
      try Sample.artifact(
        pipeline: SegmentationPipeline(
          encoder: encoder, transformers: [],
          clusterer: .init(algorithm: "nearest-center", model: model))))
    // The second é is an e with an accent behind it: equal by NFC, other bytes.
    let rows = "id,age,plan\n1,20,caf\u{E9}\n2,20,cafe\u{301}\n"
    let (text, summary) = try scoredText(scorer, csv: rows)
    let statuses = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last }
    #expect(statuses == ["ok", "unseen"])
    #expect(summary.unseenCells.map(\.count) == [1] && summary.unseenCells[0].column == "plan")
  }

  @Test func `numbers outside the range of training are scored and counted`() throws {
    // Training saw ages of 20 to 60 and spends of 1.5 to 100.25, of which it keeps 1.5 to 100.
    let rows = "id,age,spend,plan\n1,19,1.5,a\n2,61,101,a\n3,,1,a\n4,20,100.25,a\n"
    let (_, summary) = try scoredText(segments(), csv: rows, chunkSize: 16)
    #expect(summary.outsideCells.map(\.column) == ["age", "spend"])
    #expect(summary.outsideCells.map(\.count) == [2, 3])
    #expect(summary.rejectedRowCount == 0)
  }

  @Test(arguments: [16, 1 << 18])
  func `a flag tells of every row in how many columns it is outside`(chunkSize: Int) throws {
    // The ranges of the test above; a missing age is not outside, a row without an answer says nothing.
    let rows = "id,age,spend,plan\n1,19,1.5,a\n2,61,101,a\n3,,1,a\n4,20,100,a\n5,99,much,a\n"
    let scorer = try segments()
    let (text, summary) = try scoredText(
      scorer, csv: rows, flagsOutside: true, chunkSize: chunkSize)
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0].suffix(2) == ["outside", "status"])
    #expect(lines[0].count == scorer.answerColumns.count + 2)
    #expect(lines.dropFirst().map { $0[$0.count - 2] } == ["1", "2", "1", "0", ""])
    #expect(lines.dropFirst().map(\.last) == ["ok", "ok", "imputed", "ok", "rejected"])
    #expect(summary.outsideCells.map(\.count) == [2, 2])
    let plain = try scoredText(scorer, csv: rows, chunkSize: chunkSize).text
    let others = lines.map { line in
      (line.dropLast(2) + line.suffix(1)).joined(separator: ",") + "\n"
    }
    #expect(plain == others.joined())
  }

  @Test(arguments: [0.001, 0.05, 0.5, 1])
  func `the best share is that of the whole table`(share: Double) throws {
    let table = PropensitySample.table
    let text = Self.csv(table, copies: 3)
    let rows = (0..<1200).map { $0 % 400 }
    let whole = try boosted(cut: .top(share)).score(table.selectingRows(rows), on: .serial)
    let scorer = try boosted(cut: .top(share))
    let source = try CSVParts(
      csvText: Array(text.utf8), columns: scorer.features, passthrough: ["id"],
      nullTokens: scorer.inputs.nullTokens, chunkSize: 300, on: .serial)
    let batch = BatchScoring(scorer, source, on: WorkerPool(threadCount: 2))
    let first = try #require(try batch.rankCut(share))
    let ranked = try boosted(cut: .ranked(share, from: first))
    let scored = try scoredText(ranked, source)
    let contacts = scored.text.split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",")[4] == "yes" }
    #expect(contacts == whole.contacts)
    #expect(scored.summary.decision?.contactCount == whole.summary.decision?.contactCount)
    #expect(scored.summary.decision?.rule == whole.summary.decision?.rule)
  }
}
