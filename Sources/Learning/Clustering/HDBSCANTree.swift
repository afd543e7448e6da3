import Numerical

/// The clusters of a condensed tree, which of them are segments, and where rows fall off: what places rows.
struct HDBSCANTree: Sendable {
  /// For each cluster but the root its parent, a smaller number, and the distance at which it splits off.
  let parents: [Int]
  let births: [Double]
  /// For each cluster the segment that it is or lies in, or −1.
  let labels: [Int]
  /// If the root is the segment: rows that fall off at a greater distance are noise all the same.
  let rootLimit: Double?
  /// For each row the cluster that it falls off and the distance at which it does.
  let rowClusters: [Int]
  let rowDistances: [Double]

  let segmentCount: Int
  /// For each cluster the segment's cluster that it is or lies in; 0 where there is none.
  private let segmentClusters: [Int]
  /// For each cluster the greatest λ at which something leaves it, and the greatest in it or below it.
  private let ends: [Double]
  private let deepestEnds: [Double]

  init(
    parents: [Int], births: [Double], labels: [Int], rootLimit: Double?, rowClusters: [Int],
    rowDistances: [Double]
  ) {
    self.parents = parents
    self.births = births
    self.labels = labels
    self.rootLimit = rootLimit
    self.rowClusters = rowClusters
    self.rowDistances = rowDistances
    segmentCount = (labels.max() ?? -1) + 1
    var segments = [Int](repeating: 0, count: labels.count)
    var ends = [Double](repeating: 0, count: labels.count)
    for cluster in labels.indices.dropFirst() {
      let parent = parents[cluster - 1]
      segments[cluster] = labels[parent] == labels[cluster] ? segments[parent] : cluster
      ends[parent] = max(ends[parent], 1 / births[cluster - 1])
    }
    for (cluster, distance) in zip(rowClusters, rowDistances) {
      ends[cluster] = max(ends[cluster], 1 / distance)
    }
    var deepest = ends
    for cluster in labels.indices.dropFirst().reversed() {
      let parent = parents[cluster - 1]
      deepest[parent] = max(deepest[parent], deepest[cluster])
    }
    (segmentClusters, self.ends, deepestEnds) = (segments, ends, deepest)
  }

  /// - Parameters:
  ///   - selected: of each cluster whether it is a segment; none below another.
  ///   - epsilon: within which rows belong to a selected root; 0 for those that leave it last.
  init(_ tree: CondensedTree, selected: [Bool], epsilon: Double) {
    var labels = [Int](repeating: -1, count: selected.count)
    var count = 0
    for cluster in selected.indices {
      if selected[cluster] {
        labels[cluster] = count
        count += 1
      } else if cluster > 0 {
        labels[cluster] = labels[tree.clusters[cluster].parent]
      }
    }
    self.init(
      parents: tree.clusters.dropFirst().map(\.parent),
      births: tree.clusters.dropFirst().map(\.birth), labels: labels,
      rootLimit: Self.rootLimit(tree, selected, epsilon),
      rowClusters: tree.rowClusters.map { Int($0) }, rowDistances: tree.rowDistances)
  }

  private static func rootLimit(_ tree: CondensedTree, _ selected: [Bool], _ epsilon: Double)
    -> Double?
  {
    guard selected[0] else { return nil }
    // A row alone never leaves the root.
    return epsilon > 0 ? epsilon : min(tree.clusters[0].death, .greatestFiniteMagnitude)
  }

  /// Where something stands that falls off `cluster` at `distance`.
  struct Place {
    let label: Int
    let strength: Double
    let anomaly: Double
  }

  /// - Parameters:
  ///   - cluster: what the row falls off.
  ///   - distance: at which it does.
  ///   - reach: the distance that measures its strength; equal to `distance` for a row of the fit.
  func place(in cluster: Int, at distance: Double, reach: Double) -> Place {
    var label = labels[cluster]
    if let rootLimit, distance > rootLimit { label = -1 }
    let strength =
      label < 0 ? 0 : Self.share(of: 1 / reach, in: ends[segmentClusters[cluster]])
    return Place(
      label: label, strength: strength,
      anomaly: 1 - Self.share(of: 1 / distance, in: deepestEnds[cluster]))
  }

  /// λ over the greatest λ, at most 1; copies of a row, at infinite λ, have all of it.
  private static func share(of lambda: Double, in greatest: Double) -> Double {
    lambda >= greatest ? 1 : lambda / greatest
  }

  /// The cluster that a new row falls off which joins `row` at `distance`, and where it does.
  func departure(joining row: Int, at distance: Double) -> (cluster: Int, distance: Double) {
    var cluster = rowClusters[row]
    // It stays with the row as long as that stays.
    guard distance > rowDistances[row] else { return (cluster, rowDistances[row]) }
    while cluster > 0 && births[cluster - 1] <= distance { cluster = parents[cluster - 1] }
    return (cluster, distance)
  }
}
