extension PropensityScorer {
  func contacts(raw: [Double], calibrated: [Double]) -> [Bool] {
    switch cut {
    case .stored: calibrated.map(artifact.decision.contacts)
    case .threshold(let threshold): calibrated.map { $0 >= threshold }
    case .top(let share): Self.top(share, raw: raw, calibrated: calibrated)
    }
  }

  /// The best rows that make up at most `share` of all; where the best ones that cannot be told apart are
  /// more, they alone.
  ///
  /// Calibration may give many rows one probability; what it maps tells them apart.
  private static func top(_ share: Double, raw: [Double], calibrated: [Double]) -> [Bool] {
    let order = raw.indices.sorted {
      (calibrated[$0], raw[$0], $1) > (calibrated[$1], raw[$1], $0)
    }
    // Shares such as 0.07 of 100 rows come out a rounding error short.
    let wanted = (share * Double(raw.count) * (1 + 1e-12)).rounded(.down)
    let room = Int(exactly: wanted) ?? 0
    var contacts = [Bool](repeating: false, count: raw.count)
    var start = 0
    while start < order.count {
      let best = order[start]
      let end =
        order[start...].firstIndex {
          calibrated[$0] != calibrated[best] || raw[$0] != raw[best]
        } ?? order.count
      guard end <= room || start == 0 else { break }
      for row in order[start..<end] { contacts[row] = true }
      start = end
    }
    return contacts
  }

  func decision(
    contacts: [Bool], calibrated: [Double], bands: [PropensityBand]
  ) -> ScoringSummary.Decision {
    let (rule, threshold): (String, Double?) =
      switch cut {
      case .stored: (artifact.decision.cut.rule, artifact.decision.cut.threshold)
      case .threshold(let threshold): ("a given threshold", threshold)
      case .top(let share): ("the best \(CardText.percent(share)) of these rows", nil)
      }
    return ScoringSummary.Decision(
      rule: rule, threshold: threshold, contactCount: contacts.count { $0 },
      expectedEvents: calibrated.reduce(0, +),
      bands: PropensityBand.allCases.map { band in
        .init(name: band.rawValue, rowCount: bands.count { $0 == band })
      })
  }
}
