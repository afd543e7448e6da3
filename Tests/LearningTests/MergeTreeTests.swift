import Learning
import Numerical
import TestSupport
import Testing

/// Trees against a plain search of all pairs, and what holds for every tree.
struct MergeTreeTests {
  static let data: [(name: String, x: Matrix)] = [
    ("random", HierarchicalData.blobs(rows: 150, columns: 3)),
    ("wide", HierarchicalData.blobs(rows: 80, columns: 30)),
    ("heavy tails", HierarchicalData.heavyTails(rows: 150, columns: 2)),
    ("growing gaps", HierarchicalData.growingGaps(rows: 120, factor: 1.3)),
    ("steep gaps", HierarchicalData.growingGaps(rows: 60, factor: 30)),
    ("star", HierarchicalData.star(rows: 90)),
    ("copies", HierarchicalData.doubled(HierarchicalData.blobs(rows: 60, columns: 2))),
    ("constant", Matrix(rowCount: 30, columnCount: 2, repeating: 4)),
    ("two rows", Matrix(rows: [[0, 3], [4, 0]])),
  ]

  @Test(arguments: Linkage.allCases, data.map(\.name))
  func `heights equal those of a plain search of all pairs`(
    linkage: Linkage, name: String
  ) throws {
    let x = try #require(Self.data.first { $0.name == name }).x
    let heights = try mergeTree(x, linkage).merges.map(\.height)
    // The plain search loses digits of Ward's squares by cancellation: about 1e-16 of the largest
    // square, hence 1e-8 of the largest height where heights span many orders.
    let scale = linkage == .ward && name.hasSuffix("gaps") ? heights.last ?? 0 : 0
    for (height, expected) in zip(heights, plainHeights(x, linkage)) {
      #expect(abs(height - expected) <= 1e-10 * expected + 1e-9 * scale)
    }
  }

  @Test(arguments: Linkage.allCases, data.map(\.name))
  func `merges are in scipy's form`(linkage: Linkage, name: String) throws {
    let x = try #require(Self.data.first { $0.name == name }).x
    let tree = try mergeTree(x, linkage)
    let n = x.rowCount
    var sizes = [Int](repeating: 1, count: n)
    var isJoined = [Bool](repeating: false, count: 2 * n - 1)
    var last = 0.0
    for (index, merge) in tree.merges.enumerated() {
      #expect(merge.left < merge.right && merge.right < n + index)
      #expect(!isJoined[merge.left] && !isJoined[merge.right])
      isJoined[merge.left] = true
      isJoined[merge.right] = true
      #expect(merge.height >= last)
      last = merge.height
      sizes.append(sizes[merge.left] + sizes[merge.right])
      #expect(merge.rowCount == sizes[n + index])
    }
    #expect(tree.merges.count == n - 1)
    #expect(tree.linkage.rowCount == n - 1 && tree.linkage.columnCount == 4)
  }

  /// Large enough that pairwise linkages begin on the tree of centroids.
  @Test(arguments: Linkage.allCases, [2, 12])
  func `many rows give the heights of a nearest-neighbour chain`(
    linkage: Linkage, columns: Int
  ) throws {
    let x = HierarchicalData.blobs(rows: 2600, columns: columns)
    let heights = try mergeTree(x, linkage, threads: 2).merges.map(\.height)
    // Neither side's updates lose more than a few units in the last place per merge.
    for (height, expected) in zip(heights, chainHeights(x, linkage)) {
      #expect(abs(height - expected) <= 1e-10 * expected)
    }
  }

  /// Most rows are far nearer to the origin than the last: rounding must be bounded row by row.
  @Test(arguments: [Linkage.average, .complete, .weighted])
  func `many rows with growing gaps give the heights of a chain`(linkage: Linkage) throws {
    let x = HierarchicalData.growingGaps(rows: 2600, factor: 1.05)
    let heights = try mergeTree(x, linkage, threads: 2).merges.map(\.height)
    // Neither side's updates lose more than a few units in the last place per merge.
    for (height, expected) in zip(heights, chainHeights(x, linkage)) {
      #expect(abs(height - expected) <= 1e-10 * expected)
    }
  }

  @Test(arguments: Linkage.allCases)
  func `a grid, which is all ties, gives a valid tree`(linkage: Linkage) throws {
    let tree = try mergeTree(HierarchicalData.grid(side: 50), linkage)
    #expect(tree.merges.first?.height == 1)
    // Between trees that ties allow, the last merge of a square still joins its halves or quarters.
    let top = try #require(tree.merges.last)
    #expect(top.rowCount == 2500 && top.height >= 1)
    if linkage == .single { #expect(tree.merges.allSatisfy { $0.height == 1 }) }
  }

  @Test func `single linkage has the weights of the minimum spanning tree`() throws {
    let x = HierarchicalData.blobs(rows: 500, columns: 3)
    // Prim's algorithm on all distances.
    var nearest = (0..<500).map { distance(x, 0, $0) }
    var isOutside = [Bool](repeating: true, count: 500)
    isOutside[0] = false
    var weights: [Double] = []
    for _ in 1..<500 {
      let next = (0..<500).filter { isOutside[$0] }.min { nearest[$0] < nearest[$1] } ?? 0
      weights.append(nearest[next])
      isOutside[next] = false
      for row in 0..<500 { nearest[row] = min(nearest[row], distance(x, next, row)) }
    }
    let heights = try mergeTree(x, .single).merges.map(\.height)
    for (height, weight) in zip(heights, weights.sorted()) {
      #expect(isClose(height, weight, within: 1e-13))
    }
  }

  @Test func `equal rows merge first, at height zero`() throws {
    let x = HierarchicalData.doubled(HierarchicalData.blobs(rows: 40, columns: 2))
    for linkage in Linkage.allCases {
      let tree = try mergeTree(x, linkage)
      #expect(tree.distinctRowCount == 40)
      #expect(tree.merges.prefix(40).allSatisfy { $0.height == 0 && $0.rowCount == 2 })
      #expect(tree.merges[40].height > 0)
    }
  }

  @Test func `heights scale with the data`() throws {
    let x = HierarchicalData.blobs(rows: 60, columns: 3)
    for linkage in Linkage.allCases {
      let plain = try mergeTree(x, linkage)
      // Powers of two scale without rounding, down to squares that no double can hold.
      for exponent in [-900, -300, 20, 300] {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let scaled = Matrix(rowCount: 60, columnCount: 3, values: x.values.map { $0 * factor })
        #expect(
          try mergeTree(scaled, linkage).merges.map(\.height)
            == plain.merges.map { $0.height * factor })
      }
    }
  }

  @Test func `one row makes a tree without merges`() throws {
    let tree = try mergeTree(Matrix(rows: [[1, 2]]), .average)
    #expect(tree.merges.isEmpty && tree.distinctRowCount == 1)
    #expect(TreeCut(tree, clusterCount: 1).labels == [0])
  }

  @Test func `clusters are numbered by their first rows`() throws {
    // Heights 1 (rows 1 and 3), 2 (rows 0 and 2), then 97.5 by average linkage.
    let tree = try mergeTree(Matrix(rows: [[100], [0], [102], [1], [50]]), .average)
    #expect(TreeCut(tree, clusterCount: 3).labels == [0, 1, 0, 1, 2])
    #expect(TreeCut(tree, clusterCount: 5).labels == [0, 1, 2, 3, 4])
    #expect(TreeCut(tree, clusterCount: 4).height == 1.5)
    #expect(TreeCut(tree, height: 1).clusterCount == 5)
    #expect(TreeCut(tree, height: 1.5).clusterCount == 4)
    #expect(TreeCut(tree, height: 1e9).clusterCount == 1)
  }
}

/// Ascending heights by the nearest-neighbour chain on a full matrix.
private func chainHeights(_ x: Matrix, _ linkage: Linkage) -> [Double] {
  let n = x.rowCount
  var d = [Double](repeating: 0, count: n * n)
  for i in 0..<n { for j in 0..<n { d[i * n + j] = distance(x, i, j) } }
  var sizes = [Double](repeating: 1, count: n)
  var isLive = [Bool](repeating: true, count: n)
  var heights: [Double] = []
  var chain: [Int] = []
  while heights.count < n - 1 {
    if chain.isEmpty { chain.append(isLive.firstIndex(of: true) ?? 0) }
    let tip = chain[chain.count - 1]
    let before = chain.count > 1 ? chain[chain.count - 2] : -1
    var best = (before >= 0 ? d[tip * n + before] : Double.infinity, before)
    for j in 0..<n where isLive[j] && j != tip && d[tip * n + j] < best.0 {
      best = (d[tip * n + j], j)
    }
    guard best.1 == before else {
      chain.append(best.1)
      continue
    }
    chain.removeLast(2)
    heights.append(best.0)
    isLive[before] = false
    for k in 0..<n where isLive[k] && k != tip {
      let value = combined(
        linkage, d[k * n + tip], d[k * n + before], best.0,
        sizes: (sizes[tip], sizes[before], sizes[k]))
      d[k * n + tip] = value
      d[tip * n + k] = value
    }
    sizes[tip] += sizes[before]
  }
  return heights.sorted()
}
