import Experiments
import Foundation
import Learning
import Numerical

/// A catalogue for tests: models whose every outcome is known beforehand.
enum Toy {
  static let catalog = Catalog([
    .transformer(Standardize.self), .transformer(PrincipalComponents.self),
    .clusterer(Cuts.self), .clusterer(Reluctant.self), .clusterer(Quantiles.self),
    .clusterer(Quorum.self), .clusterer(Surface.self),
  ])

  /// Cuts the range of the first column into k equal parts.
  struct Cuts: Estimator {
    var k = 2
    var slack = 0.0
    var mode = Mode.plain

    enum Mode: String, CaseIterable, Sendable { case plain, reversed }

    static let schema = Schema<Self>(
      "cuts", "Equal parts of the first column.",
      [
        .integer("k", \.k, .closed(1, 100), "Number of parts.", aliases: ["n_clusters"]),
        .real("slack", \.slack, .atLeast(0), "Has no effect."),
        .choice("mode", \.mode, "Has no effect."),
      ])

    func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

    func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<CutsModel> {
      if context.isCancelled() { throw .cancelled }
      let values = x.column(0)
      guard let low = values.min(), let high = values.max() else {
        throw .rows(needed: 1, found: 0)
      }
      return Fit(
        model: CutsModel(low: low, high: high, clusterCount: k), trace: FitTrace(losses: [1]))
    }
  }

  struct CutsModel: Clusterer {
    let low: Double
    let high: Double
    let clusterCount: Int

    var rule: AssignmentRule { AssignmentRule(placement: "equal parts", anomaly: "none") }

    func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
      let width = max(high - low, 1e-300)
      let labels = x.column(0).map { value in
        let part = (value - low) / width * Double(clusterCount)
        return Int(min(max(part, 0), Double(clusterCount - 1)))
      }
      let zeros = labels.map { _ in 0.0 }
      return Assignments(
        labels: labels, distances: zeros, strengths: labels.map { _ in 1 }, anomalies: zeros)
    }
  }

  /// Refuses to fit when k is 3 and puts all rows into one segment otherwise.
  struct Reluctant: Estimator {
    var k = 2

    static let schema = Schema<Self>(
      "reluctant", "Fails on purpose.",
      [.integer("k", \.k, .closed(1, 100), "Number of segments.")])

    func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

    func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<CutsModel> {
      if k == 3 { throw .distinctRows(needed: 3, found: 2) }
      return Fit(model: CutsModel(low: 0, high: 0, clusterCount: 1), trace: FitTrace())
    }
  }

  /// Cuts into k parts when there are at least as many rows as it needs.
  struct Quorum: Estimator {
    var k = 2
    var needed = 1

    static let schema = Schema<Self>(
      "quorum", "Needs many rows.",
      [
        .integer("k", \.k, .closed(1, 100), "Number of parts."),
        .integer("needed", \.needed, .closed(1, 1_000_000), "Rows it needs."),
      ])

    func predictedBytes(rowCount: Int, columnCount: Int) -> Double { 0 }

    func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<CutsModel> {
      guard x.rowCount >= needed else { throw .rows(needed: needed, found: x.rowCount) }
      var cuts = Cuts()
      cuts.k = k
      return try cuts.fit(x, in: context)
    }
  }

  /// Sorts once, cuts into k parts of equal counts; says where the fit put its rows.
  struct Quantiles: StagedEstimator {
    typealias Input = Matrix
    typealias Model = CutsModel

    var k = 2
    var column = 0

    static let schema = Schema<Self>(
      "quantiles", "Parts of equal counts.",
      [
        .integer("k", \.k, .closed(1, 100), "Number of parts."),
        .integer("column", \.column, .closed(0, 1), "The column to sort by."),
      ])
    static let stageName = "order"
    static let stageParameters = ["column"]

    /// As much as a distance matrix would take.
    func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
      8 * Double(rowCount) * Double(rowCount)
    }

    func stageBytes(rowCount: Int, columnCount: Int) -> Double { 8 * Double(rowCount) }

    struct Order: FitStage {
      let rows: [Int]

      init(rows: [Int]) { self.rows = rows }

      init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws {
        self.rows = try [String: [Int]](from: decoder)["rows"] ?? []
      }
    }

    func stage(_ x: Matrix, in context: FitContext) throws(LearningError) -> Order {
      if k == 99 { throw .distinctRows(needed: 99, found: 1) }
      let values = x.column(column)
      return Order(rows: values.indices.sorted { (values[$0], $0) < (values[$1], $1) })
    }

    func fit(_ x: Matrix, from order: Order, in context: FitContext) throws(LearningError)
      -> Fit<CutsModel>
    {
      var labels = [Int](repeating: 0, count: x.rowCount)
      for (place, row) in order.rows.enumerated() { labels[row] = place * k / x.rowCount }
      let zeros = labels.map { _ in 0.0 }
      return Fit(
        model: CutsModel(low: -1e300, high: 0, clusterCount: k),
        trace: FitTrace(scores: [FitScore(.bic, Double(k))]),
        assignments: Assignments(
          labels: labels, distances: zeros, strengths: labels.map { _ in 1 }, anomalies: zeros))
    }
  }
}

/// A small complete study; `grid` and what follows can be replaced.
func studyText(
  head: String = "name: demo\nseed: 7",
  data: String = "{source: table.csv, roles: {id: customer}}",
  shared: String = "{}",
  grid: String = "[{model: cuts, k: [2, 3]}]",
  experiment: String = "",
  tail: String = ""
) -> String {
  """
  \(head)
  data: \(data)
  experiments:
    - id: segments
      task: cluster
      shared: \(shared)
      grid: \(grid)
  \(experiment.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
  \(tail)
  """
}

func readStudy(
  _ text: String, overrides: [String] = [], seed: UInt64? = nil, catalog: Catalog = Toy.catalog
) throws -> Study {
  try StudyReader(catalog: catalog)
    .read(text: text, path: "study.yaml", overrides: overrides, seed: seed).study
}

/// The message with which a study is refused, or nil if it is accepted.
func refusal(of text: String, overrides: [String] = []) -> String? {
  do {
    _ = try readStudy(text, overrides: overrides)
    return nil
  } catch {
    return "\(error)"
  }
}
