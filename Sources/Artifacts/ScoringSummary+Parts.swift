import Tabular

/// Summaries of parts of a table, put together.
extension ScoringSummary {
  /// Counts the rows that were not scored.
  ///
  /// - Parameter columns: Names of the model's inputs, in their order.
  mutating func add(_ admission: RowAdmission, columns: [String]) {
    let refusals = admission.refusals
    rowCount += refusals.count
    rejectedRowCount += refusals.count { $0.why == .rejected }
    suppressedRowCount += refusals.count { $0.why == .suppressed }
    rejectedCells = RefusedCells.joined(admission.cells, columns: columns)
  }

  /// Adds the summary of rows that follow, scored by the same model.
  ///
  /// - Parameter columns: Names of the model's inputs, in their order.
  mutating func add(_ later: ScoringSummary, columns: [String]) {
    rowCount += later.rowCount
    scoredRowCount += later.scoredRowCount
    rejectedRowCount += later.rejectedRowCount
    suppressedRowCount += later.suppressedRowCount
    if !later.rejectedCells.isEmpty {
      rejectedCells = RefusedCells.joined(rejectedCells + later.rejectedCells, columns: columns)
    }
    segments = Segment.joined(segments, later.segments)
    decision = decision.map { $0.adding(later.decision) } ?? later.decision
    imputedRowCount += later.imputedRowCount
    unseenRowCount += later.unseenRowCount
    imputedCells = Cells.joined(imputedCells, later.imputedCells, columns)
    unseenCells = Cells.joined(unseenCells, later.unseenCells, columns)
    outsideCells = Cells.joined(outsideCells, later.outsideCells, columns)
    missingRowCount = missingRowCount.map { $0 + (later.missingRowCount ?? 0) }
    missingCells = missingCells.map { Cells.joined($0, later.missingCells ?? [], columns) }
  }
}

extension ScoringSummary.Cells {
  /// Both are in the order of `columns`.
  fileprivate static func joined(_ a: [Self], _ b: [Self], _ columns: [String]) -> [Self] {
    if b.isEmpty { return a }
    var (own, others) = (a[...], b[...])
    return columns.compactMap { name in
      var count = 0
      if own.first?.column == name { count += own.removeFirst().count }
      if others.first?.column == name { count += others.removeFirst().count }
      return count > 0 ? Self(column: name, count: count) : nil
    }
  }
}

extension ScoringSummary.Segment {
  /// By number; rows in no segment come last.
  fileprivate static func joined(_ a: [Self]?, _ b: [Self]?) -> [Self]? {
    guard var joined = a else { return b }
    for segment in b ?? [] {
      if let place = joined.firstIndex(where: { $0.id == segment.id }) {
        joined[place].rowCount += segment.rowCount
      } else {
        joined.append(segment)
      }
    }
    return joined
  }
}

extension ScoringSummary.Decision {
  fileprivate func adding(_ later: Self?) -> Self {
    guard let later else { return self }
    var sum = self
    sum.contactCount += later.contactCount
    sum.expectedEvents += later.expectedEvents
    for (place, band) in later.bands.enumerated() where sum.bands.indices.contains(place) {
      sum.bands[place].rowCount += band.rowCount
    }
    return sum
  }
}
