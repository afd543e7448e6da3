internal import Tabular

/// Describes segments by the columns they were made from, in original units.
///
/// Numbers give means over the rows that have a value; categories and booleans give shares of rows,
/// a category's most frequent levels only. Dates, texts, and columns with a role other than the
/// target are left out.
struct SegmentProfile {
  /// More levels than this make a heat map no clearer.
  private static let levelLimit = 12

  private let labels: [Int]
  private let segmentCount: Int

  init(labels: [Int], segmentCount: Int) {
    self.labels = labels
    self.segmentCount = segmentCount
  }

  func features(_ table: Table, columns: [String]) -> [ClusteringEvidence.FeatureProfile] {
    columns.compactMap { table[$0] }.flatMap(features)
  }

  private func features(_ column: Column) -> [ClusteringEvidence.FeatureProfile] {
    switch column.values {
    case .integer, .real: return [means(column)]
    case .boolean(let values):
      var codes = values.map { Int32($0 ? 1 : 0) }
      for row in column.missingRows { codes[row] = -1 }
      return [share(of: 1, in: codes, named: column.name)]
    case .category(let codes, let levels):
      return frequent(codes, levelCount: levels.count).map { level in
        share(of: Int32(level), in: codes, named: "\(column.name) = \(levels[level])")
      }
    case .date, .text: return []
    }
  }

  /// The most frequent levels in the order of the levels, without those of too few rows to hide a customer.
  private func frequent(_ codes: [Int32], levelCount: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: levelCount)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    return (0..<levelCount).filter { counts[$0] >= Disclosure.leastRows }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }
      .prefix(Self.levelLimit).sorted()
  }

  private func means(_ column: Column) -> ClusteringEvidence.FeatureProfile {
    let values = column.numbers ?? []
    var sums = [Double](repeating: 0, count: segmentCount)
    var counts = [Int](repeating: 0, count: segmentCount)
    var total = 0.0
    var count = 0
    for (value, label) in zip(values, labels) where !value.isNaN {
      total += value
      count += 1
      guard label >= 0 else { continue }
      sums[label] += value
      counts[label] += 1
    }
    let mean = count > 0 ? total / Double(count) : 0
    var squares = 0.0
    for value in values where !value.isNaN { squares += (value - mean) * (value - mean) }
    return ClusteringEvidence.FeatureProfile(
      feature: column.name, isShare: false, overall: mean,
      spread: count > 0 ? (squares / Double(count)).squareRoot() : 0,
      segments: zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : mean })
  }

  private func share(
    of level: Int32, in codes: [Int32], named name: String
  ) -> ClusteringEvidence.FeatureProfile {
    var hits = [Int](repeating: 0, count: segmentCount)
    var counts = [Int](repeating: 0, count: segmentCount)
    var total = 0
    for (code, label) in zip(codes, labels) {
      if code == level { total += 1 }
      guard label >= 0 else { continue }
      counts[label] += 1
      if code == level { hits[label] += 1 }
    }
    let overall = codes.isEmpty ? 0 : Double(total) / Double(codes.count)
    return ClusteringEvidence.FeatureProfile(
      feature: name, isShare: true, overall: overall,
      spread: (overall * (1 - overall)).squareRoot(),
      segments: zip(hits, counts).map { $1 > 0 ? Double($0) / Double($1) : overall })
  }
}
