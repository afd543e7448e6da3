import Numerical

extension MergeTree {
  /// The tree of the rows of `x`, which must be finite and squarable.
  init(_ x: Matrix, linkage: Linkage, in context: FitContext) throws(LearningError) {
    let points = DistinctRows(x)
    let log: MergeLog
    switch linkage {
    case .ward: log = try Self.ward(points, in: context)
    case .average: log = try Self.pairwise(points, .average, in: context)
    case .complete: log = try Self.pairwise(points, .complete, in: context)
    case .weighted: log = try Self.pairwise(points, .weighted, in: context)
    case .single: log = try Self.single(points, in: context)
    }
    self.init(log, distinctRowCount: points.count)
  }

  private static func ward(
    _ points: DistinctRows, in context: FitContext
  ) throws(LearningError) -> MergeLog {
    let space = WardSpace(points.clusters, scale: points.scale, on: context.pool)
    var agglomeration = Agglomeration(points.log, in: context)
    agglomeration.enter(space)
    try agglomeration.run(space, until: 1)
    return agglomeration.log
  }

  private static func pairwise(
    _ points: DistinctRows, _ linkage: PairwiseLinkage, in context: FitContext
  ) throws(LearningError) -> MergeLog {
    let members = MemberSpace(points, linkage: linkage, on: context.pool)
    var agglomeration = Agglomeration(points.log, in: context)
    agglomeration.enter(members)
    let target = matrixCount(rowCount: points.count, columnCount: points.dimension)
    try agglomeration.run(members, until: target)
    let matrix = try MatrixSpace.filled(from: members, on: context.pool)
    agglomeration.enter(matrix)
    try agglomeration.run(matrix, until: 1)
    return agglomeration.log
  }

  /// How many clusters are left when pairwise linkages change over to a matrix.
  ///
  /// In few dimensions the tree of centroids rules out nearly everything, and waiting is cheap. In
  /// many it rules out little, and the matrix begins as early as its memory permits.
  static func matrixCount(rowCount: Int, columnCount: Int) -> Int {
    let share = columnCount <= 8 ? 8 : columnCount <= 16 ? 4 : 2
    return min(rowCount, max(2048, rowCount / share))
  }

  /// Edges of the spanning tree, shortest first, are the merges.
  private static func single(
    _ points: DistinctRows, in context: FitContext
  ) throws(LearningError) -> MergeLog {
    var log = points.log
    guard points.count > 1 else { return log }
    let spanning = try SpanningTree.euclidean(
      points.matrix, on: context.pool, isCancelled: context.isCancelled)
    var sets = DisjointSets(count: points.count)
    var ids = points.ids
    for edge in spanning.edges {
      let (a, b) = (
        sets.representative(of: Int(edge.a)), sets.representative(of: Int(edge.b))
      )
      let id = log.nextID
      log.append(ids[a], ids[b], height: edge.weight / points.scale)
      _ = sets.join(a, b)
      ids[sets.representative(of: a)] = id
    }
    return log
  }
}
