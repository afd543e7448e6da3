/// A synthetic customer as rows of CSV.
struct CustomerRow {
  let customer: SyntheticCustomer
  let index: Int
  let missingScale: Double

  static func columnNames(includingTruth: Bool) -> [String] {
    [
      "customer_id", "joined_on", "age", "household_size", "income_band", "region", "district",
      "acquisition", "preferred_channel", "marketing_consent", "loyalty_member", "loyalty_points",
      "tenure_days", "days_since_last", "orders", "items", "total_spend", "average_order",
      "days_between_orders", "discount_share", "returns", "web_visits", "email_open_rate",
      "support_contacts", "satisfaction", "responded",
    ] + (includingTruth ? ["true_segment", "true_probability"] : [])
  }

  static let orderColumnNames = [
    "customer_id", "date", "amount", "items", "channel", "discounted",
  ]

  func append(to text: inout CSVBytes, includingTruth: Bool) {
    appendPerson(to: &text)
    appendHistory(to: &text)
    appendEngagement(to: &text)
    text.append(customer.responds ? "yes" : "no")
    if includingTruth {
      text.append(customer.segment.name)
      text.append(customer.responseProbability, decimals: 6)
    }
    text.endRow()
  }

  func appendOrders(to text: inout CSVBytes) {
    for order in customer.orders {
      appendId(to: &text)
      text.append(Self.date(daysAgo: order.daysAgo))
      text.append(order.cents, decimals: 2)
      text.append(order.items)
      text.append(SyntheticSegment.channelNames[order.channel])
      text.append(order.isDiscounted)
      text.endRow()
    }
  }

  private func appendId(to text: inout CSVBytes) { text.append("C", index + 1, width: 9) }

  private func appendPerson(to text: inout CSVBytes) {
    let isOffline = preferredChannel >= 2
    appendId(to: &text)
    text.append(Self.date(daysAgo: tenure))
    if isMissing(0, isOffline ? 0.12 : 0.03) {
      text.appendMissing()
    } else {
      text.append(customer.age)
    }
    if isMissing(1, 0.05) {
      text.appendMissing()
    } else {
      text.append(customer.householdSize)
    }
    if isMissing(2, customer.hasConsent ? 0.08 : 0.2) {
      text.appendMissing()
    } else {
      text.append(SyntheticCustomer.incomeBands[customer.incomeBand])
    }
    text.append(SyntheticCustomer.regions[customer.region])
    text.append("D", customer.district + 1, width: 3)
    text.append(SyntheticCustomer.acquisitions[customer.acquisition])
    text.append(SyntheticSegment.channelNames[preferredChannel])
    text.append(customer.hasConsent)
    text.append(customer.isMember)
  }

  private func appendHistory(to text: inout CSVBytes) {
    let orders = customer.orders
    let cents = orders.reduce(0) { $0 + $1.cents }
    let recency = orders.last?.daysAgo ?? tenure
    if customer.isMember { text.append(cents / 100) } else { text.appendMissing() }
    text.append(tenure)
    text.append(recency)
    text.append(orders.count)
    text.append(orders.reduce(0) { $0 + $1.items })
    text.append(cents, decimals: 2)
    text.append(Self.quotient(cents, orders.count), decimals: 2)
    if orders.count > 1 {
      text.append(Self.quotient(10 * (tenure - recency), orders.count - 1), decimals: 1)
    } else {
      text.appendMissing()
    }
    let discounted = orders.count(where: \.isDiscounted)
    text.append(Self.quotient(1000 * discounted, orders.count), decimals: 3)
  }

  private func appendEngagement(to text: inout CSVBytes) {
    text.append(customer.returns)
    if isMissing(3, 0.02) { text.appendMissing() } else { text.append(customer.webVisits) }
    if customer.hasConsent {
      text.append(customer.openRate, decimals: 3)
    } else {
      text.appendMissing()
    }
    text.append(customer.supportContacts)
    if isMissing(4, customer.orders.count < 3 ? 0.75 : 0.4) {
      text.appendMissing()
    } else {
      text.append(customer.satisfaction)
    }
  }

  private func isMissing(_ place: Int, _ rate: Double) -> Bool {
    customer.missingness[place] < rate * missingScale
  }

  private var tenure: Int { customer.orders.first?.daysAgo ?? 0 }

  /// The channel of most orders, the first of `channelNames` where several tie.
  private var preferredChannel: Int {
    var counts = SIMD4<Int>()
    for order in customer.orders { counts[order.channel] += 1 }
    return (0..<4).max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
  }

  /// Rounded half up.
  private static func quotient(_ a: Int, _ b: Int) -> Int { (2 * a + b) / (2 * b) }

  private static func date(daysAgo: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: CustomerSynthesis.referenceDay - daysAgo)
  }
}
