package import Evaluation
internal import Tabular

/// What must not happen from A to B: one `--fail-on`.
///
/// ```
/// rule    = metric [change] sign number ["%"]
/// metric  = [experiment "."] [split "."] name
/// change  = "drop" | "rise" | "change" | "worse"
/// sign    = ">" | ">=" | "<" | "<="
/// ```
/// With a change, the sign is `>` or `>=` and the number how far the value of B may lie below, above, away
/// from or on the wrong side of the value of A; in percent, of A's own size. Without one, the rule bounds the
/// value of B, and `x%` is x / 100.
public struct ComparisonRule: Hashable, Sendable, Encodable {
  public enum Change: String, Hashable, Sendable, Encodable, CaseIterable {
    case drop, rise, change
    /// A drop of what should be high, a rise of what should be low.
    case worse
  }

  public enum Sign: String, Hashable, Sendable, Encodable, CaseIterable {
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"
  }

  /// As it was given.
  public let text: String
  public let metric: String
  /// Nil for a bound on B alone.
  public let change: Change?
  public let sign: Sign
  public let limit: Double
  /// Whether the limit is a share of A's size.
  public let isRelative: Bool

  private enum CodingKeys: String, CodingKey {
    case text, metric, change, sign, limit
    case isRelative = "relative"
  }

  /// - Throws: `.rule` with what is wrong.
  public init(_ text: String) throws(ComparisonError) {
    func refused(_ fault: RuleFault) -> ComparisonError { .rule(text, fault) }
    guard let mark = text.firstIndex(where: { "<>".contains($0) }),
      let sign = Sign.allCases.first(where: { text[mark...].hasPrefix($0.rawValue) })
    else { throw refused(.noSign) }
    let words = text[..<mark].split(whereSeparator: \.isWhitespace).map(String.init)
    guard let metric = words.first, metric.contains(where: \.isLetter) else {
      throw refused(.noMetric)
    }
    guard words.count <= 2 else { throw refused(.unknownWord(words[2], nearest: nil)) }
    let change = words.count == 2 ? Change(rawValue: words[1]) : nil
    if words.count == 2 && change == nil {
      let known = Change.allCases.map(\.rawValue)
      throw refused(
        .unknownWord(words[1], nearest: NearestName.nearest(to: words[1], among: known)))
    }
    let amount = text[text.index(mark, offsetBy: sign.rawValue.count)...]
    guard let (number, isPercent) = Self.number(amount) else {
      throw refused(.noNumber)
    }
    if change != nil {
      guard sign == .above || sign == .atLeast else { throw refused(.wrongSign) }
      guard number >= 0 else { throw refused(.negative) }
    }
    self.text = text
    self.metric = metric
    self.change = change
    self.sign = sign
    limit = isPercent ? number / 100 : number
    isRelative = isPercent && change != nil
  }

  /// A finite decimal number, with or without a percent sign.
  private static func number(_ text: Substring) -> (value: Double, isPercent: Bool)? {
    let words = text.split(whereSeparator: \.isWhitespace)
    var digits = words.joined()
    let isPercent = digits.hasSuffix("%")
    if isPercent { digits.removeLast() }
    let isPlain = digits.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) }
    let parts = isPercent ? words.filter { $0 != "%" } : words
    guard parts.count == 1, isPlain, let value = Double(digits), value.isFinite else { return nil }
    return (value, isPercent)
  }
}

extension ComparisonRule {
  /// How far B went the way the rule watches, in the unit of the limit; the value of B for a bound.
  ///
  /// Nil where a value that it takes is missing.
  package func amount(a: Double?, b: Double?, direction: Direction) -> Double? {
    guard let b else { return nil }
    guard let change else { return b }
    guard let a else { return nil }
    let rise = a == b ? 0 : b - a
    let amount =
      switch change {
      case .drop: -rise
      case .rise: rise
      case .change: abs(rise)
      case .worse: direction == .higherIsBetter ? -rise : rise
      }
    guard isRelative, amount != 0 else { return amount + 0 }
    return amount / abs(a)
  }

  /// Whether the rule is broken by an amount that `amount(a:b:direction:)` gave for these values.
  ///
  /// 0.8 to 0.795 is a drop of 0.005 although the difference of the two doubles is more: within rounding of
  /// the values, an amount counts as equal to the limit.
  package func isBroken(by amount: Double, a: Double?, b: Double?) -> Bool {
    var slack = 0.0
    if change != nil, amount.isFinite {
      let size = max(abs(a ?? 0), abs(b ?? 0))
      slack = isRelative ? 8 * max(1, abs(amount)) * Double.ulpOfOne : 2 * size.ulp
      if isRelative, let a, a != 0 { slack = max(slack, 2 * size.ulp / abs(a)) }
    }
    let isEqual = amount == limit || abs(amount - limit) <= slack
    switch sign {
    case .above: return !isEqual && amount > limit
    case .atLeast: return isEqual || amount > limit
    case .below: return !isEqual && amount < limit
    case .atMost: return isEqual || amount < limit
    }
  }
}
