import Evaluation
import Experiments
import Testing

struct ComparisonRuleTests {
  struct Reading: Sendable, CustomTestStringConvertible {
    let text: String
    let metric: String
    let change: ComparisonRule.Change?
    let sign: ComparisonRule.Sign
    let limit: Double
    var isRelative = false

    var testDescription: String { text }
  }

  @Test(arguments: [
    Reading(
      text: "holdout.roc_auc drop>0.005", metric: "holdout.roc_auc", change: .drop, sign: .above,
      limit: 0.005),
    Reading(
      text: "  lift@2.5%  worse >= 3 % ", metric: "lift@2.5%", change: .worse, sign: .atLeast,
      limit: 0.03, isRelative: true),
    Reading(text: "a.b.ece rise>1e-3", metric: "a.b.ece", change: .rise, sign: .above, limit: 1e-3),
    Reading(text: "k change>0", metric: "k", change: .change, sign: .above, limit: 0),
    Reading(text: "roc_auc<0.75", metric: "roc_auc", change: nil, sign: .below, limit: 0.75),
    Reading(text: "drop < -1.5", metric: "drop", change: nil, sign: .below, limit: -1.5),
    Reading(text: "min_share <= 4%", metric: "min_share", change: nil, sign: .atMost, limit: 0.04),
  ])
  func `a rule is read with or without blanks`(reading: Reading) throws {
    let rule = try ComparisonRule(reading.text)
    #expect(rule.metric == reading.metric)
    #expect(rule.change == reading.change)
    #expect(rule.sign == reading.sign)
    #expect(rule.limit == reading.limit)
    #expect(rule.isRelative == reading.isRelative)
    #expect(rule.text == reading.text)
  }

  @Test(arguments: [
    ("", RuleFault.noSign), ("roc_auc drop 0.1", .noSign), ("roc_auc = 1", .noSign),
    (">0.1", .noMetric), ("0.5>0.1", .noMetric), ("roc_auc drop>", .noNumber),
    ("roc_auc drop>x", .noNumber), ("roc_auc drop>nan", .noNumber),
    ("roc_auc drop>0x1p3", .noNumber), ("roc_auc drop>1e999", .noNumber),
    ("roc_auc drop>1 2", .noNumber), ("roc_auc drop>>1", .noNumber),
    ("roc_auc drop<0.1", .wrongSign), ("roc_auc worse<=0.1", .wrongSign),
    ("roc_auc drop>-0.1", .negative),
    ("roc_auc dorp>1", .unknownWord("dorp", nearest: "drop")),
    ("roc_auc drop now>1", .unknownWord("now", nearest: nil)),
  ])
  func `a rule that cannot be read says why`(text: String, fault: RuleFault) {
    #expect(throws: ComparisonError.rule(text, fault)) { try ComparisonRule(text) }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let rule: String
    let a: Double?
    let b: Double?
    var direction = Direction.higherIsBetter
    let isBroken: Bool?

    var testDescription: String { "\(rule) from \(a ?? .nan) to \(b ?? .nan)" }
  }

  @Test(arguments: [
    // 0.8 − 0.795 is 0.005 and a little more as doubles: the limit itself is kept.
    Case(rule: "m drop>0.005", a: 0.8, b: 0.795, isBroken: false),
    Case(rule: "m drop>=0.005", a: 0.8, b: 0.795, isBroken: true),
    Case(rule: "m drop>0.005", a: 0.8, b: 0.7949, isBroken: true),
    Case(rule: "m drop>0.005", a: 0.8, b: 0.9, isBroken: false),
    Case(rule: "m rise>0.005", a: 0.8, b: 0.9, isBroken: true),
    Case(rule: "m change>0.05", a: 0.8, b: 0.7, isBroken: true),
    Case(rule: "m change>0.05", a: 0.7, b: 0.8, isBroken: true),
    Case(rule: "m worse>0.05", a: 0.8, b: 0.7, isBroken: true),
    Case(rule: "m worse>0.05", a: 0.8, b: 0.7, direction: .lowerIsBetter, isBroken: false),
    Case(rule: "m worse>0.05", a: 0.7, b: 0.8, direction: .lowerIsBetter, isBroken: true),
    // Shares of A's size: 200 to 190 is 5 %, −2 to −3 is 50 %.
    Case(rule: "m drop>5%", a: 200, b: 190, isBroken: false),
    Case(rule: "m drop>4.9%", a: 200, b: 190, isBroken: true),
    Case(rule: "m drop>49%", a: -2, b: -3, isBroken: true),
    Case(rule: "m drop>10%", a: 0, b: -1, isBroken: true),
    Case(rule: "m drop>10%", a: 0, b: 0, isBroken: false),
    Case(rule: "m drop>0", a: 0.5, b: 0.5, isBroken: false),
    Case(rule: "m drop>=0", a: 0.5, b: 0.5, isBroken: true),
    Case(rule: "m<0.75", a: nil, b: 0.75, isBroken: false),
    Case(rule: "m<0.75", a: nil, b: 0.7499, isBroken: true),
    Case(rule: "m>=3", a: 9, b: 3, isBroken: true),
    Case(rule: "m drop>0.1", a: nil, b: 0.5, isBroken: nil),
    Case(rule: "m drop>0.1", a: 0.5, b: nil, isBroken: nil),
    Case(rule: "m<1", a: 0.5, b: nil, isBroken: nil),
  ])
  func `a rule is held against two values`(entry: Case) throws {
    let rule = try ComparisonRule(entry.rule)
    let amount = rule.amount(a: entry.a, b: entry.b, direction: entry.direction)
    #expect(amount.map { rule.isBroken(by: $0, a: entry.a, b: entry.b) } == entry.isBroken)
  }
}
