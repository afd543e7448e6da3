import Foundation
import Numerical

/// One order of a customer.
struct SyntheticOrder {
  /// Days before the reference date.
  let daysAgo: Int
  let cents: Int
  let items: Int
  /// A place in `SyntheticSegment.channelNames`.
  let channel: Int
  let isDiscounted: Bool

  /// The orders of customer `index`, oldest first, never none.
  ///
  /// The first order starts the tenure. Further ones are a Poisson process until the customer lapses,
  /// with a rate that differs between customers (lognormal). Order values are lognormal around a level
  /// of the customer's own; one customer in a hundred buys at four times that level.
  static func history(
    of segment: SyntheticSegment, seed: Seed, index: Int
  ) -> [SyntheticOrder] {
    var draws = RandomDraws(seed: seed.derived("orders", index))
    let tenure = draws.integer(segment.tenure.lowerBound, segment.tenure.upperBound)
    let lapse = min(draws.integer(segment.lapse.lowerBound, segment.lapse.upperBound), tenure)
    let rate = segment.annualOrders * exp(0.5 * draws.normal() - 0.125)
    let level = log(segment.orderValue) + 0.35 * draws.normal() + (draws.chance(0.01) ? log(4) : 0)
    let favourite = draws.place(in: segment.channels)
    let further = draws.poisson(rate * Double(tenure - lapse) / 365)
    var days = [tenure]
    for _ in 0..<further { days.append(draws.integer(lapse, tenure)) }
    days.sort(by: >)
    return days.map { day in
      let isDiscounted = draws.chance(segment.discount)
      let value = exp(level + 0.5 * draws.normal()) * (isDiscounted ? 0.8 : 1)
      let items = 1 + draws.poisson(segment.itemsPerOrder - 1)
      let channel = draws.chance(0.7) ? favourite : draws.place(in: segment.channels)
      return SyntheticOrder(
        daysAgo: day, cents: Int((min(max(value, 1), 50_000) * 100).rounded()), items: items,
        channel: channel, isDiscounted: isDiscounted)
    }
  }
}
