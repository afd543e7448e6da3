import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// Where new rows go, and what is refused.
struct HierarchicalAssignmentTests {
  /// Two groups on a line, around 1 and around 12.
  static let line = Matrix(rows: [[0], [1], [2], [10], [12], [14]])

  @Test func `rows go to the nearest centroid, anomalies count root mean square distances`() throws
  {
    let fit = try hierarchical(.ward).fit(Self.line, in: hierarchicalContext)
    #expect(fit.model.centers == Matrix(rows: [[1], [12]]))
    // Squared distances 1, 0, 1 and 4, 0, 4.
    let spreads = [(2.0 / 3).squareRoot(), (8.0 / 3).squareRoot()]
    #expect(fit.model.spreads.values == spreads)
    let placed = try fit.model.assign(Matrix(rows: [[4], [7], [12]]), on: .serial)
    #expect(placed.labels == [0, 1, 1])
    #expect(placed.distances == [3, 5, 0])
    #expect(placed.strengths == [1, 1, 1])
    #expect(placed.anomalies == [3 / spreads[0], 5 / spreads[1], 0])
    let training = try #require(fit.assignments)
    #expect(training.labels == [0, 0, 0, 1, 1, 1])
    #expect(training.anomalies[2] == 1 / spreads[0])
  }

  @Test func `a vote counts neighbours by the inverse of their distances`() throws {
    let estimator = hierarchical(.single) { $0.neighbors = 3 }
    let fit = try estimator.fit(Self.line, in: hierarchicalContext)
    // The nearest rows of 7 are 10, 2 (label 0), 12: votes 1/3, 1/5, 1/5.
    let placed = try fit.model.assign(Matrix(rows: [[7], [10]]), on: .serial)
    #expect(placed.labels == [1, 1])
    let share = (1.0 / 3 + 1.0 / 5) / (1.0 / 3 + 2.0 / 5)
    #expect(isClose(placed.strengths[0], share, within: 1e-14))
    #expect(placed.distances == [5, 2])
    // A training row has distance 0 and decides alone.
    #expect(placed.strengths[1] == 1)
    // Other rows nearest to 10, 12, 14 are 2, 4, 8 | 2, 2, 10 | 2, 4, 12 away: means 14/3, 14/3, 6.
    let typical = (14.0 / 3 + 14.0 / 3 + 6) / 3
    let vote = try #require(fit.model.vote)
    #expect(isClose(vote.typicalDistances[1], typical, within: 1e-14))
    // From 7 the three nearest are 3, 5 and 5 away.
    #expect(isClose(placed.anomalies[0], 13 / 3 / typical, within: 1e-14))
    // Of 0's neighbours 1, 2 and 10 the last is of the other segment.
    let training = try #require(fit.assignments)
    #expect(isClose(training.strengths[0], 1.5 / 1.6, within: 1e-14))
  }

  @Test func `single linkage votes, the others use centroids unless told`() throws {
    for linkage in Linkage.allCases {
      let fit = try hierarchical(linkage).fit(Self.line, in: hierarchicalContext)
      #expect((fit.model.vote != nil) == (linkage == .single))
    }
    let voting = hierarchical(.ward) { $0.assignment = .neighbors }
    #expect(try voting.fit(Self.line, in: hierarchicalContext).model.vote != nil)
    let nearest = hierarchical(.single) { $0.assignment = .centroid }
    #expect(try nearest.fit(Self.line, in: hierarchicalContext).model.vote == nil)
  }

  @Test func `a vote repeats the training labels, even of rows alone in their segment`() throws {
    let x = HierarchicalData.heavyTails(rows: 400, columns: 3)
    let fit = try hierarchical(.single) { $0.k = .count(12) }.fit(x, in: hierarchicalContext)
    let placed = try fit.model.assign(x, on: WorkerPool(threadCount: 2))
    #expect(placed.labels == fit.assignments?.labels)
    let alone = try fit.model.assign(x.selectingRows([7]), on: .serial)
    #expect(alone.labels[0] == placed.labels[7] && alone.anomalies[0] == placed.anomalies[7])
  }

  @Test(arguments: [Linkage.average, .single])
  func `a model survives storage with every bit`(linkage: Linkage) throws {
    let x = HierarchicalData.blobs(rows: 200, columns: 3)
    let model = try hierarchical(linkage) { $0.k = .count(4) }
      .fit(x, in: hierarchicalContext).model
    let stored = try JSONEncoder().encode(model)
    let loaded = try JSONDecoder().decode(HierarchicalModel.self, from: stored)
    let probe = HierarchicalData.heavyTails(rows: 50, columns: 3)
    #expect(try loaded.assign(probe, on: .serial) == model.assign(probe, on: .serial))
    #expect(loaded.rule == model.rule)
  }

  @Test(arguments: [
    "\"centers\":{\"shape\":[2,1],\"values\":[1,1e300]}",
    "\"spreads\":{\"shape\":[1],\"values\":[1]}",
    "\"labels\":{\"shape\":[2],\"values\":[0,2]}",
    "\"labels\":{\"shape\":[2],\"values\":[0,0.5]}",
    "\"labels\":{\"shape\":[1],\"values\":[0]}",
    "\"neighbors\":0",
    "\"typical_distances\":{\"shape\":[2],\"values\":[0,-1]}",
    "\"rows\":{\"shape\":[2,2],\"values\":[0,0,0,0]}",
    "\"linkage\":\"no such linkage\"",
  ])
  func `a forged model is refused`(forged: String) throws {
    var parts = [
      "\"linkage\":\"single\"", "\"centers\":{\"shape\":[2,1],\"values\":[0,5]}",
      "\"spreads\":{\"shape\":[2],\"values\":[0,0]}", "\"neighbors\":2",
      "\"rows\":{\"shape\":[2,1],\"values\":[0,5]}",
      "\"labels\":{\"shape\":[2],\"values\":[0,1]}",
      "\"typical_distances\":{\"shape\":[2],\"values\":[5,5]}",
    ]
    func decode() throws -> HierarchicalModel {
      try JSONDecoder().decode(
        HierarchicalModel.self, from: Data("{\(parts.joined(separator: ","))}".utf8))
    }
    #expect(try decode().clusterCount == 2)
    let key = forged.prefix { $0 != ":" }
    parts = parts.map { $0.hasPrefix(key) ? forged : $0 }
    #expect(throws: DecodingError.self) { try decode() }
  }

  @Test func `exactly one of k and distance_threshold decides`() throws {
    let both = hierarchical(.ward) { $0.distanceThreshold = .height(3) }
    let neither = hierarchical(.ward) { $0.k = .none }
    for (estimator, isNoneSet) in [(both, false), (neither, true)] {
      #expect(
        throws: LearningError.exclusive(
          parameters: ["k", "distance_threshold"], isNoneSet: isNoneSet)
      ) {
        try estimator.fit(Self.line, in: hierarchicalContext)
      }
    }
  }

  @Test func `more clusters than distinct rows are refused`() throws {
    let x = HierarchicalData.doubled(Self.line)
    let most = hierarchical(.average) { $0.k = .count(6) }
    #expect(try most.fit(x, in: hierarchicalContext).model.clusterCount == 6)
    for count in [7, 12, 13] {
      #expect(throws: LearningError.distinctRows(needed: count, found: 6)) {
        try hierarchical(.average) { $0.k = .count(count) }.fit(x, in: hierarchicalContext)
      }
    }
    #expect(throws: LearningError.distinctRows(needed: 2, found: 1)) {
      try hierarchical(.ward).fit(Matrix(rows: [[3, 4]]), in: hierarchicalContext)
    }
  }

  @Test func `one row can be one cluster`() throws {
    for linkage in Linkage.allCases {
      let fit = try hierarchical(linkage) { $0.k = .count(1) }
        .fit(Matrix(rows: [[3, 4]]), in: hierarchicalContext)
      #expect(fit.model.centers == Matrix(rows: [[3, 4]]))
      #expect(fit.assignments?.labels == [0])
      #expect(try fit.model.assign(Matrix(rows: [[3, 4]]), on: .serial).anomalies == [0])
      #expect(fit.trace.scores.isEmpty)
    }
  }

  @Test func `a cancelled fit says so`() {
    let context = FitContext(seed: Seed(1), isCancelled: { true })
    for linkage in Linkage.allCases {
      #expect(throws: LearningError.cancelled) {
        try hierarchical(linkage).fit(Self.line, in: context)
      }
    }
  }

  @Test func `a matrix beyond the memory limit is refused before it starts`() throws {
    let x = HierarchicalData.blobs(rows: 1000, columns: 2)
    let entry = try #require(Catalog.standard["hierarchical"])
    let average = Parameters([("linkage", .text("average"))])
    let context = FitContext(seed: Seed(1), memoryLimit: 5e6)
    #expect {
      _ = try entry.fit(average, x, context)
    } throws: { error in
      // 1000 rows begin with a matrix of 8 MB.
      guard case .memory(let needed, 5e6, 1000, let fitting) = error as? LearningError else {
        return false
      }
      return needed > 8e6 && fitting > 100 && fitting < 1000
    }
    let ward = Parameters([("linkage", .text("ward"))])
    #expect(throws: Never.self) { _ = try entry.fit(ward, x, context) }
  }

  @Test func `pictures hold the last merges over at most sixty leaves`() throws {
    let x = HierarchicalData.blobs(rows: 500, columns: 2)
    let fit = try hierarchical(.complete) { $0.k = .count(3) }.fit(x, in: hierarchicalContext)
    let picture = try #require(fit.trace.diagnostics.dendrogram)
    #expect(picture.leaves.count == 60 && picture.merges.count == 59)
    #expect(picture.leaves.reduce(0) { $0 + $1.rowCount } == 500)
    let labels = try #require(fit.assignments?.labels)
    for segment in 0..<3 {
      let rows = picture.leaves.filter { $0.segment == segment }.reduce(0) { $0 + $1.rowCount }
      #expect(rows == labels.count { $0 == segment })
    }
    #expect(picture.merges.map(\.height) == picture.merges.map(\.height).sorted())
    let cut = try #require(picture.cut)
    #expect(picture.merges.count { $0.height > cut } == 2)
    // Leaves stand as a drawing has them: every merge joins neighbouring runs.
    var runs = (0..<60).map { $0...$0 }
    for merge in picture.merges {
      let (left, right) = (runs[merge.left], runs[merge.right])
      #expect(left.upperBound + 1 == right.lowerBound)
      runs.append(left.lowerBound...right.upperBound)
    }
    let many = try hierarchical(.complete) { $0.k = .count(80) }.fit(x, in: hierarchicalContext)
    #expect(many.trace.diagnostics.dendrogram?.leaves.contains { $0.segment == nil } == true)
  }

  @Test func `the cophenetic correlation of many rows is sampled and says so`() throws {
    let x = HierarchicalData.blobs(rows: 4000, columns: 2)
    let exact = try hierarchical(.average).fit(
      x.selectingRows(Array(0..<2000)), in: hierarchicalContext)
    let sampled = try hierarchical(.average).fit(x, in: hierarchicalContext)
    #expect(exact.trace.warnings.isEmpty)
    #expect(sampled.trace.warnings.count == 1 && sampled.trace.warnings[0].contains("2000"))
    // Two samples of the same groups: the correlation of about 0.8 varies by a few hundredths.
    let values = [exact, sampled].compactMap { $0.trace.scores.first?.value }
    #expect(values.count == 2 && abs(values[0] - values[1]) < 0.1)
  }
}
