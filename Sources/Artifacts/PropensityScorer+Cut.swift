extension PropensityScorer {
  func contacts(raw: [Double], calibrated: [Double]) -> [Bool] {
    switch cut {
    case .stored: return calibrated.map(artifact.decision.contacts)
    case .threshold(let threshold): return calibrated.map { $0 >= threshold }
    case .top(let share):
      let promises = zip(calibrated, raw).map(Promise.init)
      return Self.contacts(RankCut(share, of: promises), promises)
    case .ranked(_, let first):
      return Self.contacts(first, zip(calibrated, raw).map(Promise.init))
    }
  }

  private static func contacts(_ first: RankCut?, _ promises: [Promise]) -> [Bool] {
    promises.map { promise in first.map { promise >= $0.promise } ?? false }
  }

  func decision(
    contacts: [Bool], calibrated: [Double], bands: [PropensityBand]
  ) -> ScoringSummary.Decision {
    let (rule, threshold): (String, Double?) =
      switch cut {
      case .stored: (artifact.decision.cut.rule, artifact.decision.cut.threshold)
      case .threshold(let threshold): ("a given threshold", threshold)
      case .top(let share), .ranked(let share, _):
        ("the best \(CardText.percent(share)) of these rows", nil)
      }
    return ScoringSummary.Decision(
      rule: rule, threshold: threshold, contactCount: contacts.count { $0 },
      expectedEvents: calibrated.reduce(0, +),
      bands: PropensityBand.allCases.map { band in
        .init(name: band.rawValue, rowCount: bands.count { $0 == band })
      })
  }
}
