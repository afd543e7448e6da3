import Foundation
import Learning
import Numerical
import Synchronization
import Testing

/// What settings of DBSCAN share that agree on the radius: their fits are those they would be alone.
@Suite struct NeighborhoodsTests {
  static let context = FitContext(seed: Seed(3))

  /// Below, at and above the 32 neighbours that are counted.
  static let minima = [1, 2, 5, 31, 32, 33, 60, 240]

  private static func expectEqual(
    _ shared: Fit<DBSCANModel>, _ alone: Fit<DBSCANModel>, _ place: String
  ) {
    #expect(shared.assignments == alone.assignments, "\(place)")
    #expect(shared.trace == alone.trace, "\(place)")
    let (model, other) = (shared.model, alone.model)
    #expect(model.coreRows == other.coreRows && model.eps == other.eps, "\(place)")
    #expect(
      model.coreLabels == other.coreLabels && model.clusterCount == other.clusterCount, "\(place)")
  }

  @Test(arguments: DBSCANExamples.names, [1, 2, 3, 5, 14])
  func `one search serves every min_samples`(name: String, columns: Int) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    // From noise only to one pile of all rows, with rows exactly at the radius (lattice, line).
    for eps in [1e-200, 1e-3, 0.5, 1, 2.5, 1e9, 1e200] {
      for engine in DBSCANEngine.allCases {
        let stage = try dbscan(eps, 7, engine: engine).stage(x, in: Self.context)
        for minSamples in Self.minima {
          let estimator = dbscan(eps, minSamples, engine: engine)
          try Self.expectEqual(
            estimator.fit(x, from: stage, in: Self.context), estimator.fit(x, in: Self.context),
            "eps \(eps) min_samples \(minSamples) \(engine)")
        }
      }
    }
  }

  @Test(arguments: [2, 5]) func `a stage of another radius is no help and no harm`(
    columns: Int
  ) throws {
    let x = DBSCANExamples.matrix("groups", columns: columns)
    let other = try dbscan(2.5, 5).stage(x, in: Self.context)
    try Self.expectEqual(
      dbscan(0.5, 5).fit(x, from: other, in: Self.context),
      dbscan(0.5, 5).fit(x, in: Self.context), "0.5 from 2.5")
    var automatic = DBSCANCurveTests.automatic(3)
    automatic.minSamples = 9
    try Self.expectEqual(
      automatic.fit(x, from: automatic.stage(x, in: Self.context), in: Self.context),
      automatic.fit(x, in: Self.context), "auto")
  }

  @Test(arguments: [1, 3, 5, 12], DBSCANEngine.allCases)
  func `piles of copies are searched in linear time`(columns: Int, engine: DBSCANEngine) throws {
    // Pairs within or across the piles number 10¹⁰; of neighbours 32 are counted.
    let count = 150_000
    let x = Matrix(
      rowCount: count, columnCount: columns,
      values: (0..<count * columns).map { Double($0 / columns % 2) })
    for (eps, labels) in [(0.999, [0, 1]), (10, [0, 0])] {
      let stage = try dbscan(eps, 1, engine: engine).stage(x, in: Self.context)
      for minSamples in [10, 1000] {
        let fit = try dbscan(eps, minSamples, engine: engine).fit(x, from: stage, in: Self.context)
        #expect(fit.assignments?.labels.prefix(2) == labels[...])
        #expect(fit.model.coreLabels.count == count)
      }
    }
  }

  @Test func `a min_samples that no table has is refused for its setting alone`() throws {
    let x = Matrix(rows: [[1], [2], [3]])
    let stage = try dbscan(1, 4).stage(x, in: Self.context)
    #expect(throws: LearningError.rows(needed: 4, found: 3)) {
      try dbscan(1, 4).fit(x, from: stage, in: Self.context)
    }
    // The middle row alone has three rows within 1.
    let fit = try dbscan(1, 3).fit(x, from: stage, in: Self.context)
    #expect(fit.model.coreRows == Matrix(rows: [[2]]))
  }

  @Test(arguments: DBSCANEngine.allCases, [0, 1])
  func `a cancelled search says so`(engine: DBSCANEngine, looks: Int) {
    let x = DBSCANExamples.matrix("groups", columns: 2)
    let asked = Mutex(0)
    let context = FitContext(
      seed: Seed(0),
      isCancelled: {
        asked.withLock { count in
          count += 1
          return count > looks
        }
      })
    #expect(throws: LearningError.cancelled) {
      try dbscan(0.5, 5, engine: engine).stage(x, in: context)
    }
  }
}

/// Counts of neighbours are stored and read back, and refused where they contradict themselves.
@Suite struct NeighborhoodsCodingTests {
  private struct Captured: Decodable {
    let decoder: any Decoder
    init(from decoder: any Decoder) { self.decoder = decoder }
  }

  private struct Stored: Codable {
    var radius = 1.0
    var counts: Vector = [1, 2, 2]
  }

  private static let context = FitContext(seed: Seed(3))

  private func read(_ stored: some Encodable, rows: Matrix) throws -> Neighborhoods {
    let data = try JSONEncoder().encode(stored)
    return try Neighborhoods(
      from: JSONDecoder().decode(Captured.self, from: data).decoder, rows: rows, on: .serial)
  }

  @Test(arguments: ["uniform", "lattice", "copies", "offset"], [1, 3, 5, 14])
  func `neighbours are counted up to 32, whatever the engine and threads`(
    name: String, columns: Int
  ) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    let rows = (0..<x.rowCount).map(x.row)
    for eps in [0.25, 0.5, 2] {
      let expected = rows.map { row -> Double in
        let near = rows.count { other in
          zip(row, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } <= eps * eps
        }
        return Double(min(near, 32))
      }
      for engine in DBSCANEngine.allCases {
        for threads in [1, 4] {
          let stage = try dbscan(eps, 5, engine: engine).stage(
            x, in: FitContext(seed: Seed(1), pool: WorkerPool(threadCount: threads)))
          let stored = try JSONDecoder().decode(
            Stored.self, from: JSONEncoder().encode(stage))
          #expect(stored.counts.values == expected, "eps \(eps) \(engine) \(threads)")
          #expect(stored.radius == eps)
        }
      }
    }
  }

  @Test(arguments: DBSCANExamples.names, [2, 5, 14])
  func `a fit from counts that were read is the plain fit`(name: String, columns: Int) throws {
    let x = DBSCANExamples.matrix(name, columns: columns)
    let stage = try read(dbscan(0.5, 5).stage(x, in: Self.context), rows: x)
    for minSamples in [2, 5, 40] {
      let shared = try dbscan(0.5, minSamples).fit(x, from: stage, in: Self.context)
      let alone = try dbscan(0.5, minSamples).fit(x, in: Self.context)
      #expect(shared.assignments == alone.assignments && shared.trace == alone.trace)
    }
  }

  @Test func `a radius that is not known yet is not stored`() throws {
    let x = DBSCANExamples.matrix("groups", columns: 2)
    let stage = try DBSCANCurveTests.automatic(4).stage(x, in: Self.context)
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(stage) }
  }

  @Test func `counts that fit the rows are read`() throws {
    _ = try read(Stored(), rows: Matrix(rows: [[0], [5], [6]]))
  }

  @Test(arguments: [[1, 2], [1, 2, 2, 1], [0, 2, 2], [1, 33, 2], [1, 1.5, 2], [1, 1e300, 2]])
  func `counts of other rows are refused`(counts: [Double]) {
    #expect(throws: DecodingError.self) {
      try read(Stored(counts: Vector(counts)), rows: Matrix(rows: [[0], [5], [6]]))
    }
  }

  @Test(arguments: [0, -1]) func `a radius that cannot be is refused`(radius: Double) {
    #expect(throws: DecodingError.self) {
      try read(Stored(radius: radius), rows: Matrix(rows: [[0], [5], [6]]))
    }
  }
}
