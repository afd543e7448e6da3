public import Numerical

/// Partitions rows around k centres so that the squared distances to them are small.
///
/// Lloyd's algorithm: assign every row to its nearest centre (of equally near ones the first), move
/// every centre to the mean of its rows, repeat. It stops when no row changes its cluster, or when
/// Σ |shift|² of the centres is at most `tolerance` times the mean variance of the columns, or after
/// `iterations`; unless no row changed, rows are then assigned once more to the final centres. The best
/// of several starts by inertia (Σ w |x − c|²) is kept; labels follow the order of its starts.
/// A cluster without rows takes over the row farthest from its own centre.
///
/// The result does not depend on the engine, on the number of threads or on the order of rows within a
/// cluster's sum: nearest centres are decided as if every distance were computed in double
/// precision, and sums of rows, taken as differences from the mean row, are exact before their one
/// rounding (`ClusterSums`), so each engine may add and remove moved rows only. One value far beyond
/// all others therefore costs digits of the rest: 1e17 among ones leaves about one.
///
/// With `minShare` above 0 or `maxShare` below 1, every cluster keeps at least ⌈minShare · n⌉ and at most
/// ⌊maxShare · n⌋ rows: each assignment is then the one of least inertia that keeps these bounds
/// (`SizeTransport`), and the fit returns it, since the nearest centre of a row may be another. New rows
/// go to the nearest centre. Rows cannot be weighted then.
///
/// - Shape: input n × d with d ≥ 1 and at least k distinct rows; centres k × d.
/// - Missing values: rejected.   Constant columns: allowed.
/// - Throws: `LearningError.rows`, `.nonFinite`, `.tooLarge`, `.distinctRows`, `.clusterSizes`, `.width`
///   and `.parameter` for given starts that do not fit, `.cancelled`.
/// - Complexity: O(n · k · d) time per iteration at worst. Beside the input n · d · 4 bytes, and for each
///   of two starts n · (groups + 4) · 4 bytes, where groups = min(16, k / 8), and sums of at most
///   max(4 MB, 9 · 16 · k · (d + 1) bytes).
/// - Source: Lloyd (1982); Arthur and Vassilvitskii (2007); Hamerly (2010); Ding et al. (2015).
///   Checked against: fixture `kmeans.json` (scikit-learn 1.9.1).
public struct KMeans: Estimator {
  public var k = 8
  public var initialization = KMeansInitialization.plusPlus
  public var restarts = KMeansRestarts.automatic
  public var tolerance = 1e-4
  public var iterations = 300
  public var engine = KMeansEngine.automatic
  public var minShare = 0.0
  public var maxShare = 1.0

  public init() {}

  public static let schema = Schema<Self>(
    "k-means", "Lloyd's algorithm from k-means++ starts.",
    [
      .integer("k", \.k, .closed(1, 10_000), "Number of clusters.", aliases: ["n_clusters"]),
      .value(
        "initialization", \.initialization,
        "Where the centres start: k-means++ (greedy), random rows, or a list of k rows.",
        aliases: ["init"]),
      .value(
        "restarts", \.restarts,
        "Starts tried, of which the best is kept; auto means 10 for random, otherwise 1.",
        aliases: ["n_init"]),
      .real(
        "tolerance", \.tolerance, .atLeast(0),
        "Stop when the squared shifts of all centres sum to at most this share of the mean variance.",
        aliases: ["tol"]),
      .integer(
        "iterations", \.iterations, .closed(1, 1_000_000), "Most iterations of one start.",
        aliases: ["max_iter"]),
      .choice(
        "engine", \.engine,
        "How nearest centres are found: all distances (fused) or with skips (bounds). Same result."),
      .real(
        "min_share", \.minShare, .closed(0, 1),
        "The least share of the rows a cluster must have; 0 for no bound."),
      .real(
        "max_share", \.maxShare, .closed(0, 1),
        "The greatest share of the rows a cluster may have; 1 for no bound."),
    ])

  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<KMeansModel> {
    try fit(x, weights: nil, in: context)
  }

  /// Fits rows that count `weights` times each.
  ///
  /// - Parameter weights: one per row, finite and not negative; nil counts every row once.
  public func fit(_ x: Matrix, weights: [Double]?, in context: FitContext) throws(LearningError)
    -> Fit<KMeansModel>
  {
    try fit(try prepare(x, on: context.pool), rows: nil, weights: weights, in: context)
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, d, k) = (Double(rowCount), Double(columnCount), Double(k))
    let groups = min(16, k / 8)
    let heaps = isSizeBound ? 16 * n * k + 12 * n : 0
    return heaps + n * d * 4 + 2 * n * (groups + 4) * 4 + max(4e6, 9 * 16 * k * (d + 1)) + 2 * k * d
      * 8
  }

  func run(_ data: KMeansData, restart: Int, in context: FitContext) throws(LearningError)
    -> LloydRun
  {
    let seed = context.seed.derived("k-means", restart)
    let run = LloydRun(data, starts: starts(in: data, seed: seed), engine: engine)
    try run.iterate(
      limit: iterations, tolerance: tolerance * data.meanVariance,
      isCancelled: context.isCancelled)
    return run
  }

  var givenStarts: Matrix? {
    if case .given(let starts) = initialization { starts } else { nil }
  }
}

/// Which way of finding nearest centres a fit uses; the result is the same.
public enum KMeansEngine: String, CaseIterable, Sendable {
  /// Bounds from the second iteration on, all distances where bounds rule out little.
  case automatic
  /// All distances in every iteration.
  case fused
  /// Bounds from the second iteration on.
  case bounds
}

/// Centres, and how well they describe the rows they were fitted to.
public struct KMeansModel: Clusterer, Hashable {
  /// One centre per row, in the units of the input.
  public let centers: Matrix
  /// Σ w |x − c|² over the fitted rows and their nearest centres.
  public let inertia: Double
  /// The root mean square distance of each cluster's fitted rows to its centre.
  public let spreads: Vector

  public init(centers: Matrix, inertia: Double, spreads: Vector) {
    self.centers = centers
    self.inertia = inertia
    self.spreads = spreads
  }

  public var rule: AssignmentRule {
    AssignmentRule(
      placement: "nearest centre",
      anomaly: "distance to the centre over the root mean square distance in the segment")
  }

  public var clusterCount: Int { centers.rowCount }

  /// The nearest centre of each row, the first of equally near ones, and its Euclidean distance.
  ///
  /// - Throws: `LearningError.width` if the columns differ from the fitted ones, `.nonFinite`,
  ///   `.tooLarge` as in the fit.
  /// - Complexity: O(n · k · d).
  public func assign(_ x: Matrix, on pool: WorkerPool) throws(LearningError) -> Assignments {
    try x.requireWidth(centers.columnCount)
    try x.requireFinite()
    try x.requireSquarable()
    let labels = ScratchBuffer<Int>(count: x.rowCount)
    let distances = ScratchBuffer<Double>(count: x.rowCount)
    let packed = PackedPoints(centers)
    let chunkRows = 1024
    x.values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress else { return }
      pool.forEachChunk(count: (x.rowCount + chunkRows - 1) / chunkRows) { chunk in
        packed.withView { points in
          for row in chunk * chunkRows..<min(x.rowCount, (chunk + 1) * chunkRows) {
            let nearest = DistanceTile.nearest(to: rows + row * x.columnCount, among: points)
            labels.start[row] = nearest.index
            distances.start[row] = nearest.squaredDistance.squareRoot()
          }
        }
      }
    }
    return assignments(labels.elements, distances.elements)
  }
}

extension KMeansModel {
  /// A row on the centre of a cluster of copies is as usual as can be; one beside it is measured by
  /// nothing.
  func assignments(_ labels: [Int], _ distances: [Double]) -> Assignments {
    Assignments(
      labels: labels, distances: distances,
      strengths: [Double](repeating: 1, count: labels.count),
      anomalies: zip(labels, distances).map { label, distance in
        distance == 0 ? 0 : distance / spreads[label]
      })
  }
}

extension KMeansModel: Codable {
  private enum CodingKeys: String, CodingKey { case centers, inertia, spreads }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let centers = try container.decode(Matrix.self, forKey: .centers)
    guard centers.rowCount > 0, centers.columnCount > 0,
      centers.values.allSatisfy({ abs($0) <= 1e100 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .centers, in: container, debugDescription: "centers must be rows of finite numbers")
    }
    let spreads = try container.decode(Vector.self, forKey: .spreads)
    guard spreads.count == centers.rowCount, spreads.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .spreads, in: container, debugDescription: "every centre needs its spread")
    }
    self.init(
      centers: centers, inertia: try container.decode(Double.self, forKey: .inertia),
      spreads: spreads)
  }
}
