internal import Learning

/// How a trial places rows it has not seen, in sentences.
struct Placement {
  /// Below this share the rule is another clustering than the one that was fitted.
  private static let reliable = 0.9
  /// From this share on the rows that differ are counted instead.
  private static let near = 0.99

  let record: AssignmentRecord

  var rule: String { "\(record.rule.placement.capitalizedFirst)." }

  /// How well the rule repeats where the fit had put the training rows.
  var agreement: String {
    let count = NumberFormat.count(record.rowCount)
    let share = record.agreement
    guard share.isFinite else { return "How well the rule repeats the fit was not measured." }
    if share >= 1 { return "The rule repeats the fit exactly, for all \(count) training rows." }
    if share >= Self.near {
      let differing = max(1, Int(((1 - share) * Double(record.rowCount)).rounded()))
      return "The rule nearly repeats the fit: for all but \(NumberFormat.count(differing)) of "
        + "\(count) training rows."
    }
    let percent = NumberFormat.percent(share)
    if share >= Self.reliable {
      return "The rule repeats the fit for \(percent) of \(count) training rows."
    }
    return "The rule repeats the fit for only \(percent) of \(count) training rows: label new rows "
      + "with care."
  }

  var anomaly: String {
    "\(record.rule.anomaly.capitalizedFirst); greater is more unusual."
  }
}

extension String {
  /// The text with its first letter as a capital.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
