/// How the clusters of two labelings of the same rows overlap: only cells that hold rows are kept.
///
/// Clusters are numbered by first appearance in their labeling.
struct ContingencyTable: Sendable {
  struct Cell: Sendable {
    let first: Int
    let second: Int
    let count: Int
  }

  let firstIndex: LabelIndex
  let secondIndex: LabelIndex
  /// Ordered by the first labeling's cluster; within one, by first appearance of the second's.
  let cells: [Cell]

  var rowCount: Int { firstIndex.codes.count }

  /// - Throws: `.lengths` when the labelings differ in length.
  /// - Complexity: O(n) time and memory, for any number of clusters.
  init(_ first: [Int], _ second: [Int]) throws(EvaluationError) {
    guard first.count == second.count else {
      throw .lengths(expected: first.count, found: second.count)
    }
    let firstIndex = LabelIndex(first)
    let secondIndex = LabelIndex(second)
    var cells: [Cell] = []
    var counts = [Int](repeating: 0, count: secondIndex.counts.count)
    for (cluster, rows) in firstIndex.rowsByCode.enumerated() {
      var met: [Int] = []
      for row in rows {
        let other = secondIndex.codes[row]
        if counts[other] == 0 { met.append(other) }
        counts[other] += 1
      }
      for other in met {
        cells.append(Cell(first: cluster, second: other, count: counts[other]))
        counts[other] = 0
      }
    }
    self.firstIndex = firstIndex
    self.secondIndex = secondIndex
    self.cells = cells
  }

  /// |both| / |either| of a cell's two clusters.
  func jaccard(of cell: Cell) -> Double {
    let union =
      firstIndex.counts[cell.first] + secondIndex.counts[cell.second] - cell.count
    return Double(cell.count) / Double(union)
  }

  /// See `Agreement.adjustedRandIndex`.
  var adjustedRandIndex: Double {
    if isIdentity { return 1 }
    func pairs(_ counts: some Sequence<Int>) -> Int128 {
      counts.reduce(0) { $0 + Int128($1) * Int128($1 - 1) / 2 }
    }
    let both = pairs(cells.lazy.map(\.count))
    let onlyFirst = pairs(firstIndex.counts) - both
    let onlySecond = pairs(secondIndex.counts) - both
    let neither = pairs(CollectionOfOne(rowCount)) - both - onlyFirst - onlySecond
    let numerator = 2 * (both * neither - onlyFirst * onlySecond)
    let denominator =
      (both + onlyFirst) * (onlyFirst + neither) + (both + onlySecond) * (onlySecond + neither)
    return Double(numerator) / Double(denominator)
  }

  /// Whether the labelings are equal up to the names of their clusters.
  var isIdentity: Bool { firstIndex.codes == secondIndex.codes }
}
