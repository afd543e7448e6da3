/// What a campaign earns and costs: every contact costs, every positive reached pays.
public struct Campaign: Hashable, Sendable, Codable {
  /// What a contacted positive brings, before the cost of the contact.
  public let valueOfHit: Double
  public let costOfContact: Double

  private enum CodingKeys: String, CodingKey { case valueOfHit, costOfContact }

  /// - Throws: `.campaign` unless the value is positive, the cost at least 0 and both finite.
  public init(valueOfHit: Double, costOfContact: Double) throws(EvaluationError) {
    guard valueOfHit > 0, valueOfHit.isFinite, costOfContact >= 0, costOfContact.isFinite else {
      throw .campaign(value: valueOfHit, cost: costOfContact)
    }
    self.valueOfHit = valueOfHit
    self.costOfContact = costOfContact
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      valueOfHit: container.decode(Double.self, forKey: .valueOfHit),
      costOfContact: container.decode(Double.self, forKey: .costOfContact))
  }

  /// The probability from which a contact pays.
  public var breakEven: Double { costOfContact / valueOfHit }

  /// hits · value − contacts · cost.
  public func profit(hits: Double, contacts: Double) -> Double {
    hits * valueOfHit - contacts * costOfContact
  }
}

/// The profit of contacting everyone from a score up, for every cut.
public struct ProfitCurve: Hashable, Sendable, Codable {
  public struct Point: Hashable, Sendable, Codable {
    /// Rows at or above it are contacted; nil for nobody.
    public let threshold: Double?
    /// Rows contacted, by weight, and their share of all.
    public let contacts: Double
    public let share: Double
    public let hits: Double
    public let profit: Double
  }

  public let campaign: Campaign
  /// From contacting nobody, profit 0, to contacting everyone.
  public let points: [Point]
  /// The most profitable cut; the one with fewest contacts among equals, nobody if nothing pays.
  public let best: Point
  /// The number of points before thinning.
  public let fullCount: Int

  /// - Parameter limit: the most points to keep; nil keeps all. The best cut is always kept in `best`.
  /// - Throws: `.count` for a limit below 2.
  public init(_ groups: ScoreGroups, campaign: Campaign, limit: Int? = nil)
    throws(EvaluationError)
  {
    let steps = CutSteps(groups)
    func point(_ position: Int) -> Point {
      let contacts = steps.found[position] + steps.mistaken[position]
      return Point(
        threshold: position == 0 ? nil : groups.scores[position - 1], contacts: contacts,
        share: min(contacts / groups.weight, 1), hits: steps.found[position],
        profit: campaign.profit(hits: steps.found[position], contacts: contacts))
    }
    let all = steps.found.indices.map(point)
    best = all.reduce(all[0]) { $1.profit > $0.profit ? $1 : $0 }
    let height = all.reduce(0) { max($0, abs($1.profit)) }
    let kept = try CurveOutline.positions(
      all.map(\.share), all.map { height > 0 ? $0.profit / height : 0 }, limit: limit)
    points = kept.map { all[$0] }
    self.campaign = campaign
    fullCount = all.count
  }
}
