import Foundation
public import Numerical

/// Writes realistic customers of known truth, as many as wanted.
///
/// A customer belongs to one of six segments (champions 8 %, loyal 20 %, bargain_hunters 20 %, new
/// 17 %, at_risk 18 %, lost 17 %), has a history of orders drawn from the segment's rates and values,
/// and answers the next campaign with a probability that is a logistic function of what the table
/// shows. Spend, order counts and visits are skewed (lognormal and Poisson-lognormal); categories have
/// 4, 7, 12 and 240 levels, the larger ones with Zipf shares. The figures of `customers` are sums over
/// the rows of `orders`, which lists every customer's orders oldest first.
///
/// Missing by design: `loyalty_points` outside the programme, `email_open_rate` without consent,
/// `days_between_orders` after a single order. Missing at random, each rate times `missingScale`:
/// `age` 12 % where the preferred channel is store or phone and 3 % elsewhere, `income_band` 20 %
/// without consent and 8 % with it, `satisfaction` 75 % below three orders and 40 % from there on,
/// `household_size` 5 % and `web_visits` 2 % everywhere.
///
/// Row i is a pure function of the seed and i: a smaller table is a prefix of a larger one, and any
/// number of threads writes the same bytes. All dates are before 2026-01-01.
public struct CustomerSynthesis: Hashable, Sendable {
  /// What to write.
  public enum Content: String, Hashable, Sendable, CaseIterable {
    case customers, orders
  }

  public var seed: Seed
  public var customerCount: Int
  /// Adds the columns `true_segment` and `true_probability` to the customers.
  public var includesTruth = false
  /// Multiplies the rates of values missing at random; 0 leaves only what is missing by design.
  public var missingScale = 1.0

  public init(seed: Seed, customerCount: Int) {
    self.seed = seed
    self.customerCount = customerCount
  }

  /// 2026-01-01, to which all day counts refer.
  static let referenceDay = 20_454

  /// Hands the CSV text to `sink` piece by piece, the header first.
  ///
  /// - Complexity: O(customers) time over the threads of `pool`; memory for a few thousand customers
  ///   per thread.
  public func write<Failure: Error>(
    _ content: Content, on pool: WorkerPool, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try sink(header(of: content))
    let pieceSize = 4096
    let pieceCount = max(customerCount, 0) / pieceSize + 1
    let wave = 4 * pool.threadCount
    for start in stride(from: 0, to: pieceCount, by: wave) {
      let pieces = pool.map(count: min(wave, pieceCount - start)) { index in
        let first = (start + index) * pieceSize
        return rows(first..<max(first, min(first + pieceSize, customerCount)), of: content)
      }
      for piece in pieces { try sink(piece) }
    }
  }

  private func header(of content: Content) -> [UInt8] {
    let names =
      switch content {
      case .customers: CustomerRow.columnNames(includingTruth: includesTruth)
      case .orders: CustomerRow.orderColumnNames
      }
    return Array((names.joined(separator: ",") + "\n").utf8)
  }

  private func rows(_ indices: Range<Int>, of content: Content) -> [UInt8] {
    var text = CSVBytes(reserving: indices.count * (content == .customers ? 200 : 500))
    for index in indices {
      let row = CustomerRow(
        customer: SyntheticCustomer(seed: seed, index: index), index: index,
        missingScale: missingScale)
      switch content {
      case .customers: row.append(to: &text, includingTruth: includesTruth)
      case .orders: row.appendOrders(to: &text)
      }
    }
    return text.bytes
  }
}
