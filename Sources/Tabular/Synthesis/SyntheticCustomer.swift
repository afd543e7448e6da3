import Foundation
import Numerical

/// One customer with everything that is known of it before values go missing.
struct SyntheticCustomer {
  let segment: SyntheticSegment
  let orders: [SyntheticOrder]
  let age: Int
  let householdSize: Int
  let incomeBand: Int
  let region: Int
  let district: Int
  let acquisition: Int
  let hasConsent: Bool
  let isMember: Bool
  let webVisits: Int
  /// In thousandths.
  let openRate: Int
  let supportContacts: Int
  let returns: Int
  let satisfaction: Int
  /// In millionths, so that the printed truth is exact.
  let responseProbability: Int
  let responds: Bool
  /// Uniform numbers that decide what is missing.
  let missingness: [Double]

  /// Customer `index`: a pure function of the seed and the index.
  init(seed: Seed, index: Int) {
    var draws = RandomDraws(seed: seed.derived("customer", index))
    segment = SyntheticSegment.all[draws.place(in: SyntheticSegment.shares)]
    orders = SyntheticOrder.history(of: segment, seed: seed, index: index)
    age = Int(min(max(segment.age + 11 * draws.normal(), 18), 95))
    householdSize = min(1 + draws.poisson(age < 30 ? 0.7 : 1.6), 8)
    let spend = Double(orders.reduce(0) { $0 + $1.cents }) / 100
    let value = log(spend / Double(orders.count)) - log(45.0) + 0.8 * draws.normal()
    incomeBand = value < -0.7 ? 0 : value < 0.4 ? 1 : value < 1.3 ? 2 : 3
    region = draws.place(in: Self.regionShares)
    district = draws.place(in: Self.districtShares)
    acquisition = draws.place(in: Self.acquisitionShares)
    hasConsent = draws.chance(0.72)
    isMember = draws.chance(segment.membership)
    let online = Double(orders.count { $0.channel <= 1 }) / Double(orders.count)
    webVisits = draws.poisson(online * exp(1.2 + 0.8 * draws.normal()))
    openRate = Int((1000 / (1 + exp(-segment.openness - draws.normal()))).rounded())
    supportContacts = draws.poisson(0.1 + 0.03 * Double(orders.count))
    returns = min(draws.poisson(0.08 * Double(orders.count)), orders.count)
    let mood = 3.8 - 0.6 * Double(supportContacts) - 0.3 * Double(returns) + 0.9 * draws.normal()
    satisfaction = Int(min(max(mood.rounded(), 1), 5))
    missingness = (0..<5).map { _ in draws.uniform() }
    let score = Self.score(
      orders: orders, openRate: hasConsent ? openRate : 0, isMember: isMember,
      satisfaction: satisfaction, webVisits: webVisits, supportContacts: supportContacts,
      isInFirstRegion: region == 0)
    responseProbability = Int((1e6 / (1 + exp(-score))).rounded())
    responds = draws.uniform() * 1e6 < Double(responseProbability)
  }

  /// The log-odds of responding to the next campaign.
  private static func score(
    orders: [SyntheticOrder], openRate: Int, isMember: Bool, satisfaction: Int, webVisits: Int,
    supportContacts: Int, isInFirstRegion: Bool
  ) -> Double {
    let count = Double(orders.count)
    let recency = Double(min(orders.last?.daysAgo ?? 0, 365))
    let tenure = orders.first?.daysAgo ?? 0
    var score = -3.2 + 0.25 * log(count) - 0.005 * recency
    score += 1.4 * Double(openRate) / 1000 + (isMember ? 0.4 : 0)
    score += 0.9 * Double(orders.count(where: \.isDiscounted)) / count
    score += (satisfaction >= 4 ? 0.4 : 0) + 0.05 * Double(min(webVisits, 20))
    score -= 0.25 * Double(min(supportContacts, 4))
    if tenure <= 120, webVisits >= 5 { score += 0.8 }
    return score + (isInFirstRegion ? 0.3 : 0)
  }

  static let incomeBands = ["low", "middle", "high", "very high"]
  static let regions = [
    "harbour", "lakes", "midlands", "north", "east coast", "west coast", "south", "highlands",
    "islands", "valley", "border", "capital",
  ]
  static let acquisitions = ["search", "store", "social", "referral", "e-mail", "partner", "fair"]

  private static let regionShares = CumulativeShares.zipf(regions.count)
  private static let districtShares = CumulativeShares.zipf(240)
  private static let acquisitionShares = CumulativeShares([32, 24, 18, 14, 7, 4, 1])
}
