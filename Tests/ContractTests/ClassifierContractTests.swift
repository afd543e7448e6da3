import Foundation
import Learning
import Numerical
import Testing

/// What every classifier of the catalogue promises, whatever it computes.
///
/// A classifier that joins the catalogue is tested here without an edit.
@Suite struct ClassifierContractTests {
  static let names = Catalog.standard.classifiers.map(\.name)

  static func entry(_ name: String) throws -> ClassifierEntry {
    try #require(Catalog.standard[classifier: name])
  }

  static func context(threads: Int = 1) -> FitContext {
    FitContext(seed: Seed(7), pool: WorkerPool(threadCount: threads))
  }

  static func fitted(_ entry: ClassifierEntry, _ input: Labeled<Features>, threads: Int = 1)
    throws -> any Classifier
  {
    try entry.fit(Parameters(), input, context(threads: threads)).model
  }

  static func encoded(_ model: any Classifier) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(model)
  }

  @Test(arguments: names)
  func `the same seed gives the same model at any thread count`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 3000)
    let reference = try Self.encoded(Self.fitted(entry, input))
    for threads in [1, 2, 3, 8] {
      let model = try Self.fitted(entry, input, threads: threads)
      #expect(try Self.encoded(model) == reference, "\(threads) threads")
    }
  }

  /// Many enough that rows of one node, too, are shared by threads.
  @Test(arguments: names)
  func `many rows score the same at any thread count`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 40_000)
    let reference = try Self.fitted(entry, input).logOdds(of: input.features, on: .serial)
    for threads in [2, 3, 8] {
      let pool = WorkerPool(threadCount: threads)
      let model = try Self.fitted(entry, input, threads: threads)
      #expect(try model.logOdds(of: input.features, on: pool) == reference, "\(threads) threads")
    }
  }

  @Test(arguments: names)
  func `a stored and loaded model predicts the same bits`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 600)
    let model = try Self.fitted(entry, input)
    let loaded = try JSONDecoder().decode(
      Loaded.self, from: Self.encoded(model), configuration: entry
    ).model
    let x = input.features
    #expect(try loaded.logOdds(of: x, on: .serial) == model.logOdds(of: x, on: .serial))
    #expect(
      try loaded.contributions(of: x, on: .serial) == model.contributions(of: x, on: .serial))
    #expect(loaded.columnImportance == model.columnImportance)
  }

  @Test(arguments: names)
  func `a row is treated alike alone and in company`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 400)
    let model = try Self.fitted(entry, input)
    let whole = try model.logOdds(of: input.features, on: .serial)
    for row in [0, 57, 399] {
      let alone = try model.logOdds(of: input.features.selectingRows([row]), on: .serial)
      // A product over one row may be summed in another order than over many: equal to rounding.
      #expect(alone.count == 1 && abs(alone[0] - whole[row]) <= 1e-12 * max(1, abs(alone[0])))
    }
  }

  /// 10⁻⁹: sums over a hundred trees or a few columns, each with the rounding of doubles.
  @Test(arguments: names)
  func `contributions and the expected score add up to the score`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 500)
    let model = try Self.fitted(entry, input)
    let logOdds = try model.logOdds(of: input.features, on: .serial)
    let contributions = try model.contributions(of: input.features, on: .serial)
    #expect(contributions.values.columnCount == input.features.columnCount)
    let explained = try model.explainer().contributions(of: input.features, on: .serial)
    #expect(explained == contributions)
    for (row, logOdds) in logOdds.enumerated() {
      let sum = contributions.values.row(row).reduce(contributions.expected, +)
      let score = contributions.scale == .logOdds ? logOdds : 1 / (1 + exp(-logOdds))
      #expect(abs(sum - score) <= 1e-9 * max(1, abs(score)))
    }
  }

  @Test(arguments: names)
  func `importance is a figure per column and names the signal`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 2000)
    guard let importance = try Self.fitted(entry, input).columnImportance else { return }
    #expect(importance.values.count == input.features.columnCount)
    #expect(importance.values.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(importance.values.max() == importance.values[0])
  }

  @Test(arguments: names) func `one class or a lone event is refused`(name: String) throws {
    let entry = try Self.entry(name)
    let x = ClassifierData.customers(entry.form, rows: 40).features
    for ones in [0, 1, 39, 40] {
      let labels = (0..<40).map { $0 < ones ? 1.0 : 0 }
      #expect(throws: LearningError.events(ones: ones, zeros: 40 - ones)) {
        try Self.fitted(entry, Labeled(x, labels: labels))
      }
    }
  }

  @Test(arguments: names, [Double.nan, 0.5, -1, 2, .infinity])
  func `a label that is neither 0 nor 1 is refused with its row`(name: String, label: Double) throws
  {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 40)
    var labels = input.labels
    labels[17] = label
    #expect(throws: LearningError.label(row: 17, needed: .zeroOrOne)) {
      try Self.fitted(entry, Labeled(input.features, labels: labels))
    }
  }

  @Test(arguments: names, [Double.nan, -1, .infinity, 1e16])
  func `a weight out of range is refused with its row`(name: String, weight: Double) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 40)
    var weights = [Double](repeating: 1, count: 40)
    weights[23] = weight
    #expect(throws: LearningError.weight(row: 23)) {
      try Self.fitted(entry, Labeled(input.features, labels: input.labels, weights: weights))
    }
  }

  @Test(arguments: names) func `labels and weights of another length are refused`(name: String)
    throws
  {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 40)
    #expect(throws: LearningError.rowCounts(features: 40, labels: 39)) {
      try Self.fitted(entry, Labeled(input.features, labels: Array(input.labels.dropLast())))
    }
    #expect(throws: LearningError.rowCounts(features: 40, labels: 3)) {
      try Self.fitted(
        entry, Labeled(input.features, labels: input.labels, weights: [1, 1, 1]))
    }
  }

  @Test(arguments: names) func `weights that are all zero are refused`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 40)
    let weights = [Double](repeating: 0, count: 40)
    #expect(throws: LearningError.self) {
      try Self.fitted(entry, Labeled(input.features, labels: input.labels, weights: weights))
    }
  }

  /// Awkward features, labels or weights: finite log-odds or a typed refusal, never a trap.
  @Test(arguments: names, ClassifierData.awkward.map(\.name))
  func `awkward data give finite log-odds or a refusal`(name: String, data: String) throws {
    let entry = try Self.entry(name)
    let input = try #require(ClassifierData.awkward.first { $0.name == data }).data(entry.form)
    let model: any Classifier
    do {
      model = try Self.fitted(entry, input)
    } catch let error as LearningError {
      #expect(!error.description.isEmpty)
      return
    }
    let first = input.features.selectingRows(Array(0..<min(200, input.features.rowCount)))
    #expect(try model.logOdds(of: first, on: .serial).allSatisfy(\.isFinite))
    let contributions = try model.contributions(of: first, on: .serial)
    #expect(contributions.values.firstNonFinite == nil && contributions.expected.isFinite)
  }

  @Test(arguments: names) func `rows in the other form are refused`(name: String) throws {
    let entry = try Self.entry(name)
    let other: FeatureForm = entry.form == .matrix ? .table : .matrix
    let input = ClassifierData.customers(other, rows: 40)
    #expect(throws: LearningError.form(expected: entry.form)) { try Self.fitted(entry, input) }
    let model = try Self.fitted(entry, ClassifierData.customers(entry.form, rows: 40))
    #expect(throws: LearningError.form(expected: entry.form)) {
      try model.logOdds(of: input.features, on: .serial)
    }
  }

  @Test(arguments: names) func `rows that lack a column of the fit are refused`(name: String) throws
  {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(entry.form, rows: 200)
    let model = try Self.fitted(entry, input)
    // A model without columns of its own misses none.
    guard model.columnImportance != nil else { return }
    let (narrow, error): (Features, LearningError)
    switch input.features {
    case .matrix(let x):
      narrow = .matrix(Matrix(rowCount: x.rowCount, columnCount: 3))
      error = .width(expected: 4, found: 3)
    case .table(let x):
      narrow = .table(FeatureTable(rowCount: x.rowCount, columns: Array(x.columns.dropFirst())))
      error = .featureMissing(name: "signal")
    }
    #expect(throws: error) { try model.logOdds(of: narrow, on: .serial) }
    #expect(throws: error) { try model.contributions(of: narrow, on: .serial) }
  }

  @Test(arguments: names.filter { Catalog.standard[classifier: $0]?.form == .table })
  func `columns and levels may come in another order and with strangers`(name: String) throws {
    let entry = try Self.entry(name)
    let input = ClassifierData.customers(.table, rows: 400)
    guard case .table(let table) = input.features,
      case .categories(let categories) = table.columns[4].values
    else { return }
    let model = try Self.fitted(entry, input)
    // The levels the other way round, after one that the fit has not met and no row has.
    let last = Int32(categories.levels.count)
    let turned = Categories(
      codes: categories.codes.map { last - $0 }, levels: ["new"] + categories.levels.reversed())
    let strange = FeatureTable(
      rowCount: table.rowCount,
      columns: [FeatureColumn("kind", .categories(turned))] + table.columns[0..<4].reversed()
        + [FeatureColumn("other", .numbers([Double](repeating: 1, count: table.rowCount)))])
    #expect(
      try model.logOdds(of: .table(strange), on: .serial)
        == model.logOdds(of: input.features, on: .serial))
    let unseen = FeatureTable(
      rowCount: 1,
      columns: table.columns[0..<4].map { FeatureColumn($0.name, .numbers([0])) }
        + [FeatureColumn("kind", .categories(Categories(codes: [0], levels: ["new"])))])
    #expect(try model.logOdds(of: .table(unseen), on: .serial).allSatisfy(\.isFinite))
  }

  /// A model read back through its catalogue entry.
  struct Loaded: DecodableWithConfiguration {
    let model: any Classifier

    init(from decoder: any Decoder, configuration: ClassifierEntry) throws {
      model = try configuration.decode(decoder)
    }
  }
}
