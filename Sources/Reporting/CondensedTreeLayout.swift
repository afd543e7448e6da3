internal import Learning

/// Places for the clusters of a density tree: every cluster hangs below its parent, centred, as wide
/// as it has rows.
struct CondensedTreeLayout {
  struct Place {
    let cluster: CondensedTreeOutline.Cluster
    /// The middle, in rows from the left.
    let center: Double
    /// Whether it lies below a selected cluster, and which segment that is.
    let inherited: Int?

    /// The colour group: its own segment or the one it lies in.
    var segment: Int? { cluster.segment ?? inherited }
  }

  /// Parents before children.
  let places: [Place]
  let rowCount: Int
  /// Densities drawn: from where the first cluster changes to where every cluster is nearly used up.
  let range: ClosedRange<Double>

  /// Nil without a root or without a finite density at which something happens.
  init?(_ tree: CondensedTreeOutline) {
    var known: Set<Int> = []
    let clusters = tree.clusters.filter { known.insert($0.id).inserted && $0.rowCount > 0 }
    guard let root = clusters.first(where: { $0.parent == nil }),
      let range = Self.range(of: clusters)
    else { return nil }
    let children = Dictionary(grouping: clusters) { $0.parent ?? $0.id }
    var places = [Place(cluster: root, center: Double(root.rowCount) / 2, inherited: nil)]
    var next = 0
    while next < places.count {
      let parent = places[next]
      next += 1
      let below = (children[parent.cluster.id] ?? []).filter { $0.id != parent.cluster.id }
      var left = parent.center - Double(below.map(\.rowCount).reduce(0, +)) / 2
      for child in below where child.parent != nil {
        places.append(
          Place(
            cluster: child, center: left + Double(child.rowCount) / 2, inherited: parent.segment))
        left += Double(child.rowCount)
      }
    }
    self.places = places
    rowCount = root.rowCount
    self.range = range
  }

  /// The last rows of a dense cluster hold on to densities far above all others; a cluster counts as
  /// used up when a tenth of its rows is left.
  private static func range(of clusters: [CondensedTreeOutline.Cluster]) -> ClosedRange<Double>? {
    let starts = clusters.filter { $0.parent != nil }.map(\.birth).filter(\.isFinite)
    let ends = clusters.compactMap { cluster in
      cluster.widths.last { $0.rowCount * 10 >= cluster.rowCount && $0.lambda.isFinite }?.lambda
    }
    let first = clusters.filter { $0.parent == nil }.flatMap(\.widths).map(\.lambda)
      .filter { $0.isFinite && $0 > 0 }.min()
    guard let end = (starts + ends).max(), end > 0 else { return nil }
    let start = min(first ?? 0, starts.min() ?? 0)
    return start < end ? max(0, start)...end : 0...end
  }
}
