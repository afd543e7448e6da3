/// A known kind of customer: the parameters from which its members are drawn.
struct SyntheticSegment: Sendable {
  let name: String
  let share: Double
  /// Days since the first order.
  let tenure: ClosedRange<Int>
  /// Days since the customer stopped ordering, cut to the tenure.
  let lapse: ClosedRange<Int>
  /// Orders per year while active.
  let annualOrders: Double
  /// Median value of an order.
  let orderValue: Double
  let itemsPerOrder: Double
  /// Probability that an order is discounted.
  let discount: Double
  /// Weights of web, app, store and phone.
  let channels: CumulativeShares
  let age: Double
  let membership: Double
  /// Mean log-odds of opening a mail.
  let openness: Double

  static let channelNames = ["web", "app", "store", "phone"]

  static let all: [SyntheticSegment] = [
    SyntheticSegment(
      name: "champions", share: 0.08, tenure: 400...3000, lapse: 0...20, annualOrders: 14,
      orderValue: 80, itemsPerOrder: 3.2, discount: 0.15,
      channels: CumulativeShares([0.35, 0.45, 0.15, 0.05]), age: 42, membership: 0.85,
      openness: 0.2),
    SyntheticSegment(
      name: "loyal", share: 0.2, tenure: 300...3000, lapse: 0...60, annualOrders: 5,
      orderValue: 55, itemsPerOrder: 2.4, discount: 0.2,
      channels: CumulativeShares([0.4, 0.25, 0.3, 0.05]), age: 46, membership: 0.65,
      openness: -0.4),
    SyntheticSegment(
      name: "bargain_hunters", share: 0.2, tenure: 200...2000, lapse: 0...90, annualOrders: 6,
      orderValue: 28, itemsPerOrder: 2.8, discount: 0.65,
      channels: CumulativeShares([0.55, 0.35, 0.08, 0.02]), age: 36, membership: 0.4,
      openness: 0),
    SyntheticSegment(
      name: "new", share: 0.17, tenure: 0...120, lapse: 0...45, annualOrders: 4,
      orderValue: 45, itemsPerOrder: 1.8, discount: 0.35,
      channels: CumulativeShares([0.45, 0.45, 0.08, 0.02]), age: 31, membership: 0.2,
      openness: -0.2),
    SyntheticSegment(
      name: "at_risk", share: 0.18, tenure: 500...3000, lapse: 150...400, annualOrders: 5,
      orderValue: 60, itemsPerOrder: 2.2, discount: 0.25,
      channels: CumulativeShares([0.35, 0.1, 0.45, 0.1]), age: 48, membership: 0.5,
      openness: -1.2),
    SyntheticSegment(
      name: "lost", share: 0.17, tenure: 700...3600, lapse: 400...1500, annualOrders: 1.5,
      orderValue: 40, itemsPerOrder: 1.6, discount: 0.3,
      channels: CumulativeShares([0.3, 0.05, 0.45, 0.2]), age: 53, membership: 0.15,
      openness: -2),
  ]

  static let shares = CumulativeShares(all.map(\.share))
}
