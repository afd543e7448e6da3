public import Numerical

/// Groups of any shape and of unequal density, and rows that belong to none (HDBSCAN*).
///
/// The core distance of a row is the distance to its `min_samples`-th nearest row, itself counted; two rows are
/// joined at their mutual reachability distance max(core(a), core(b), |a − b| / alpha). Cutting the
/// minimum spanning tree of these distances gives at every distance the clusters of DBSCAN*. Splits that
/// leave fewer than `min_cluster_size` rows on a side count as rows falling off, and of the
/// tree that remains the most stable clusters are selected (`CondensedTree`).
///
/// - Labels: clusters are numbered by the level of the hierarchy at which they split off; −1 is noise.
/// - Strength: λ at which the row falls off over the greatest λ of its cluster, λ being 1 / distance.
/// - Anomaly: GLOSH, 1 − λ of the row / greatest λ below the cluster it falls off; 0…1.
/// - Shape: input n × d with d ≥ 1 and n ≥ `min_samples`.
/// - Missing values: rejected.   Constant columns: allowed.
/// - Throws: `LearningError.rows`, `.width`, `.nonFinite`, `.tooLarge`, `.cancelled`.
/// - Complexity: about O(n log n) distances in few dimensions, towards O(n²) in many; O(n) memory.
/// - Source: Campello, Moulavi, Zimek, Sander (2015); McInnes and Healy (2017). Semantics of scikit-learn,
///   but for `max_cluster_size` the root counts all rows. Checked against: fixture `density_tree.json`
///   (scikit-learn 1.9.1, hdbscan 0.8.44).
public struct HDBSCAN: StagedEstimator {
  public typealias Input = Matrix
  public typealias Model = HDBSCANModel

  public var minClusterSize = 5
  public var minSamples = HDBSCANNeighborCount.automatic
  public var selection = HDBSCANSelection.excessOfMass
  public var selectionEpsilon = 0.0
  public var allowSingleCluster = false
  public var maxClusterSize = HDBSCANSizeLimit.none
  public var alpha = 1.0

  public init() {}

  public static let schema = Schema<Self>(
    "hdbscan", "Density clusters of any shape that last longest; the rest is noise.",
    [
      .integer(
        "min_cluster_size", \.minClusterSize, .closed(2, 1_000_000_000),
        "Fewest rows of a cluster."),
      .value(
        "min_samples", \.statedMinSamples,
        "Rows in the neighbourhood that measures density, the row itself counted; auto, the "
          + "default, means min_cluster_size."
      ),
      .choice(
        "selection", \.selection,
        "Which clusters of the tree: the most stable (eom) or the leaves.",
        aliases: ["cluster_selection_method"]),
      .real(
        "selection_epsilon", \.selectionEpsilon, .atLeast(0),
        "Clusters that split off at a smaller distance are joined again.",
        aliases: ["cluster_selection_epsilon"]),
      .flag(
        "allow_single_cluster", \.allowSingleCluster,
        "Whether all rows may form one cluster."),
      .value(
        "max_cluster_size", \.maxClusterSize,
        "Most rows of a cluster that eom keeps if it can be split."),
      .real("alpha", \.alpha, .above(0), "Divides distances between rows, but not core distances."),
    ])

  public static let stageName = "density tree"
  public static let stageParameters = ["min_samples", "alpha"]

  /// Stated as a number, so that settings which agree on it share a tree.
  private var statedMinSamples: HDBSCANNeighborCount {
    get { .count(neighborCount) }
    set { minSamples = newValue }
  }

  private var neighborCount: Int {
    switch minSamples {
    case .automatic: minClusterSize
    case .count(let count): count
    }
  }

  public func stage(_ x: Matrix, in context: FitContext) throws(LearningError) -> DensityTree {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    try x.requireRows(max(1, neighborCount))
    try x.requireFinite()
    try x.requireSquarable()
    let neighbors = NeighborTree(x, on: context.pool)
    return DensityTree(
      neighbors: neighbors,
      spanning: try SpanningTree.mutualReachability(
        neighbors, neighbors: neighborCount, alpha: alpha, on: context.pool,
        isCancelled: context.isCancelled))
  }

  public func fit(_ x: Matrix, from stage: DensityTree, in context: FitContext)
    throws(LearningError) -> Fit<HDBSCANModel>
  {
    let tree = CondensedTree(stage.spanning, minClusterSize: minClusterSize)
    let selected = tree.selection(
      selection, epsilon: selectionEpsilon, allowsRoot: allowSingleCluster,
      maxClusterSize: maxClusterSize.rowCount)
    let model = HDBSCANModel(
      rows: x, neighbors: stage.neighbors, coreDistances: stage.spanning.coreDistances,
      tree: HDBSCANTree(tree, selected: selected, epsilon: selectionEpsilon),
      minSamples: neighborCount, alpha: alpha)
    let assignments = model.trainingAssignments
    var trace = FitTrace(
      warnings: warnings(assignments.labels, clusterCount: model.clusterCount),
      scores: [FitScore(.spanningTreeWeight, stage.spanning.totalWeight)])
    trace.diagnostics.condensedTree = tree.outline(selected: selected)
    return Fit(model: model, trace: trace, assignments: assignments)
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    SpanningTree.predictedBytes(
      rowCount: rowCount, columnCount: columnCount, neighbors: neighborCount)
      + Double(rowCount) * 120
  }

  public func stageBytes(rowCount: Int, columnCount: Int) -> Double {
    NeighborTree.predictedBytes(rowCount: rowCount, columnCount: columnCount)
      + Double(rowCount) * 40
  }

  private func warnings(_ labels: [Int], clusterCount: Int) -> [String] {
    let noise = labels.count { $0 < 0 }
    if clusterCount == 0 {
      return [
        "no cluster was found: every row is noise; try a smaller min_cluster_size or min_samples, "
          + "or allow_single_cluster"
      ]
    }
    guard noise * 2 > labels.count else { return [] }
    return [
      "\(noise) of \(labels.count) rows are noise; try a smaller min_cluster_size or min_samples"
    ]
  }
}

/// What settings of HDBSCAN* share: the rows' tree of neighbours and their spanning tree.
public struct DensityTree: FitStage {
  let neighbors: NeighborTree
  let spanning: SpanningTree

  init(neighbors: NeighborTree, spanning: SpanningTree) {
    self.neighbors = neighbors
    self.spanning = spanning
  }

  public func encode(to encoder: any Encoder) throws { try spanning.encode(to: encoder) }

  /// The neighbours are a small part of the work and are found again.
  public init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws {
    spanning = try SpanningTree(from: decoder)
    guard spanning.coreDistances.count == rows.rowCount else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "the tree is of other rows"))
    }
    neighbors = NeighborTree(rows, on: pool)
  }
}
