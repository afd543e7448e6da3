import Foundation
import Numerical
import Tabular
import TestSupport
import Testing

struct EncodingTransformTests {
  private static let names = ["count", "spend", "member", "region"]

  private func fitted(_ table: Table, _ change: (inout EncodingOptions) -> Void = { _ in }) throws
    -> TableEncoder
  {
    var options = EncodingOptions()
    change(&options)
    return try TableEncoder.fit(table, features: Self.names, options: options)
  }

  @Test(arguments: [1, 2, 3] as [UInt64], EncodingOptions.CategoryCoding.allCases)
  func `training rows encode to finite numbers`(
    seed: UInt64, coding: EncodingOptions.CategoryCoding
  ) throws {
    let table = EncodingExamples.table(rowCount: 5000, seed: seed)
    let encoder = try fitted(table) {
      $0.categoryCoding = coding
      $0.missingIndicators = true
    }
    let encoded = try encoder.encode(table, on: .serial)
    #expect(encoded.matrix.rowCount == 5000)
    #expect(encoded.matrix.columnCount == encoder.featureNames.count)
    #expect(encoded.matrix.firstNonFinite == nil)
    // The rarest of thirty levels are pooled: a level that is not kept counts as unseen.
    #expect(encoded.unseenCounts.keys.allSatisfy { $0 == "region" })
    for column in table.columns {
      #expect(encoded.imputedCounts[column.name] == column.missingRows.count)
    }
  }

  @Test func `every row has exactly one level`() throws {
    let table = EncodingExamples.table(rowCount: 3000, seed: 4)
    let encoder = try fitted(table)
    let region = encoder.featureInputs.indices.filter { encoder.featureInputs[$0] == 3 }
    let matrix = try encoder.encode(table, on: .serial).matrix
    for row in 0..<table.rowCount {
      #expect(region.reduce(0) { $0 + matrix[row, $1] } == 1)
    }
  }

  @Test func `a row encodes the same alone as in its table`() throws {
    let table = EncodingExamples.table(rowCount: 300, seed: 5)
    let encoder = try fitted(table)
    let matrix = try encoder.encode(table, on: .serial).matrix
    for row in 0..<table.rowCount {
      let alone = try encoder.encode(EncodingExamples.rows([row], of: table), on: .serial)
      #expect(alone.matrix.values == matrix.row(row))
    }
  }

  @Test func `the order of columns and further columns change nothing`() throws {
    let table = EncodingExamples.table(rowCount: 200, seed: 6)
    let encoder = try fitted(table)
    let extra = Column(name: "extra", values: .text([String](repeating: "x", count: 200)))
    let shuffled = Table(columns: [extra] + table.columns.reversed())
    #expect(
      try encoder.encode(shuffled, on: .serial).matrix == encoder.encode(table, on: .serial).matrix)
  }

  @Test func `threads change nothing`() throws {
    let table = EncodingExamples.table(rowCount: 10_000, seed: 7)
    let pool = WorkerPool(threadCount: 4)
    let encoder = try fitted(table)
    #expect(
      try TableEncoder.fit(table, features: Self.names, options: EncodingOptions(), on: pool)
        == encoder)
    let one = try encoder.encode(table, on: .serial)
    let four = try encoder.encode(table, on: pool)
    #expect(one.matrix == four.matrix)
    #expect(one.imputedCounts == four.imputedCounts)
  }

  @Test func `a stored encoder reads back equal and encodes identically`() throws {
    let table = EncodingExamples.table(rowCount: 500, seed: 8)
    let encoder = try fitted(table) { $0.missingIndicators = true }
    let data = try JSONEncoder().encode(encoder)
    let reloaded = try JSONDecoder().decode(TableEncoder.self, from: data)
    #expect(reloaded == encoder)
    #expect(
      try reloaded.encode(table, on: .serial).matrix == encoder.encode(table, on: .serial).matrix)
  }

  @Test(arguments: [
    (#""fill":0"#, #""fill":99"#), (#""levels":["a","b"]"#, #""levels":["b","a"]"#),
    (#""name":"x""#, #""name":"y""#), (#""kind":"category""#, #""kind":"colour""#),
  ])
  func `a damaged encoder is refused when read`(part: String, damage: String) throws {
    var options = EncodingOptions()
    options.categoryImputation = .mostFrequent
    options.rareRows = 1
    let table = Table(columns: [
      EncodingExamples.category("x", ["a", "b", "a"]),
      EncodingExamples.category("y", ["a", "b", "a"]),
    ])
    let encoder = try TableEncoder.fit(table, features: ["x", "y"], options: options)
    let text = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
    try #require(text.contains(part))
    let damaged = Data(text.replacing(part, with: damage).utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TableEncoder.self, from: damaged)
    }
  }

  @Test func `a missing column is named with the nearest that exists`() throws {
    let table = EncodingExamples.table(rowCount: 50, seed: 9)
    let encoder = try fitted(table)
    let renamed = Table(
      columns: table.columns.map {
        Column(
          name: $0.name == "spend" ? "spent" : $0.name, values: $0.values,
          missingRows: $0.missingRows)
      })
    #expect(throws: TableError.missingColumn(name: "spend", nearest: "spent")) {
      try encoder.encode(renamed, on: .serial)
    }
  }

  @Test func `numbers of another kind are taken where their values allow it`() throws {
    let train = Table(columns: [
      Column(name: "count", values: .integer([1, 2, 3])),
      Column(name: "flag", values: .boolean([true, false, true])),
      EncodingExamples.category("code", ["1", "x", "2"]),
    ])
    var options = EncodingOptions()
    options.rareShare = 0
    options.rareRows = 1
    let encoder = try TableEncoder.fit(
      train, features: ["count", "flag", "code"], options: options)
    let scored = Table(columns: [
      Column(name: "count", values: .real([1.5, 2])),
      Column(name: "flag", values: .integer([0, 1])),
      Column(name: "code", values: .integer([2, 1])),
    ])
    #expect(
      try encoder.encode(scored, on: .serial).matrix
        == Matrix(rows: [[1.5, 0, 0, 1, 0], [2, 1, 1, 0, 0]]))
  }

  @Test func `text where numbers are needed is refused, unless there is no value at all`() throws {
    let encoder = try TableEncoder.fit(
      Table(columns: [Column(name: "x", values: .integer([1, 2, 3]))]), features: ["x"],
      options: EncodingOptions())
    #expect(throws: TableError.wrongKind(column: "x", expected: .integer, found: .text)) {
      try encoder.encode(
        Table(columns: [Column(name: "x", values: .text(["many"]))]), on: .serial)
    }
    let blank = Table(columns: [Column(name: "x", values: .text([""]), missingRows: [0])])
    #expect(try encoder.encode(blank, on: .serial).matrix == Matrix(rows: [[2]]))
  }

  @Test func `a number other than 0 and 1 is no boolean`() throws {
    let encoder = try TableEncoder.fit(
      Table(columns: [Column(name: "x", values: .boolean([true, false]))]), features: ["x"],
      options: EncodingOptions())
    #expect(throws: TableError.invalidValue(column: "x", row: 2, expected: "true or false")) {
      try encoder.encode(
        Table(columns: [Column(name: "x", values: .integer([1, 2]))]), on: .serial)
    }
  }

  @Test func `no rows encode to a matrix without rows`() throws {
    let table = EncodingExamples.table(rowCount: 50, seed: 10)
    let encoder = try fitted(table)
    let none = try encoder.encode(EncodingExamples.rows([], of: table), on: .serial)
    #expect(none.matrix.rowCount == 0)
    #expect(none.matrix.columnCount == encoder.featureNames.count)
  }

  @Test func `later rows have no influence on a fitted encoder`() throws {
    let table = EncodingExamples.table(rowCount: 400, seed: 11)
    let train = EncodingExamples.rows(Array(0..<300), of: table)
    let encoder = try fitted(train)
    #expect(try fitted(EncodingExamples.rows(Array(0..<300), of: table)) == encoder)
    #expect(
      encoder.kinds == ["count": .integer, "spend": .real, "member": .boolean, "region": .category])
  }
}
