extension CondensedTree {
  /// Which clusters of the tree become segments; no selected one lies below another.
  ///
  /// - Parameters:
  ///   - method: by excess of mass a cluster is kept unless its children together are more stable, a tie keeping
  ///     the cluster; or the leaves.
  ///   - epsilon: selected clusters born at a smaller distance are replaced by the nearest ancestor that
  ///     was not, or the highest below the root; 0 for none.
  ///   - allowsRoot: whether the root may be selected.
  ///   - maxClusterSize: excess of mass prefers the children of larger clusters.
  func selection(
    _ method: HDBSCANSelection, epsilon: Double, allowsRoot: Bool, maxClusterSize: Int
  ) -> [Bool] {
    var selected =
      switch method {
      case .excessOfMass: excessOfMass(allowsRoot: allowsRoot, maxClusterSize: maxClusterSize)
      case .leaf: clusters.indices.map { $0 > 0 && clusters[$0].child == 0 }
      }
    if epsilon > 0 && !selected[0] { raise(&selected, to: epsilon, allowsRoot: allowsRoot) }
    keepTopmost(&selected)
    return selected
  }

  private func excessOfMass(allowsRoot: Bool, maxClusterSize: Int) -> [Bool] {
    var stabilities = clusters.map(\.stability)
    var selected = [Bool](repeating: false, count: clusters.count)
    for (index, cluster) in clusters.enumerated().reversed() where index > 0 || allowsRoot {
      let child = cluster.child
      let below = child > 0 ? stabilities[child] + stabilities[child + 1] : 0
      if below > stabilities[index] || cluster.rowCount > maxClusterSize {
        stabilities[index] = below
      } else {
        selected[index] = true
      }
    }
    keepTopmost(&selected)
    return selected
  }

  /// Clears what lies below a selected cluster.
  private func keepTopmost(_ selected: inout [Bool]) {
    var isCovered = [Bool](repeating: false, count: clusters.count)
    for (index, cluster) in clusters.enumerated() where index > 0 {
      isCovered[index] = isCovered[cluster.parent] || selected[cluster.parent]
    }
    for index in clusters.indices where isCovered[index] { selected[index] = false }
  }

  private func raise(_ selected: inout [Bool], to epsilon: Double, allowsRoot: Bool) {
    // Where the climb from each cluster ends; parents come before children.
    var ends = [Int](repeating: 0, count: clusters.count)
    for (index, cluster) in clusters.enumerated() where index > 0 {
      let parent = cluster.parent
      if parent == 0 {
        ends[index] = allowsRoot ? 0 : index
      } else {
        ends[index] = clusters[parent].birth > epsilon ? parent : ends[parent]
      }
    }
    var raised = [Bool](repeating: false, count: clusters.count)
    for index in clusters.indices where selected[index] {
      raised[clusters[index].birth < epsilon ? ends[index] : index] = true
    }
    selected = raised
  }
}
