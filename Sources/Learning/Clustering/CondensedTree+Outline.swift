extension CondensedTree {
  /// The picture of the tree: its 100 largest clusters, each parent before its children, larger ones first.
  ///
  /// λ at distance 0 is drawn at the greatest finite λ.
  func outline(selected: [Bool]) -> CondensedTreeOutline {
    let shown = clusters.indices.sorted {
      (clusters[$1].rowCount, $0) < (clusters[$0].rowCount, $1)
    }.prefix(100)
    var places = [Int?](repeating: nil, count: clusters.count)
    for (place, cluster) in shown.enumerated() { places[cluster] = place }
    var courses = [[Departure]](repeating: [], count: shown.count)
    for departure in departures {
      if let place = places[Int(departure.cluster)] { courses[place].append(departure) }
    }
    let greatest = departures.reduce(0) { $1.distance > 0 ? max($0, 1 / $1.distance) : $0 }
    let cap = greatest.isFinite ? greatest : Double.greatestFiniteMagnitude
    var segments: [Int?] = []
    var count = 0
    for isSelected in selected {
      segments.append(isSelected ? count : nil)
      count += isSelected ? 1 : 0
    }
    return CondensedTreeOutline(
      clusters: shown.enumerated().map { place, index in
        let cluster = clusters[index]
        return CondensedTreeOutline.Cluster(
          id: index, parent: index == 0 ? nil : cluster.parent,
          birth: min(1 / cluster.birth, cap), death: min(1 / cluster.death, cap),
          rowCount: cluster.rowCount, stability: min(cluster.stability, .greatestFiniteMagnitude),
          segment: segments[index],
          widths: Self.widths(courses[place], of: cluster, cap: cap))
      })
  }

  /// Rows left after each of at most 50 departures, evenly chosen, the last among them.
  private static func widths(
    _ course: [Departure], of cluster: Cluster, cap: Double
  ) -> [CondensedTreeOutline.Width] {
    var left = cluster.rowCount
    var widths = [
      CondensedTreeOutline.Width(lambda: min(1 / cluster.birth, cap), rowCount: left)
    ]
    let shown = min(course.count, 49)
    var next = 1
    for (index, departure) in course.enumerated() {
      left -= Int(departure.rowCount)
      guard index + 1 == course.count * next / max(shown, 1) else { continue }
      widths.append(.init(lambda: min(1 / departure.distance, cap), rowCount: left))
      next += 1
    }
    return widths
  }
}
