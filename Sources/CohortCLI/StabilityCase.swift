import ArgumentParser
import Evaluation
import Foundation
import Learning
import Numerical

/// What `cohort bench` times of resampled clusterings.
struct StabilityCase {
  enum Subject: String, CaseIterable {
    /// k-means on bootstrap samples, rows drawn twice counting twice; each places every row and is
    /// compared by the adjusted Rand index.
    case bootstrap
    /// The gap statistic of k-means from two segments to k.
    case gap
    /// The consensus of all pairs of rows over random labelings of bootstrap samples.
    case consensus
  }

  private let subject: Subject
  private let x: Matrix
  private let k: Int
  private let resamples: Int
  private let seed = Seed(0)

  init(_ subject: Subject, x: Matrix, parameters: Parameters) throws {
    self.subject = subject
    self.x = x
    func whole(_ name: String, _ usual: Int) throws -> Int {
      guard let value = parameters[name] else { return usual }
      guard case .integer(let number) = value, number > 1 else {
        throw ValidationError("-S \(name) must be a whole number above 1, found \(value)")
      }
      return number
    }
    k = try whole("k", 8)
    resamples = try whole("resamples", 100)
    let known = ["k", "resamples"]
    if let other = parameters.names.first(where: { !known.contains($0) }) {
      throw ValidationError("\(subject.rawValue) has no parameter \(other); it has k, resamples")
    }
  }

  /// The figures that identify the result.
  func run(on pool: WorkerPool) throws -> [String: Double] {
    switch subject {
    case .bootstrap: try bootstrap(pool)
    case .gap: try gap(pool)
    case .consensus: try consensus(pool)
    }
  }

  private func fit(
    _ x: Matrix, weights: [Double]? = nil, k: Int, seed: Seed, on pool: WorkerPool
  ) throws(LearningError) -> KMeansModel {
    var estimator = KMeans()
    estimator.k = k
    estimator.restarts = .count(1)
    return try estimator.fit(x, weights: weights, in: FitContext(seed: seed, pool: pool)).model
  }

  private func bootstrap(_ pool: WorkerPool) throws -> [String: Double] {
    var estimator = KMeans()
    estimator.k = k
    estimator.restarts = .count(1)
    let table = try estimator.prepare(x, on: pool)
    func labels(rows: [Int]?, weights: [Double]?, seed: Seed, on pool: WorkerPool) throws -> [Int] {
      let context = FitContext(seed: seed, pool: pool)
      let fit = try estimator.fit(table, rows: rows, weights: weights, in: context)
      return try fit.model.labels(of: table, on: pool)
    }
    let reference = try labels(rows: nil, weights: nil, seed: seed, on: pool)
    let indices = pool.map(count: resamples) { index in
      Result { () throws -> Double in
        let drawn = seed.derived("resample", index)
        let (rows, weights) = bootstrapRows(seed: drawn)
        return try Agreement.adjustedRandIndex(
          reference, try labels(rows: rows, weights: weights, seed: drawn, on: .serial))
      }
    }
    let values = try indices.map { try $0.get() }
    return [
      "ari_mean": values.reduce(0, +) / Double(values.count), "ari_min": values.min() ?? .nan,
    ]
  }

  /// As many rows as there are, drawn with replacement: which, and how often each.
  private func bootstrapRows(seed: Seed) -> (rows: [Int], weights: [Double]) {
    var random = RandomSource(seed: seed)
    var counts = [Int32](repeating: 0, count: x.rowCount)
    for _ in 0..<x.rowCount { counts[random.integer(below: x.rowCount)] += 1 }
    let rows = counts.indices.filter { counts[$0] > 0 }
    return (rows, rows.map { Double(counts[$0]) })
  }

  private func gap(_ pool: WorkerPool) throws -> [String: Double] {
    let maker = try GapReference(.principalAxes, around: x, seed: seed, on: pool)
    let ks = Array(2...k)
    let references = pool.map(count: resamples) { index in
      Result { () throws -> [Double] in
        let reference = maker.reference(index)
        return try ks.map { k in
          let model = try fit(reference, k: k, seed: seed.derived("reference", index), on: .serial)
          return try GapStatistic.logDispersion(
            of: reference, labels: model.assign(reference, on: .serial).labels)
        }
      }
    }
    let expected = try references.map { try $0.get() }
    let gaps = try ks.enumerated().map { place, k in
      let labels = try fit(x, k: k, seed: seed, on: pool).assign(x, on: pool).labels
      return try GapStatistic(
        logDispersion: GapStatistic.logDispersion(of: x, labels: labels, on: pool),
        references: expected.map { $0[place] })
    }
    let choice = GapRule.firstMaximum.choice(
      gaps: gaps.map(\.gap), standardErrors: gaps.map(\.standardError))
    return ["gap_last": gaps.last?.gap ?? .nan, "k": Double(choice.map { ks[$0] } ?? 0)]
  }

  private func consensus(_ pool: WorkerPool) throws -> [String: Double] {
    let source = try ReplicateSource(.bootstrap, of: x, seed: seed)
    let runs = pool.map(count: resamples) { index in
      let rows = source.replicate(index).rows
      // Nine rows in ten have the label of their place, the tenth another.
      return Labeling(
        rows: rows, labels: rows.map { ($0 + ($0 + index) % 10 / 9) % k })
    }
    let found = try Consensus(of: runs, labels: (0..<x.rowCount).map { $0 % k }, on: pool)
    return ["pac": found.ambiguousShare, "area": found.area, "pairs": Double(found.pairCount)]
  }
}
