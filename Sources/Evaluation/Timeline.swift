/// Rows in order of time, from which splits that train on the past are cut.
struct Timeline: Sendable {
  let times: [Double]
  let gap: Double
  let groups: LabelIndex?
  /// Rows by time; rows of equal time keep their order.
  let order: [Int]

  init(_ times: [Double], gap: Double, groups: [Int]?) throws(EvaluationError) {
    guard gap >= 0, gap.isFinite else { throw .gap(found: gap) }
    if let row = times.firstIndex(where: { !$0.isFinite }) { throw .missingTime(row: row) }
    if let groups, groups.count != times.count {
      throw .lengths(expected: times.count, found: groups.count)
    }
    self.times = times
    self.gap = gap
    self.groups = groups.map { LabelIndex($0) }
    order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
  }

  /// Tests on positions `start ..< end` of the order, grown to the front over rows of the same time as
  /// `start` and cut at the back before rows of the same time as `end`; trains on what is earlier.
  func split(from start: Int, to end: Int, fold: Int) throws(EvaluationError) -> Split {
    let (start, end) = (firstPosition(ofTimeAt: start), firstPosition(ofTimeAt: end))
    guard start < end else { throw .emptyTest(fold: fold) }
    let test = order[start..<end].sorted()
    let latest = times[order[start]] - gap
    var isTestGroup = [Bool](repeating: false, count: groups?.counts.count ?? 0)
    if let groups { for row in test { isTestGroup[groups.codes[row]] = true } }
    let train = order[..<start].filter { row in
      times[row] <= latest && !(groups.map { isTestGroup[$0.codes[row]] } ?? false)
    }
    if train.isEmpty { throw .emptyTraining(fold: fold) }
    return Split(train: train.sorted(), test: test)
  }

  /// The first position whose row has the same time as the row at `position`.
  private func firstPosition(ofTimeAt position: Int) -> Int {
    guard position < order.count else { return order.count }
    var first = position
    while first > 0, times[order[first - 1]] == times[order[position]] { first -= 1 }
    return first
  }
}
