import Foundation
import Learning
import Numerical
import TestSupport
import Testing

struct HDBSCANTests {
  struct Case: Decodable {
    struct Placed: Decodable {
      let rows: [[Double]]
      let labels: [Int]
      let strengths: [Double]
    }

    struct Fitted: Decodable {
      let minClusterSize: Int
      let minSamples: Int
      let selection: String
      let epsilon: Double
      let allowSingleCluster: Bool
      let maxClusterSize: Int?
      let alpha: Double
      let labels: [Int]
      let strengths: [Double]
      let anomalies: [Double]?
      let placed: Placed?

      var estimator: HDBSCAN {
        var estimator = HDBSCAN()
        estimator.minClusterSize = minClusterSize
        estimator.minSamples = .count(minSamples)
        estimator.selection = HDBSCANSelection(rawValue: selection) ?? .excessOfMass
        estimator.selectionEpsilon = epsilon
        estimator.allowSingleCluster = allowSingleCluster
        estimator.maxClusterSize = maxClusterSize.map { .rows($0) } ?? .none
        estimator.alpha = alpha
        return estimator
      }
    }

    let name: String
    let rows: [[Double]]
    let fits: [Fitted]
  }

  static let context = FitContext(seed: Seed(1))

  /// Rows of each cluster, whatever its number, and the noise.
  static func partition(_ labels: [Int]) -> [[Int]] {
    let groups = Set(labels).filter { $0 >= 0 }.map { label in
      labels.indices.filter { labels[$0] == label }
    }
    return groups.sorted { $0[0] < $1[0] } + [labels.indices.filter { labels[$0] < 0 }]
  }

  @Test func `labels, strengths and outlier scores are those of scikit-learn and hdbscan`() throws {
    for example in try Fixture.load("density_tree", as: [Case].self) {
      for expected in example.fits {
        let fit = try expected.estimator.fit(Matrix(rows: example.rows), in: Self.context)
        let found = try #require(fit.assignments)
        let place = "\(example.name): \(expected.estimator.parameters)"
        #expect(found.labels == expected.labels, "\(place)")
        // References are rounded to twelve places; λ is rounded in another order.
        #expect(
          zip(found.strengths, expected.strengths).allSatisfy { abs($0 - $1) < 1e-11 }, "\(place)")
        if let anomalies = expected.anomalies {
          #expect(
            zip(found.anomalies, anomalies).allSatisfy { abs($0 - $1) < 1e-11 }, "\(place)")
        }
      }
    }
  }

  @Test func `new rows are placed as hdbscan places them`() throws {
    for example in try Fixture.load("density_tree", as: [Case].self) {
      for expected in example.fits {
        guard let placed = expected.placed else { continue }
        let fit = try expected.estimator.fit(Matrix(rows: example.rows), in: Self.context)
        let found = try fit.model.assign(Matrix(rows: placed.rows), on: .serial)
        let names = Self.names(of: expected.labels, in: try #require(fit.assignments).labels)
        let place = "\(example.name): \(expected.estimator.parameters)"
        #expect(found.labels == placed.labels.map { $0 < 0 ? -1 : names[$0] ?? -2 }, "\(place)")
        #expect(
          zip(found.strengths, placed.strengths).allSatisfy { abs($0 - $1) < 1e-11 }, "\(place)")
      }
    }
  }

  /// Our number for each number of the reference.
  static func names(of reference: [Int], in labels: [Int]) -> [Int: Int] {
    var names: [Int: Int] = [:]
    for (theirs, ours) in zip(reference, labels) where theirs >= 0 { names[theirs] = ours }
    return names
  }

  /// Two groups of four on a line and one row far away.
  static let line = Matrix(rows: [[0], [1], [2], [3], [20], [21], [22], [23], [100]])

  @Test func `two groups on a line and a row far away`() throws {
    var estimator = HDBSCAN()
    estimator.minClusterSize = 3
    estimator.minSamples = .count(1)
    let fit = try estimator.fit(Self.line, in: Self.context)
    let found = try #require(fit.assignments)
    #expect(found.labels == [0, 0, 0, 0, 1, 1, 1, 1, -1])
    // All rows of a group fall off at the gap of 1, the greatest λ of their cluster.
    #expect(found.strengths == [1, 1, 1, 1, 1, 1, 1, 1, 0])
    // The last row leaves the root at 77; the densest place below the root has λ = 1.
    #expect(found.anomalies == [0, 0, 0, 0, 0, 0, 0, 0, 1 - 1 / 77.0])
    // Three gaps of 1 in each group, 17 between them, 77 to the last.
    #expect(fit.trace.scores == [FitScore(.spanningTreeWeight, 100)])
    #expect(fit.trace.warnings == [])
  }

  @Test func `new rows join the nearest group while it exists`() throws {
    var estimator = HDBSCAN()
    estimator.minClusterSize = 3
    estimator.minSamples = .count(1)
    let model = try estimator.fit(Self.line, in: Self.context).model
    let found = try model.assign(
      Matrix(rows: [[0.5], [5], [11], [12], [40.5], [300]]), on: .serial)
    // Groups split at the gap of 17: 11 is 8 from the first, 12 is 8 from the second; the others are farther
    // than 17 from every row.
    #expect(found.labels == [0, 0, 0, 1, -1, -1])
    #expect(found.distances == [0.5, 2, 8, 8, 17.5, 200])
    // The greatest λ of a group is 1.
    #expect(found.strengths == [1, 0.5, 0.125, 0.125, 0, 0])
  }

  @Test func `rows of the fit are found where the fit put them`() throws {
    for example in try Fixture.load("density_tree", as: [Case].self) {
      let x = Matrix(rows: example.rows)
      var estimator = HDBSCAN()
      estimator.minSamples = .count(3)
      let fit = try estimator.fit(x, in: Self.context)
      let labels = try #require(fit.assignments).labels
      let again = try fit.model.assign(x, on: .serial).labels
      let agreement = Double(zip(labels, again).count { $0 == $1 }) / Double(labels.count)
      // A row may join another one of equal reachability that stays in its cluster for longer.
      #expect(agreement >= 0.95, "\(example.name) \(agreement)")
    }
  }

  @Test func `settings that share a tree fit as they do alone`() throws {
    let x = try SpanningTreeTests.example("groups")
    var estimator = HDBSCAN()
    estimator.minSamples = .count(4)
    let stage = try estimator.stage(x, in: Self.context)
    for size in [3, 10, 40] {
      estimator.minClusterSize = size
      let shared = try estimator.fit(x, from: stage, in: Self.context)
      let alone = try estimator.fit(x, in: Self.context)
      #expect(shared.assignments == alone.assignments)
      #expect(shared.trace == alone.trace)
    }
  }

  @Test func `automatic neighbours are stated as the least rows of a cluster`() throws {
    let given = try HDBSCAN(Parameters([("min_cluster_size", .integer(12))]))
    #expect(given.parameters["min_samples"] == .integer(12))
    let other = try HDBSCAN(
      Parameters([("min_samples", .integer(4)), ("min_cluster_size", .integer(12))]))
    #expect(other.parameters["min_samples"] == .integer(4))
  }

  @Test func `without a cluster every row is noise and so is every new one`() throws {
    var estimator = HDBSCAN()
    estimator.minClusterSize = 50
    estimator.minSamples = .count(2)
    let fit = try estimator.fit(Self.line, in: Self.context)
    #expect(fit.model.clusterCount == 0)
    #expect(try #require(fit.assignments).labels.allSatisfy { $0 == -1 })
    #expect(try fit.model.assign(Self.line, on: .serial).labels.allSatisfy { $0 == -1 })
    #expect(fit.trace.warnings.count == 1)
    let loaded = try JSONDecoder().decode(
      HDBSCANModel.self, from: JSONEncoder().encode(fit.model))
    #expect(loaded.clusterCount == 0)
  }

  @Test func `copies of a few rows are clusters of full strength`() throws {
    let x = Matrix(rows: (0..<60).map { [Double($0 % 3) * 5, 1] })
    let fit = try HDBSCAN().fit(x, in: Self.context)
    let found = try #require(fit.assignments)
    #expect(
      Self.partition(found.labels).dropLast()
        == (0..<3).map { first in
          Array(stride(from: first, to: 60, by: 3))
        }[...])
    #expect(found.strengths.allSatisfy { $0 == 1 })
    #expect(found.anomalies.allSatisfy { $0 == 0 })
    #expect(try fit.model.assign(x, on: .serial).labels == found.labels)
  }

  @Test func `fewer rows than a neighbourhood needs are refused`() throws {
    #expect(throws: LearningError.rows(needed: 5, found: 3)) {
      try HDBSCAN().fit(Matrix(rows: [[1], [2], [3]]), in: Self.context)
    }
  }

  @Test func `a tree with places outside itself is not read`() throws {
    let model = try HDBSCAN().fit(Self.line, in: Self.context).model
    let text = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
    let stored = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let members = try #require(stored as? [String: Any])
    let forgeries: [(String, Any)] = [
      ("rowClusters", [0, 0, 0, 0, 0, 0, 0, 0, 7.0]), ("rowClusters", [0.5]),
      ("clusterLabels", [-2.0]), ("clusterParents", [3.0]), ("minSamples", 0),
      ("minSamples", 1000), ("alpha", 0.0), ("rowDistances", [-1.0]), ("coreDistances", [1.0]),
    ]
    for (name, value) in forgeries {
      var forged = members
      #expect(forged[name] != nil, "\(name)")
      forged[name] = value
      let data = try JSONSerialization.data(withJSONObject: forged)
      #expect(throws: DecodingError.self, "\(name)") {
        try JSONDecoder().decode(HDBSCANModel.self, from: data)
      }
    }
  }
}
