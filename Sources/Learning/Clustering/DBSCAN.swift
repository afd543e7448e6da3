public import Numerical

/// Groups rows that lie close together, and leaves out rows that lie apart.
///
/// A row is a *core row* if at least `min_samples` rows, itself included, lie within `eps` of it. Core rows
/// within `eps` of each other share a cluster. Another row within `eps` of a core row joins the
/// lowest-numbered such cluster; all others are noise, labelled −1. Clusters are numbered in the order
/// of their first core rows.
///
/// Whether a distance is within `eps` is decided in double precision as Σ (xⱼ − yⱼ)² ≤ eps², each operation
/// rounded, so labels equal those of scikit-learn, rows exactly at the radius included. No list of
/// neighbours is ever stored. Up to three columns, rows are sorted into a grid of cells so small that the
/// rows of a cell are all neighbours; with more columns, or where a grid would be nearly empty, into the
/// leaves of a tree. Either way the result is the same, at any number of threads. Settings that agree on the
/// radius share how many neighbours each row has (`Neighborhoods`).
///
/// - Shape: input n × d with d ≥ 1 and n ≥ `min_samples`.
/// - Missing values: rejected.   Constant columns: allowed.
/// - Throws: `LearningError.rows`, `.width`, `.nonFinite`, `.tooLarge`, `.parameter`, `.cancelled`.
/// - Complexity: about O(n log n) time where neighbourhoods hold a bounded number of rows; at worst every
///   pair of rows is compared. O(n d) memory.
/// - Source: Ester, Kriegel, Sander, Xu (1996); Gunawan (2013); Wang, Gu, Shun (2020).
///   Checked against: fixture `dbscan.json` (scikit-learn 1.9.1).
public struct DBSCAN: StagedEstimator {
  public typealias Input = Matrix
  public typealias Model = DBSCANModel

  public var eps = NeighborhoodRadius.distance(0.5)
  public var minSamples = 5
  public var engine = DBSCANEngine.automatic

  public init() {}

  public static let schema = Schema<Self>(
    "dbscan", "Density clusters of any shape, with noise left out.",
    [
      .value(
        "eps", \.eps,
        "Radius of a neighbourhood; auto takes the knee of the distances to the min_samples-th row.",
        aliases: ["radius"]),
      .integer(
        "min_samples", \.minSamples, .closed(1, 1_000_000_000),
        "Rows within eps, the row itself included, that make a row a core row.",
        aliases: ["min_points"]),
      .choice(
        "engine", \.engine,
        "How neighbours are found: a grid (up to three columns), a tree, or tiles of pairs of its "
          + "leaves (from twelve columns on). Same result."),
    ])

  public static let stageName = "neighbours"
  public static let stageParameters = ["eps"]

  public func stageBytes(rowCount: Int, columnCount: Int) -> Double { Double(rowCount) }

  public func stage(_ x: Matrix, in context: FitContext) throws(LearningError) -> Neighborhoods {
    try requireValid()
    try checkRows(x)
    return try Neighborhoods(of: x, within: eps, engine: engine, in: context)
  }

  public func fit(
    _ x: Matrix, from stage: Neighborhoods, in context: FitContext
  ) throws(LearningError) -> Fit<DBSCANModel> {
    precondition(stage.rowCount == x.rowCount, "neighbours are of the rows they were found for")
    return try fit(x, weights: nil, in: context, counts: stage.counts)
  }

  /// The same as by way of the stage, whose counts go further than one setting needs.
  public func fit(_ x: Matrix, in context: FitContext) throws(LearningError) -> Fit<DBSCANModel> {
    try fit(x, weights: nil, in: context)
  }

  /// Fits rows that count `weights` times each towards `min_samples`.
  ///
  /// - Parameter weights: one per row, finite and not negative; nil counts every row once.
  public func fit(_ x: Matrix, weights: [Double]?, in context: FitContext) throws(LearningError)
    -> Fit<DBSCANModel>
  {
    try fit(x, weights: weights, in: context) { _ in nil }
  }

  /// - Parameter counts: what is known of unweighted rows within a radius.
  private func fit(
    _ x: Matrix, weights: [Double]?, in context: FitContext,
    counts: (Double) -> NeighborCounts?
  ) throws(LearningError) -> Fit<DBSCANModel> {
    try requireValid()
    try checkRows(x)
    try checkWeights(weights, of: x)
    let tree = eps.isAutomatic ? NeighborTree(x, on: context.pool) : nil
    let curve = kDistances(of: x, tree: tree, in: context)
    let rule = CoreRule(minimum: minSamples, weights: weights, counts: counts(curve.chosen))
    let found = try NeighborSpace.clusters(
      of: x, radius: curve.chosen, engine: engine, tree: tree, rule: rule, in: context)
    let cores = found.coreRows
    let model = DBSCANModel(
      coreRows: x.gathering(cores, on: context.pool), labels: cores.map { found.labels[Int($0)] },
      clusterCount: found.clusterCount, eps: curve.chosen)
    let assignments = try model.assignments(of: x, found, on: context.pool)
    return Fit(
      model: model, trace: trace(curve, coreCount: cores.count, assignments),
      assignments: assignments)
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, d) = (Double(rowCount), Double(columnCount))
    let isTree = columnCount > CellGrid.mostColumns || engine == .tree || engine == .tiles
    let trees = NeighborTree.predictedBytes(rowCount: rowCount, columnCount: columnCount)
    // Panels of the tiles are at most half padding.
    let tiles = columnCount >= CellTiles.leastColumns && engine != .tree ? 8 * d + 16 : 0
    // The tree of rows, or of the distances that give the radius, and that of core rows; a byte a row for counts.
    let treeCount = isTree || eps.isAutomatic ? 2.0 : 1
    return n * (8 * d + 97) + trees * treeCount + n * (isTree ? 16 + tiles : 8 * d + 64)
      + curveBytes(rowCount: rowCount)
  }

  private func trace(_ curve: KDistanceCurve, coreCount: Int, _ assignments: Assignments)
    -> FitTrace
  {
    let share = Double(coreCount) / Double(assignments.labels.count)
    var trace = FitTrace(
      scores: [FitScore(.eps, curve.chosen), FitScore(.coreShare, share)])
    trace.diagnostics.kDistances = curve
    trace.warnings = warnings(coreShare: share, assignments.labels)
    return trace
  }

  private func warnings(coreShare: Double, _ labels: [Int]) -> [String] {
    var warnings: [String] = []
    let share = (coreShare * 1000).rounded(.down) / 1000
    if coreShare >= 0.95 {
      warnings.append(
        "Nearly all rows are core rows (share \(share)): a smaller eps or a larger min_samples "
          + "would tell dense from sparse.")
    } else if coreShare <= 0.05 {
      warnings.append(
        "Nearly no rows are core rows (share \(share)): a larger eps or a smaller min_samples "
          + "would find more.")
    }
    switch labels.max() ?? -1 {
    case -1: warnings.append("Every row is noise: no row has min_samples rows within eps.")
    case 0: warnings.append("All rows that are not noise form one cluster.")
    default: break
    }
    return warnings
  }
}

/// Which way of finding neighbours a fit uses; the result is the same.
public enum DBSCANEngine: String, CaseIterable, Sendable {
  /// The grid up to three columns, tiles from twelve on, otherwise the tree.
  case automatic
  /// The grid where it is possible, up to three columns and not too many empty cells; otherwise the tree.
  case grid
  /// The tree, row by row.
  case tree
  /// The tree, leaf by leaf in single precision, where there are columns enough for that to pay.
  case tiles
}

/// How far a neighbourhood reaches.
public enum NeighborhoodRadius: ParameterConvertible {
  /// The knee of the curve of distances to the `min_samples`-th row.
  case automatic
  /// This far, above 0.
  case distance(Double)

  public static let domain = "auto or a number above 0"

  public static let invalidExamples: [ParameterValue] = [
    .real(0), .integer(0), .real(-0.5), .real(.nan), .real(.infinity), .text("far"), .flag(true),
  ]

  public init?(_ value: ParameterValue) {
    switch value {
    case .text("auto"): self = .automatic
    case .real(let distance) where distance > 0 && distance.isFinite: self = .distance(distance)
    case .integer(let distance) where distance > 0: self = .distance(Double(distance))
    default: return nil
    }
  }

  public var parameterValue: ParameterValue {
    switch self {
    case .automatic: .text("auto")
    case .distance(let distance): .real(distance)
    }
  }

  var isAutomatic: Bool { if case .automatic = self { true } else { false } }
}
