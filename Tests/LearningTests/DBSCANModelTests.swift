import Foundation
import Learning
import Numerical
import TestSupport
import Testing

@Suite struct DBSCANModelTests {
  static let context = FitContext(seed: Seed(3))

  static func trained(_ x: Matrix, _ eps: Double, _ minSamples: Int) throws -> Fit<DBSCANModel> {
    try dbscan(eps, minSamples).fit(x, in: context)
  }

  @Test(arguments: DBSCANExamples.names, [1, 2, 3, 5])
  func `fitted rows are placed where the fit put them`(name: String, columns: Int) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    for (eps, minSamples) in [(0.25, 3), (0.5, 8), (1, 2), (1e6, 3)] {
      let fit = try Self.trained(x, eps, minSamples)
      #expect(try fit.model.assign(x, on: .serial) == fit.assignments)
    }
  }

  @Test(arguments: [1, 3, 6])
  func `new rows join the first cluster with a core row within eps`(columns: Int) throws {
    let fit = try Self.trained(DBSCANExamples.matrix("groups", columns: columns), 0.7, 4)
    let (model, cores) = (fit.model, fit.model.coreRows)
    var random = RandomSource(seed: Seed(11))
    let x = Matrix(
      rowCount: 300, columnCount: columns,
      values: (0..<300 * columns).map { _ in random.uniform() * 16 - 2 })
    let placed = try model.assign(x, on: WorkerPool(threadCount: 2))
    for row in 0..<x.rowCount {
      let squares = (0..<cores.rowCount).map { squaredDistance(x, row, cores, $0) }
      let near = squares.indices.filter { squares[$0] <= 0.7 * 0.7 }
      let label = near.map { model.coreLabels[$0] }.min() ?? -1
      let nearest = squares.min() ?? .infinity
      let own =
        squares.indices.filter { label < 0 || model.coreLabels[$0] == label }
        .map { squares[$0] }.min() ?? .infinity
      #expect(placed.labels[row] == label)
      #expect(placed.distances[row] == own.squareRoot())
      #expect(placed.strengths[row] == (label < 0 ? 0 : 1))
      #expect(placed.anomalies[row] == nearest.squareRoot() / 0.7)
    }
  }

  @Test func `of clusters equally near the lowest is taken`() throws {
    // Two lines of rows 1 apart end at 0 and at 2; a row at 1 is within 1 of both ends.
    let rows: [[Double]] = [[2], [3], [4], [5], [0], [-1], [-2], [-3]]
    let fit = try Self.trained(Matrix(rows: rows), 1, 2)
    #expect(fit.model.clusterCount == 2)
    let placed = try fit.model.assign(Matrix(rows: [[1], [1.25], [0.5], [9]]), on: .serial)
    #expect(placed.labels == [0, 0, 1, -1])
    #expect(placed.distances == [1, 0.75, 0.5, 4])
    #expect(placed.anomalies == [1, 0.75, 0.5, 4])
  }

  @Test func `where every row is noise new rows are noise`() throws {
    let x = DBSCANExamples.matrix("uniform", columns: 2)
    let fit = try Self.trained(x, 1e-9, 5)
    #expect(fit.model.clusterCount == 0)
    #expect(fit.assignments?.labels == Array(repeating: -1, count: x.rowCount))
    let placed = try fit.model.assign(x, on: .serial)
    #expect(placed.labels.allSatisfy { $0 == -1 })
    #expect(placed.distances.allSatisfy { $0 == .infinity })
    #expect(fit.trace.warnings.contains { $0.hasPrefix("Every row is noise") })
  }

  @Test func `a stored model places rows the same`() throws {
    let x = DBSCANExamples.matrix("groups", columns: 3)
    for (eps, minSamples) in [(0.5, 5), (1e-9, 2)] {
      let model = try Self.trained(x, eps, minSamples).model
      let loaded = try JSONDecoder().decode(
        DBSCANModel.self, from: JSONEncoder().encode(model))
      #expect(try loaded.assign(x, on: .serial) == model.assign(x, on: .serial))
      #expect(loaded.clusterCount == model.clusterCount)
    }
  }

  @Test(arguments: [
    ("\"eps\":0.5", "\"eps\":-0.5"), ("\"eps\":0.5", "\"eps\":0"),
    ("\"cluster_count\":1", "\"cluster_count\":2"), ("\"cluster_count\":1", "\"cluster_count\":-1"),
    ("\"cluster_count\":1", "\"cluster_count\":900719925474099"),
    ("[0,0,0]", "[0,0]"), ("[0,0,0]", "[0,0,1]"), ("[0,0,0]", "[0,0,0.5]"), ("[0,0,0]", "[0,-1,0]"),
    ("[0,0.25,0.5]", "[0,0.25,1e200]"),
  ])
  func `a damaged model is refused`(part: String, replacement: String) throws {
    let model = try Self.trained(Matrix(rows: [[0], [0.25], [0.5]]), 0.5, 2).model
    let text = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
    #expect(text.contains(part), "\(text)")
    let damaged = text.replacingOccurrences(of: part, with: replacement)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(DBSCANModel.self, from: Data(damaged.utf8))
    }
  }
}
