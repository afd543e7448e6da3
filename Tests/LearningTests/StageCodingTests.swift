import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// Stages of fits are read back to the bits that were written, and refused where they contradict themselves.
struct StageCodingTests {
  /// Lets a stage be read by what knows its rows.
  private struct Captured: Decodable {
    let decoder: any Decoder
    init(from decoder: any Decoder) { self.decoder = decoder }
  }

  private func read<Stage: FitStage>(_ stage: Stage, rows: Matrix) throws -> Stage {
    let data = try JSONEncoder().encode(stage)
    return try Stage(
      from: JSONDecoder().decode(Captured.self, from: data).decoder, rows: rows, on: .serial)
  }

  @Test(arguments: Linkage.allCases, MergeTreeTests.data.map(\.name))
  func `a merge tree that was read is the one that was made`(linkage: Linkage, name: String) throws
  {
    let x = try #require(MergeTreeTests.data.first { $0.name == name }).x
    var estimator = Hierarchical()
    estimator.linkage = linkage
    let stage = try estimator.stage(x, in: FitContext(seed: Seed(1)))
    let again = try read(stage, rows: x)
    #expect(again.tree == stage.tree)
    #expect(again.copheneticCorrelation == stage.copheneticCorrelation)
  }

  @Test(arguments: ["random", "groups", "grid", "copies", "line", "wide"])
  func `a fit from a density tree that was read is the plain fit`(name: String) throws {
    let x = try SpanningTreeTests.example(name)
    let estimator = HDBSCAN()
    let context = FitContext(seed: Seed(1))
    let plain = try estimator.fit(x, in: context)
    let stage = try read(estimator.stage(x, in: context), rows: x)
    let fit = try estimator.fit(x, from: stage, in: context)
    #expect(fit.assignments == plain.assignments)
    #expect(try JSONEncoder().encode(fit.model).count == JSONEncoder().encode(plain.model).count)
    #expect(
      try fit.model.assign(x, on: .serial) == plain.model.assign(x, on: .serial))
  }

  @Test func `a stage of other rows is refused`() throws {
    let x = HierarchicalData.blobs(rows: 20, columns: 2)
    let fewer = x.selectingRows(Array(0..<19))
    let context = FitContext(seed: Seed(1))
    let merged = try Hierarchical().stage(x, in: context)
    #expect(throws: DecodingError.self) { try read(merged, rows: fewer) }
    let density = try HDBSCAN().stage(x, in: context)
    #expect(throws: DecodingError.self) { try read(density, rows: fewer) }
  }

  private struct StoredMerges: Encodable {
    var distinctRowCount = 3
    var merges = Matrix(rows: [[0, 1, 1], [2, 3, 2]])
  }

  private func tree(_ stored: StoredMerges) throws -> MergeTree {
    try JSONDecoder().decode(MergeTree.self, from: JSONEncoder().encode(stored))
  }

  @Test func `sizes of merges follow from what they join`() throws {
    // Rows 0 and 1 make node 3, which joins row 2.
    #expect(try tree(StoredMerges()).merges.map(\.rowCount) == [2, 3])
  }

  @Test(arguments: [
    [[0, 1, 1], [0, 2, 2]], [[0, 1, 2], [2, 3, 1]], [[0, 1, 1], [2, 4, 2]],
    [[0, 1, 1], [2, 2, 2]],
    [[1, 0, 1], [2, 3, 2]], [[0.5, 1, 1], [2, 3, 2]], [[-1, 1, 1], [2, 3, 2]],
    [[0, 1, -1], [2, 3, 2]], [[0, 1], [2, 3]], [[0, 1e300, 1], [2, 3, 2]],
    [[0, 3, 1], [1, 2, 2]],
  ])
  func `merges of no tree are refused`(rows: [[Double]]) {
    #expect(throws: DecodingError.self) { try tree(StoredMerges(merges: Matrix(rows: rows))) }
  }

  @Test(arguments: [-1, 0, 4, Int.max])
  func `more distinct rows than rows are refused`(count: Int) {
    #expect(throws: DecodingError.self) { try tree(StoredMerges(distinctRowCount: count)) }
  }

  private struct StoredEdges: Encodable {
    var edges = Matrix(rows: [[1, 0, 1], [2, 1, 2]])
    var coreDistances: Vector = Vector([0, 0.5, 0])
  }

  private func spanning(_ stored: StoredEdges) throws -> SpanningTree {
    try JSONDecoder().decode(SpanningTree.self, from: JSONEncoder().encode(stored))
  }

  @Test func `edges that span the rows are a tree`() throws {
    #expect(try spanning(StoredEdges()).totalWeight == 3)
  }

  @Test(arguments: [
    [[1, 0, 1], [2, 0, 1]], [[2, 0, 1], [1, 1, 2]], [[1, 1, 0], [2, 1, 2]],
    [[1, 0, 1], [2, 1, 3]],
    [[1, 0, 1]], [[1, 0, 1], [2, 1, 2], [3, 0, 2]], [[-1, 0, 1], [2, 1, 2]],
    [[1, 0, 0.5], [2, 1, 2]], [[1, 0, 1], [1, 0, 1]],
  ])
  func `edges of no spanning tree are refused`(rows: [[Double]]) {
    #expect(throws: DecodingError.self) { try spanning(StoredEdges(edges: Matrix(rows: rows))) }
  }

  @Test func `core distances below 0 are refused`() {
    #expect(throws: DecodingError.self) {
      try spanning(StoredEdges(coreDistances: Vector([0, -1, 0])))
    }
  }
}
