import Foundation
import Numerical
import Tabular
import TestSupport
import Testing

struct EncodingTests {
  private func fit(
    _ columns: [Column], _ change: (inout EncodingOptions) -> Void = { _ in }
  ) throws -> TableEncoder {
    var options = EncodingOptions()
    options.rareShare = 0
    options.rareRows = 1
    change(&options)
    return try TableEncoder.fit(
      Table(columns: columns), features: columns.map(\.name), options: options)
  }

  private func encode(_ encoder: TableEncoder, _ columns: Column...) throws -> EncodedTable {
    try encoder.encode(Table(columns: columns), on: .serial)
  }

  private func category(_ name: String, _ levels: String?...) -> Column {
    EncodingExamples.category(name, levels)
  }

  @Test func `numbers, booleans and levels become columns in the order of the features`() throws {
    let columns = [
      Column(name: "age", values: .integer([30, 40])),
      category("job", "nurse", "cook"),
      Column(name: "member", values: .boolean([true, false])),
    ]
    let encoder = try fit(columns)
    #expect(encoder.featureNames == ["age", "job = cook", "job = nurse", "member"])
    #expect(encoder.featureInputs == [0, 1, 1, 2])
    let encoded = try encoder.encode(Table(columns: columns), on: .serial)
    #expect(encoded.matrix == Matrix(rows: [[30, 0, 1, 1], [40, 1, 0, 0]]))
    #expect(encoded.imputedCounts.isEmpty && encoded.unseenCounts.isEmpty)
  }

  @Test func `levels are ordered and told apart by their UTF-8 bytes`() throws {
    // An accented letter in one scalar and in two: equal to Swift, different bytes.
    let encoder = try fit([category("c", "\u{e9}", "a", "Z", "zz", "e\u{301}")])
    guard case .category(let coding) = encoder.inputs[0].coding else {
      Issue.record("a category is coded as one")
      return
    }
    let expected = ["Z", "a", "e\u{301}", "zz", "\u{e9}"]
    #expect(coding.levels.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    #expect(Set(encoder.featureNames).count == 5)
  }

  @Test func `missing numbers get the median, the mean or zero of training`() throws {
    // Present: 1, 2, 9: median 2, mean 4.
    let column = Column(name: "x", values: .real([1, 9, 0, 2]), missingRows: [2])
    for (imputation, expected) in [
      (EncodingOptions.NumericImputation.median, 2.0), (.mean, 4), (.zero, 0),
    ] {
      let encoder = try fit([column]) { $0.numericImputation = imputation }
      let encoded = try encode(encoder, column)
      #expect(encoded.matrix.column(0) == [1, 9, expected, 2])
      #expect(encoded.imputedCounts == ["x": 1])
    }
  }

  @Test func `missing values are refused where the options say so`() throws {
    let column = Column(name: "x", values: .integer([1, 0, 0]), missingRows: [1, 2])
    #expect(throws: TableError.missingValues(column: "x", count: 2, firstRow: 2)) {
      try fit([column]) { $0.numericImputation = .refuse }
    }
    let encoder = try fit([Column(name: "x", values: .integer([1, 2]))]) {
      $0.numericImputation = .refuse
    }
    #expect(throws: TableError.missingValues(column: "x", count: 2, firstRow: 2)) {
      try encode(encoder, column)
    }
    #expect(throws: TableError.missingValues(column: "c", count: 1, firstRow: 2)) {
      try fit([category("c", "a", nil)]) { $0.categoryImputation = .refuse }
    }
  }

  @Test func `indicators appear where training had missing values`() throws {
    let encoder = try fit([
      Column(name: "x", values: .real([5, 0]), missingRows: [1]),
      Column(name: "y", values: .real([5, 1])),
    ]) { $0.missingIndicators = true }
    #expect(encoder.featureNames == ["x", "x is missing", "y"])
    let encoded = try encode(
      encoder, Column(name: "y", values: .real([0, 2]), missingRows: [0]),
      Column(name: "x", values: .real([0, 7]), missingRows: [0]))
    #expect(encoded.matrix == Matrix(rows: [[5, 1, 3], [7, 0, 2]]))
  }

  @Test func `a missing level is a level of its own or the most frequent one`() throws {
    let column = category("c", "b", "a", nil, "b")
    let own = try fit([column])
    #expect(own.featureNames == ["c = a", "c = b", "c = (missing)"])
    #expect(try encode(own, column).matrix.row(2) == [0, 0, 1])
    let frequent = try fit([column]) { $0.categoryImputation = .mostFrequent }
    #expect(frequent.featureNames == ["c = a", "c = b"])
    #expect(try encode(frequent, column).matrix.row(2) == [0, 1])
    #expect(try encode(frequent, column).imputedCounts == ["c": 1])
  }

  @Test func `a level missing only at scoring counts as the most frequent of training`() throws {
    let encoder = try fit([category("c", "b", "a", "b")])
    let encoded = try encode(encoder, category("c", nil, "a"))
    #expect(encoded.matrix == Matrix(rows: [[0, 1], [1, 0]]))
    #expect(encoded.imputedCounts == ["c": 1])
  }

  @Test func `rare levels are pooled and the pool takes unseen ones`() throws {
    // a 5, b 3, c 1, d 1 of 10 rows: c and d are held by fewer than 2 rows.
    let column = category("x", "a", "a", "a", "a", "a", "b", "b", "b", "c", "d")
    let encoder = try fit([column]) { $0.rareShare = 0.2 }
    #expect(encoder.featureNames == ["x = a", "x = b", "x = (other)"])
    let encoded = try encode(encoder, category("x", "d", "zzz", "b"))
    #expect(encoded.matrix == Matrix(rows: [[0, 0, 1], [0, 0, 1], [0, 1, 0]]))
    // The encoder does not keep which levels were rare.
    #expect(encoded.unseenCounts == ["x": 2])
  }

  @Test func `levels of fewer than twenty rows are pooled and their names are not kept`() throws {
    let column = EncodingExamples.category(
      "x", [String](repeating: "a", count: 20) + [String](repeating: "b", count: 19))
    let encoder = try TableEncoder.fit(
      Table(columns: [column]), features: ["x"], options: EncodingOptions())
    #expect(encoder.featureNames == ["x = a", "x = (other)"])
    let stored = String(decoding: try JSONEncoder().encode(encoder), as: UTF8.self)
    #expect(stored.contains("\"a\"") && !stored.contains("\"b\""))
    let columns = try TableEncoder.fit(
      Table(columns: [column]), features: ["x"], options: ColumnOptions())
    let read = try columns.columns(of: Table(columns: [category("x", "b", "a")]), on: .serial)
    guard case .categories(let codes, let levels) = read.columns[0].values else {
      Issue.record("a category is read as one")
      return
    }
    #expect(codes == [1, 0] && levels == ["a", "(other)"])
  }

  @Test(arguments: EncodingOptions.UnseenPolicy.allCases)
  func `where levels were pooled a new one joins them under every policy`(
    policy: EncodingOptions.UnseenPolicy
  ) throws {
    // Whether a level is new or was rare is not known any more.
    let encoder = try fit([category("x", "a", "a", "a", "b", "c")]) {
      $0.rareRows = 2
      $0.unseenLevels = policy
    }
    let encoded = try encode(encoder, category("x", "b", "new", "a"))
    #expect(encoded.matrix == Matrix(rows: [[0, 1], [0, 1], [1, 0]]))
  }

  @Test func `ranges leave out rare ends and are rounded`() throws {
    // 1 to 1000 and an outlier: the twentieth value is 20, the twentieth from above 982 (of 1001 values);
    // the span of 962 has steps of 1.
    let numbers = (1...1000).map(Double.init) + [987_654_321]
    let encoder = try fit([Column(name: "x", values: .real(numbers))])
    guard case .number(let coding) = encoder.inputs[0].coding else {
      Issue.record("a number is coded as one")
      return
    }
    #expect(coding.minimum == 20 && coding.maximum == 982)
  }

  @Test func `unseen levels follow the policy`() throws {
    let train = category("x", "a", "b", "b")
    let scored = category("x", "q", "a")
    let none = try encode(try fit([train]), scored)
    #expect(none.matrix == Matrix(rows: [[0, 0], [1, 0]]))
    #expect(none.unseenCounts == ["x": 1])
    let imputed = try encode(try fit([train]) { $0.unseenLevels = .impute }, scored)
    #expect(imputed.matrix == Matrix(rows: [[0, 1], [1, 0]]))
    let refusing = try fit([train]) { $0.unseenLevels = .refuse }
    #expect(throws: TableError.unseenLevels(column: "x", count: 1, firstRow: 1)) {
      try encode(refusing, scored)
    }
  }

  @Test func `ordinal coding numbers the levels, the pool and the unseen after them`() throws {
    let encoder = try fit([category("x", "b", "a", "c")]) { $0.categoryCoding = .ordinal }
    #expect(encoder.featureNames == ["x"])
    #expect(
      try encode(encoder, category("x", "a", "b", "c", "q")).matrix.column(0) == [0, 1, 2, 3])
  }

  @Test func `exactly the most levels allowed are kept without a pool`() throws {
    let encoder = try fit([category("x", "a", "b", "c")]) { $0.maximumLevels = 3 }
    #expect(encoder.featureNames == ["x = a", "x = b", "x = c"])
  }

  @Test func `levels named like ours are kept apart from ours`() throws {
    let encoder = try fit([category("x", "(other)", "(missing)", nil, "a", "a", "b", "b")]) {
      $0.maximumLevels = 4
    }
    #expect(Set(encoder.featureNames).count == encoder.featureNames.count)
  }

  @Test func `columns without any value are filled with a constant`() throws {
    let columns = [
      Column(name: "x", values: .real([0, 0]), missingRows: [0, 1]), category("c", nil, nil),
    ]
    let encoder = try fit(columns) { $0.categoryImputation = .mostFrequent }
    #expect(
      try encoder.encode(Table(columns: columns), on: .serial).matrix
        == Matrix(rows: [[0, 1], [0, 1]]))
  }

  @Test func `no rows and no features are refused`() {
    #expect(throws: TableError.noTrainingRows) { try fit([Column(name: "x", values: .real([]))]) }
    #expect(throws: TableError.noFeatures) {
      try TableEncoder.fit(
        Table(columns: [Column(name: "x", values: .real([1]))]), features: [],
        options: EncodingOptions())
    }
    #expect(throws: TableError.unknownColumn(name: "aeg", nearest: "age", place: "features")) {
      try TableEncoder.fit(
        Table(columns: [Column(name: "age", values: .real([1]))]), features: ["aeg"],
        options: EncodingOptions())
    }
  }

  @Test func `infinite numbers are refused with their row`() throws {
    let column = Column(name: "x", values: .real([1, -.infinity]))
    let error = TableError.invalidValue(column: "x", row: 2, expected: "a finite number")
    #expect(throws: error) { try fit([column]) }
    let encoder = try fit([Column(name: "x", values: .real([1]))])
    #expect(throws: error) { try encode(encoder, column) }
  }
}
