public import Numerical

/// Joins clusters pair by pair, always the two least dissimilar, and cuts the tree that comes of it.
///
/// Ward's linkage works on centroids and sizes and needs no distance matrix. Average, complete and
/// weighted linkage compare clusters by their rows while they are small and many, and keep a square
/// matrix of dissimilarities once few are left. Single linkage is read off the Euclidean minimum
/// spanning tree. All dissimilarities are decided in double precision; pairs that are equally far
/// apart merge in an order that depends on the rows alone, and with ties several trees are valid.
///
/// Heights are those of scipy: Ward's is √(2ab / (a + b)) · |cA − cB|, not squared. A cut by `k` undoes
/// the last k − 1 merges; one by `distance_threshold` undoes all merges at or above it. Clusters are
/// numbered by their first rows.
///
/// - Shape: input n × d with d ≥ 1 and at least k distinct rows; n below 2³⁰.
/// - Missing values: rejected.   Constant columns: allowed.
/// - Throws: `LearningError.rows`, `.width`, `.nonFinite`, `.tooLarge`, `.distinctRows`, `.exclusive`
///   unless exactly one of k and distance_threshold is set, `.allocation`, `.cancelled`.
/// - Complexity: ward and single about O(n log n) distances in few dimensions, O(n²) in many, and O(n · d)
///   memory; the others O(n²) distances and a matrix of m² doubles, where m is n / 8 in few dimensions
///   and n / 2 in many.
/// - Source: Ward (1963); Lance and Williams (1967); Murtagh (1983); Müllner (2011).
///   Checked against: fixture `hierarchical.json` (scipy 1.17.1, scikit-learn 1.9.1).
public struct Hierarchical: StagedEstimator {
  public typealias Input = Matrix
  public typealias Model = HierarchicalModel

  public var linkage = Linkage.ward
  public var k = ClusterLimit.count(2)
  public var distanceThreshold = HeightLimit.none
  public var assignment = HierarchicalAssignment.automatic
  public var neighbors = 5

  public init() {}

  public static let schema = Schema<Self>(
    "hierarchical", "Agglomerative clustering: a tree of merges, cut.",
    [
      .choice("linkage", \.linkage, "What makes two clusters dissimilar."),
      .value(
        "k", \.k, "Number of clusters; none where distance_threshold decides.",
        aliases: ["n_clusters"]),
      .value(
        "distance_threshold", \.distanceThreshold,
        "Clusters this far apart or farther stay apart; none where k decides."),
      .choice(
        "assignment", \.assignment,
        "How new rows are placed: nearest centroid, or a vote of the nearest training rows; "
          + "auto votes for single linkage only."),
      .integer(
        "neighbors", \.neighbors, .closed(1, 1000), "Training rows that vote on a new row."),
    ])

  public static let stageName = "merge tree"
  public static let stageParameters = ["linkage"]

  public func stage(_ x: Matrix, in context: FitContext) throws(LearningError) -> Hierarchy {
    try x.requireRows(1)
    guard x.columnCount > 0 else { throw .width(expected: 1, found: 0) }
    try x.requireFinite()
    try x.requireSquarable()
    let tree = try MergeTree(x, linkage: linkage, in: context)
    return Hierarchy(
      tree: tree,
      copheneticCorrelation: CopheneticCorrelation(
        tree, x, seed: context.seed.derived("cophenetic correlation"), on: context.pool))
  }

  public func fit(
    _ x: Matrix, from stage: Hierarchy, in context: FitContext
  ) throws(LearningError) -> Fit<HierarchicalModel> {
    do throws(ParameterError) {
      try Self.schema.validate(self)
    } catch {
      throw .parameter(error)
    }
    precondition(stage.tree.rowCount == x.rowCount, "a tree is cut for the rows it was made of")
    let cut = try cut(stage.tree)
    let segments = SegmentGeometry(x, labels: cut.labels, count: cut.clusterCount)
    let model: HierarchicalModel
    let assignments: Assignments
    if isVote {
      let trained = NeighborVote.trained(
        x, labels: cut.labels, clusterCount: cut.clusterCount, neighbors: neighbors,
        distances: segments.distances, on: context.pool)
      model = HierarchicalModel(linkage: linkage, segments: segments, vote: trained.vote)
      assignments = trained.assignments
    } else {
      model = HierarchicalModel(linkage: linkage, segments: segments, vote: nil)
      assignments = segments.trainingAssignments(cut.labels)
    }
    return Fit(
      model: model, trace: trace(stage, cut: cut, rowCount: x.rowCount), assignments: assignments)
  }

  public func predictedBytes(rowCount: Int, columnCount: Int) -> Double {
    let (n, d) = (Double(rowCount), Double(columnCount))
    let rows = n * (16 * d + 200)
    switch linkage {
    case .ward: return rows + n * (40 * d + 160)
    case .single:
      return rows
        + SpanningTree.predictedBytes(rowCount: rowCount, columnCount: columnCount, neighbors: 1)
    case .average, .complete, .weighted:
      let matrix = Double(MergeTree.matrixCount(rowCount: rowCount, columnCount: columnCount))
      return rows + n * (64 * d + 200) + 8 * matrix * (matrix + Double(MatrixSpace.blockWidth))
    }
  }

  public func stageBytes(rowCount: Int, columnCount: Int) -> Double { Double(rowCount) * 48 }
}

extension Hierarchical {
  private var isVote: Bool {
    switch assignment {
    case .automatic: linkage == .single
    case .centroid: false
    case .neighbors: true
    }
  }

  private func cut(_ tree: MergeTree) throws(LearningError) -> TreeCut {
    switch (k, distanceThreshold) {
    case (.count(let count), .none):
      guard count <= tree.distinctRowCount else {
        throw .distinctRows(needed: count, found: tree.distinctRowCount)
      }
      return TreeCut(tree, clusterCount: count)
    case (.none, .height(let height)): return TreeCut(tree, height: height)
    case (.count, .height):
      throw .exclusive(parameters: ["k", "distance_threshold"], isNoneSet: false)
    case (.none, .none):
      throw .exclusive(parameters: ["k", "distance_threshold"], isNoneSet: true)
    }
  }

  private func trace(_ stage: Hierarchy, cut: TreeCut, rowCount: Int) -> FitTrace {
    var trace = FitTrace()
    trace.diagnostics.dendrogram = Dendrogram(stage.tree, cut: cut)
    if let value = stage.copheneticCorrelation.value {
      trace.scores = [FitScore(.copheneticCorrelation, value)]
    }
    let sampled = stage.copheneticCorrelation.rowCount
    if sampled < rowCount {
      trace.warnings.append(
        "the cophenetic correlation is measured on a random sample of \(sampled) of the "
          + "\(rowCount) rows")
    }
    return trace
  }
}
