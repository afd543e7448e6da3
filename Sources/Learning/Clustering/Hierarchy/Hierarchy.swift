public import Numerical

/// What the fits of one linkage share.
public struct Hierarchy: FitStage {
  public let tree: MergeTree
  public let copheneticCorrelation: CopheneticCorrelation

  init(tree: MergeTree, copheneticCorrelation: CopheneticCorrelation) {
    self.tree = tree
    self.copheneticCorrelation = copheneticCorrelation
  }

  private enum CodingKeys: String, CodingKey { case tree, copheneticCorrelation }

  public init(from decoder: any Decoder, rows: Matrix, on pool: WorkerPool) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tree = try container.decode(MergeTree.self, forKey: .tree)
    copheneticCorrelation = try container.decode(
      CopheneticCorrelation.self, forKey: .copheneticCorrelation)
    guard tree.rowCount == rows.rowCount, copheneticCorrelation.rowCount <= rows.rowCount else {
      throw DecodingError.dataCorruptedError(
        forKey: .tree, in: container, debugDescription: "the tree is of other rows")
    }
  }
}

/// Stored as a row of left, right and height per merge; the sizes follow.
extension MergeTree: Codable {
  private enum CodingKeys: String, CodingKey { case distinctRowCount, merges }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(distinctRowCount, forKey: .distinctRowCount)
    let merges = Matrix(
      rowCount: merges.count, columnCount: 3,
      values: merges.flatMap { [Double($0.left), Double($0.right), $0.height] })
    try container.encode(merges, forKey: .merges)
  }

  /// - Throws: `DecodingError` unless every node is joined once, at heights that never fall.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let distinctRowCount = try container.decode(Int.self, forKey: .distinctRowCount)
    let stored = try container.decode(Matrix.self, forKey: .merges)
    guard let merges = Self.merges(stored), (1...merges.count + 1).contains(distinctRowCount) else {
      throw DecodingError.dataCorruptedError(
        forKey: .merges, in: container, debugDescription: "the merges are those of no tree")
    }
    self.init(
      rowCount: merges.count + 1, distinctRowCount: distinctRowCount, merges: merges)
  }

  /// Nil if they contradict each other.
  private static func merges(_ stored: Matrix) -> [Merge]? {
    guard stored.columnCount == 3, stored.rowCount < 1 << 30 else { return nil }
    let rowCount = stored.rowCount + 1
    var sizes = [Int](repeating: 1, count: rowCount)
    var isJoined = [Bool](repeating: false, count: rowCount + stored.rowCount)
    var merges: [Merge] = []
    merges.reserveCapacity(stored.rowCount)
    for index in 0..<stored.rowCount {
      let height = stored[index, 2]
      guard let left = Int(exactly: stored[index, 0]), let right = Int(exactly: stored[index, 1]),
        left >= 0, left < right, right < sizes.count, !isJoined[left], !isJoined[right],
        height.isFinite, height >= merges.last?.height ?? 0
      else { return nil }
      isJoined[left] = true
      isJoined[right] = true
      let size = sizes[left] + sizes[right]
      sizes.append(size)
      merges.append(Merge(left: left, right: right, height: height, rowCount: size))
    }
    return merges
  }
}
