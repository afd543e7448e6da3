import Foundation
import Learning
import Numerical
import Testing

/// What every algorithm of the catalogue promises, whatever it computes.
///
/// An algorithm that joins the catalogue is tested here without an edit.
@Suite struct AlgorithmContractTests {
  static let names = Catalog.standard.entries.map(\.name)

  static func entry(_ name: String) throws -> CatalogEntry {
    try #require(Catalog.standard[name])
  }

  static func context(threads: Int = 1) -> FitContext {
    FitContext(seed: Seed(7), pool: WorkerPool(threadCount: threads))
  }

  /// Fits with defaults and returns the stored form of the model.
  static func storedModel(_ entry: CatalogEntry, _ x: Matrix, threads: Int = 1) throws -> Data {
    let fit = try entry.fit(Parameters(), x, context(threads: threads))
    return try encoded(fit.model)
  }

  static func encoded(_ model: CatalogEntry.Model) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    switch model {
    case .transformer(let transformer): return try encoder.encode(transformer)
    case .clusterer(let clusterer): return try encoder.encode(clusterer)
    }
  }

  /// Everything a model says about `x`, as text that shows every bit.
  static func prediction(_ model: CatalogEntry.Model, _ x: Matrix) throws -> [UInt64] {
    switch model {
    case .transformer(let transformer):
      return try transformer.transform(x, on: .serial).values.map(\.bitPattern)
    case .clusterer(let clusterer):
      let assignments = try clusterer.assign(x, on: .serial)
      return assignments.labels.map { UInt64(bitPattern: Int64($0)) }
        + (assignments.distances + assignments.strengths + assignments.anomalies).map(\.bitPattern)
    }
  }

  @Test(arguments: names)
  func `the same seed gives the same model at any thread count`(name: String) throws {
    let entry = try Self.entry(name)
    let x = ContractData.groups(rows: 5000, columns: 5)
    let reference = try Self.storedModel(entry, x)
    for threads in [1, 2, 3, 4, 8] {
      #expect(try Self.storedModel(entry, x, threads: threads) == reference, "\(threads) threads")
    }
  }

  @Test(arguments: names)
  func `a stored and loaded model predicts the same bits`(name: String) throws {
    let entry = try Self.entry(name)
    let x = ContractData.groups(rows: 300, columns: 4)
    let model = try entry.fit(Parameters(), x, Self.context()).model
    let loaded = try JSONDecoder().decode(
      Loaded.self, from: Self.encoded(model), configuration: entry)
    #expect(try Self.prediction(loaded.model, x) == Self.prediction(model, x))
  }

  @Test(arguments: names)
  func `a row is treated alike alone and in company`(name: String) throws {
    let entry = try Self.entry(name)
    let x = ContractData.groups(rows: 200, columns: 4)
    let model = try entry.fit(Parameters(), x, Self.context()).model
    let whole = try Self.prediction(model, x)
    let width = whole.count / x.rowCount
    for row in [0, 57, 199] {
      let alone = try Self.prediction(model, x.selectingRows([row]))
      switch model {
      case .transformer:
        #expect(alone.count == width)
        #expect(zip(alone, whole[row * width..<(row + 1) * width]).allSatisfy(Self.nearlyEqual))
      case .clusterer:
        #expect(alone[0] == whole[row])
        #expect(Self.nearlyEqual(alone[1], whole[x.rowCount + row]))
      }
    }
  }

  @Test(arguments: names) func `a matrix of another width is refused`(name: String) throws {
    let entry = try Self.entry(name)
    let x = ContractData.groups(rows: 100, columns: 4)
    let model = try entry.fit(Parameters(), x, Self.context()).model
    let narrow = ContractData.groups(rows: 10, columns: 3)
    #expect(throws: LearningError.width(expected: 4, found: 3)) {
      try Self.prediction(model, narrow)
    }
  }

  @Test(arguments: names, [Double.nan, .infinity, -.infinity])
  func `a value that is not finite is refused with its place`(name: String, value: Double) throws {
    let entry = try Self.entry(name)
    var x = ContractData.groups(rows: 100, columns: 4)
    x[41, 2] = value
    #expect(throws: LearningError.nonFinite(row: 41, column: 2)) {
      try entry.fit(Parameters(), x, Self.context())
    }
  }

  @Test(arguments: names) func `no rows are refused`(name: String) throws {
    let entry = try Self.entry(name)
    #expect(throws: LearningError.self) {
      try entry.fit(Parameters(), Matrix(rowCount: 0, columnCount: 3), Self.context())
    }
  }

  /// One row, one column, constants, copies of one row, numbers near the ends of the range: a model
  /// with finite predictions or a typed refusal, never a trap.
  @Test(arguments: names, ContractData.awkward.map(\.name))
  func `awkward data give finite predictions or a refusal`(name: String, data: String) throws {
    let entry = try Self.entry(name)
    let x = try #require(ContractData.awkward.first { $0.name == data }).matrix
    let model: CatalogEntry.Model
    do {
      model = try entry.fit(Parameters(), x, Self.context()).model
    } catch {
      #expect(!error.description.isEmpty)
      return
    }
    if case .transformer(let transformer) = model {
      #expect(try transformer.transform(x, on: .serial).firstNonFinite == nil)
    }
    if case .clusterer(let clusterer) = model {
      let labels = try clusterer.assign(x, on: .serial).labels
      #expect(labels.allSatisfy { -1 <= $0 && $0 < clusterer.clusterCount })
    }
  }

  /// A product over one row may be summed in another order than over many: equal to rounding.
  static func nearlyEqual(_ a: UInt64, _ b: UInt64) -> Bool {
    let (a, b) = (Double(bitPattern: a), Double(bitPattern: b))
    return abs(a - b) <= 1e-12 * max(1, abs(a), abs(b))
  }

  /// A model read back through its catalogue entry.
  struct Loaded: DecodableWithConfiguration {
    let model: CatalogEntry.Model

    init(from decoder: any Decoder, configuration: CatalogEntry) throws {
      model = try configuration.decode(decoder)
    }
  }
}
