import Artifacts
import Foundation
import Numerical
import Tabular
import Testing

struct ScoreFileTests {
  private let scorer: SegmentScorer

  init() throws { scorer = SegmentScorer(try Sample.artifact()) }

  private func written(_ table: Table, on pool: WorkerPool = .serial) throws -> String {
    try scoredText(scorer, table, on: pool)
  }

  @Test func `a scored file has ids, segments, distances and statuses under their names`() throws {
    let lines = try written(Sample.table).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "id,segment,segment_name,distance,strength,anomaly,status")
    #expect(lines[1] == "c-1,0,Segment 0,0.0,1.0,0.0,ok")
    #expect(lines[2] == "c-2,1,Segment 1,0.0,1.0,0.0,ok")
    #expect(lines[3].hasPrefix("c-3,0,Segment 0,") && lines[3].hasSuffix(",imputed"))
  }

  @Test func `no rows give a header`() throws {
    let empty = Sample.table.selectingRows([])
    #expect(try written(empty) == "id,segment,segment_name,distance,strength,anomaly,status\n")
  }

  @Test func `there are as many lines as rows, equal at every thread count`() throws {
    let table = Sample.table.selectingRows((0..<10_001).map { $0 % 4 })
    let serial = try written(table)
    #expect(serial.utf8.count(where: { $0 == 0x0A }) == 10_002)
    #expect(try written(table, on: WorkerPool(threadCount: 3)) == serial)
  }

  @Test func `ids pass unchanged but for what a spreadsheet would run`() throws {
    let ids = ["007", "a,b", "say \"x\"", "=1+1", "-5", "@x", "line\nbreak", " pad"]
    let table = Table(columns: [
      Column(name: "id", values: .text(ids)),
      Column(name: "age", values: .integer(Array(repeating: 20, count: 8))),
      Column(name: "spend", values: .real(Array(repeating: 1.5, count: 8))),
      Column(
        name: "plan", values: .category(codes: Array(repeating: 0, count: 8), levels: ["a"])),
    ])
    let tail = ",0,Segment 0,0.0,1.0,0.0,ok\n"
    let expected = [
      "007", "\"a,b\"", "\"say \"\"x\"\"\"", "\"'=1+1\"", "-5", "\"'@x\"", "\"line\nbreak\"",
      "\" pad\"",
    ]
    #expect(
      try written(table)
        == "id,segment,segment_name,distance,strength,anomaly,status\n"
        + expected.map { $0 + tail }.joined())
  }

  @Test func `a place that cannot be written leaves everything as it was`() throws {
    #expect(throws: ArtifactError.notRegularFile(path: "/dev/full")) {
      try ScoredFile(path: "/dev/full")
    }
    try withTemporaryDirectory { directory in
      #expect(throws: ArtifactError.self) { try ScoredFile(path: directory + "/none/scores.csv") }
      let left = try names(in: directory)
      #expect(left.isEmpty)
    }
  }
}
