import Foundation
import Numerical
import Tabular
import TestSupport
import Testing

struct CustomerSynthesisTests {
  /// Rows of a CSV text without quotes, by column.
  private struct Rows {
    let names: [String]
    let cells: [[Substring]]

    init(_ bytes: [UInt8]) {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      names = lines[0].split(separator: ",").map(String.init)
      cells = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    subscript(_ name: String) -> [Substring] {
      names.firstIndex(of: name).map { place in cells.map { $0[place] } } ?? []
    }

    subscript(_ name: String, _ row: Int) -> Substring {
      names.firstIndex(of: name).map { cells[row][$0] } ?? ""
    }

    func numbers(_ name: String) -> [Double] { self[name].map { Double($0) ?? .nan } }
  }

  private func text(
    _ synthesis: CustomerSynthesis, _ content: CustomerSynthesis.Content,
    on pool: WorkerPool = .serial
  ) -> [UInt8] {
    var text: [UInt8] = []
    synthesis.write(content, on: pool) { text += $0 }
    return text
  }

  private func truthful(_ count: Int, seed: UInt64 = 1) -> CustomerSynthesis {
    var synthesis = CustomerSynthesis(seed: Seed(seed), customerCount: count)
    synthesis.includesTruth = true
    return synthesis
  }

  /// How far an observed share of `count` draws may be from `share`: five standard errors, which a
  /// correct generator passes in all but one of two million tries.
  private func reach(_ share: Double, _ count: Int) -> Double {
    5 * (share * (1 - share) / Double(count)).squareRoot()
  }

  @Test(arguments: CustomerSynthesis.Content.allCases)
  func `a smaller table is a prefix of a larger one`(content: CustomerSynthesis.Content) {
    let large = text(truthful(9000), content)
    for count in [0, 1, 4095, 4096, 4097] {
      let isPrefix = large.starts(with: text(truthful(count), content))
      #expect(isPrefix, "\(count) customers")
    }
  }

  @Test(arguments: CustomerSynthesis.Content.allCases)
  func `threads change nothing`(content: CustomerSynthesis.Content) {
    let pool = WorkerPool(threadCount: 3)
    let isEqual = text(truthful(20_000), content) == text(truthful(20_000), content, on: pool)
    #expect(isEqual)
  }

  @Test func `seeds give different customers`() {
    #expect(text(truthful(10, seed: 1), .customers) != text(truthful(10, seed: 2), .customers))
  }

  @Test func `every row has a cell for every column and an id of its own`() {
    let rows = Rows(text(truthful(5000), .customers))
    #expect(rows.cells.count == 5000)
    #expect(rows.cells.allSatisfy { $0.count == rows.names.count })
    #expect(rows["customer_id"].first == "C000000001")
    #expect(Set(rows["customer_id"]).count == 5000)
  }

  @Test func `the truth adds columns and changes nothing else`() {
    let plain = Rows(text(CustomerSynthesis(seed: Seed(3), customerCount: 50), .customers))
    let full = Rows(text(truthful(50, seed: 3), .customers))
    #expect(full.names == plain.names + ["true_segment", "true_probability"])
    #expect(full.cells.map { Array($0.dropLast(2)) } == plain.cells)
  }

  @Test func `customers sum up their orders`() throws {
    let customers = Rows(text(truthful(500), .customers))
    let orders = Rows(text(truthful(500), .orders))
    let rows = Dictionary(grouping: orders.cells.indices) { orders["customer_id", $0] }
    let amounts = orders.numbers("amount")
    let items = orders.numbers("items")
    let spend = customers.numbers("total_spend")
    for (row, id) in customers["customer_id"].enumerated() {
      let own = rows[id] ?? []
      let cents = own.reduce(0) { $0 + (100 * amounts[$1]).rounded() }
      let dates = own.map { orders["date", $0] }
      #expect(customers["orders", row] == "\(own.count)")
      #expect(cents == (100 * spend[row]).rounded())
      #expect(customers["items", row] == "\(Int(own.reduce(0) { $0 + items[$1] }))")
      #expect(dates == dates.sorted())
      #expect(customers["joined_on", row] == dates.first)
      let recency = try daysBefore2026(try #require(dates.last))
      #expect(customers["days_since_last", row] == "\(recency)")
    }
  }

  /// Days from `date` to 2026-01-01, the 20,454th day after 1970-01-01.
  private func daysBefore2026(_ date: Substring) throws -> Int {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    try #require(parts.count == 3)
    let day = try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
    return 20_454 - day.daysSinceEpoch
  }

  @Test func `segments have their stated shares`() {
    let count = 15_000
    let segments = Rows(text(truthful(count), .customers))["true_segment"]
    let shares = [
      "champions": 0.08, "loyal": 0.2, "bargain_hunters": 0.2, "new": 0.17, "at_risk": 0.18,
      "lost": 0.17,
    ]
    for (name, share) in shares.sorted(by: { $0.key < $1.key }) {
      let found = Double(segments.count { $0 == name }) / Double(count)
      #expect(abs(found - share) < reach(share, count))
    }
  }

  @Test func `responses follow the true probability`() {
    let count = 25_000
    let rows = Rows(text(truthful(count), .customers))
    let responses = rows["responded"].map { $0 == "yes" ? 1.0 : 0 }
    let probabilities = rows.numbers("true_probability")
    let mean = probabilities.reduce(0, +) / Double(count)
    #expect((0.05...0.25).contains(mean))
    // In each fifth of the customers by probability the responses are as many as it says.
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    for fifth in 0..<5 {
      let part = order[fifth * count / 5..<(fifth + 1) * count / 5]
      let expected = part.reduce(0) { $0 + probabilities[$1] } / Double(part.count)
      let observed = part.reduce(0) { $0 + responses[$1] } / Double(part.count)
      #expect(abs(observed - expected) < reach(expected, part.count))
    }
  }

  @Test func `values go missing at their stated rates`() {
    let rows = Rows(text(truthful(15_000), .customers))
    func share(_ column: String, where test: (Int) -> Bool) -> (share: Double, count: Int) {
      let cells = rows[column]
      let chosen = cells.indices.filter(test)
      return (Double(chosen.count { cells[$0].isEmpty }) / Double(chosen.count), chosen.count)
    }
    let channel = rows["preferred_channel"]
    let consent = rows["marketing_consent"]
    let orders = rows.numbers("orders")
    let offline: (Int) -> Bool = { channel[$0] == "store" || channel[$0] == "phone" }
    let cases: [(String, Double, (Int) -> Bool)] = [
      ("age", 0.12, offline), ("age", 0.03, { !offline($0) }),
      ("income_band", 0.2, { consent[$0] == "false" }),
      ("income_band", 0.08, { consent[$0] == "true" }),
      ("satisfaction", 0.75, { orders[$0] < 3 }), ("satisfaction", 0.4, { orders[$0] >= 3 }),
      ("household_size", 0.05, { _ in true }), ("web_visits", 0.02, { _ in true }),
    ]
    for (column, rate, test) in cases {
      let found = share(column, where: test)
      #expect(abs(found.share - rate) < reach(rate, found.count), "\(column)")
    }
  }

  @Test func `values go missing by design exactly where the design says`() {
    var synthesis = truthful(5000)
    synthesis.missingScale = 0
    let rows = Rows(text(synthesis, .customers))
    let designed = [
      ("loyalty_points", rows["loyalty_member"].map { $0 == "false" }),
      ("email_open_rate", rows["marketing_consent"].map { $0 == "false" }),
      ("days_between_orders", rows["orders"].map { $0 == "1" }),
    ]
    for name in rows.names {
      let expected = designed.first { $0.0 == name }?.1 ?? rows.cells.map { _ in false }
      #expect(rows[name].map(\.isEmpty) == expected, "\(name)")
    }
  }

  @Test func `spend is skewed and segments differ`() throws {
    let rows = Rows(text(truthful(8000), .customers))
    let spend = rows.numbers("total_spend")
    let mean = spend.reduce(0, +) / Double(spend.count)
    #expect(mean > 1.5 * Quantiles.median(spend))
    #expect(spend.allSatisfy { $0 >= 1 })
    func median(of column: String, in segment: String) -> Double {
      let values = rows.numbers(column)
      let names = rows["true_segment"]
      return Quantiles.median(values.indices.filter { names[$0] == segment }.map { values[$0] })
    }
    #expect(median(of: "total_spend", in: "champions") > 10 * median(of: "total_spend", in: "lost"))
    #expect(median(of: "tenure_days", in: "new") < 130)
    #expect(median(of: "days_since_last", in: "at_risk") > 120)
    #expect(median(of: "discount_share", in: "bargain_hunters") > 0.5)
  }
}
