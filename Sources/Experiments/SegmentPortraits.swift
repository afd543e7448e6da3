internal import Numerical
internal import Tabular

/// What is common among the rows of a segment, and among those at its edge: aggregates of at least as
/// many rows as hide a single one.
struct SegmentPortraits {
  /// The part of a segment that counts as its edge.
  private static let edgeShare = 0.1
  private static let leastRows = ClusteringEvidence.SegmentCard.leastRows

  private let typical: [[ClusteringEvidence.Trait]?]
  private let edges: [ClusteringEvidence.Edge?]

  /// - Parameters:
  ///   - columns: those to describe; dates and texts among them are passed over.
  ///   - distances: of every row from the reference of its segment; not finite where there is none.
  init(
    _ table: Table, columns: [String], labels: [Int], distances: [Double], segmentCount: Int,
    on pool: WorkerPool
  ) {
    var members = [[Int]](repeating: [], count: segmentCount)
    for (row, label) in labels.enumerated() where members.indices.contains(label) {
      members[label].append(row)
    }
    let outer = members.map { Self.farthest($0, distances) }
    let described = columns.compactMap { table[$0] }
    let traits = pool.map(count: described.count) { index in
      let column = ColumnSummary(described[index])
      return (members + outer).map { rows in
        rows.count >= Self.leastRows ? column?.trait(of: rows) : nil
      }
    }
    func portrait(_ group: Int, _ rows: [Int]) -> [ClusteringEvidence.Trait]? {
      rows.count >= Self.leastRows ? traits.compactMap { $0[group] } : nil
    }
    typical = members.indices.map { portrait($0, members[$0]) }
    edges = outer.indices.map { segment in
      portrait(segmentCount + segment, outer[segment]).map {
        .init(rowCount: outer[segment].count, traits: $0)
      }
    }
  }

  func typical(_ segment: Int) -> [ClusteringEvidence.Trait]? { typical[segment] }
  func edge(_ segment: Int) -> ClusteringEvidence.Edge? { edges[segment] }

  /// The tenth of the rows with the greatest distances, at least as many as an aggregate takes; none
  /// where that were more than half of them, or all distances are equal.
  private static func farthest(_ rows: [Int], _ distances: [Double]) -> [Int] {
    let known = rows.filter { distances[$0].isFinite }
    let wanted = max(leastRows, Int((edgeShare * Double(known.count)).rounded(.up)))
    guard known.count >= 2 * wanted else { return [] }
    let ranked = known.sorted { (distances[$1], $0) < (distances[$0], $1) }
    guard let first = ranked.first, let last = ranked.last, distances[first] > distances[last]
    else { return [] }
    return Array(ranked.prefix(wanted))
  }
}

/// A column as its medians and most common levels are taken.
private struct ColumnSummary: Sendable {
  private enum Values {
    case numbers([Double])
    case levels(codes: [Int32], names: [String])
  }

  private let name: String
  private let values: Values

  init?(_ column: Column) {
    name = column.name
    switch column.values {
    case .integer, .real: values = .numbers(column.numbers ?? [])
    case .category(let codes, let levels): values = .levels(codes: codes, names: levels)
    case .boolean:
      values = .levels(
        codes: (column.numbers ?? []).map { $0.isNaN ? -1 : $0 == 1 ? 1 : 0 },
        names: ["false", "true"])
    case .date, .text: return nil
    }
  }

  /// Over the rows that have a value; nil where too few have one to hide a single row.
  func trait(of rows: [Int]) -> ClusteringEvidence.Trait? {
    let least = ClusteringEvidence.SegmentCard.leastRows
    switch values {
    case .numbers(let numbers):
      let known = rows.map { numbers[$0] }.filter(\.isFinite)
      guard known.count >= least else { return nil }
      return .init(feature: name, median: Quantiles.median(known))
    case .levels(let codes, let names):
      var counts = [Int](repeating: 0, count: names.count)
      for row in rows where codes[row] >= 0 { counts[Int(codes[row])] += 1 }
      let known = counts.reduce(0, +)
      guard known >= least,
        let most = counts.indices.max(by: { (counts[$0], $1) < (counts[$1], $0) }),
        counts[most] >= least
      else { return nil }
      return .init(
        feature: name, level: names[most], share: Double(counts[most]) / Double(known))
    }
  }
}
