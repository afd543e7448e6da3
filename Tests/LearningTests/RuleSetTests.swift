import Learning
import Numerical
import Testing

/// A table of numbers, categories and gaps whose four classes follow from both.
private struct Mixed {
  let table: FeatureTable
  let labels: [Int]

  init(seed: UInt64) {
    var random = RandomSource(seed: Seed(seed))
    let count = 600
    let amounts = (0..<count).map { _ in
      random.uniform() < 0.15 ? Double.nan : (random.uniform() * 200 - 60).rounded()
    }
    let codes = (0..<count).map { _ in Int32(Int(random.uniform() * 5)) - 1 }
    table = FeatureTable(
      rowCount: count,
      columns: [
        FeatureColumn("the \"amount\"", .numbers(amounts)),
        FeatureColumn(
          "it's", .categories(Categories(codes: codes, levels: ["", "d'or", "x\"y", "z"]))),
      ])
    labels = (0..<count).map { row in
      let noise = random.uniform() < 0.05 ? 1 : 0
      if codes[row] == 1 { return 1 - noise }
      if amounts[row].isNaN { return 2 }
      return amounts[row] > 40 ? 3 : codes[row] < 0 ? 2 - noise : 0
    }
  }

  var tree: RuleTree {
    RuleLearner(table, on: .serial).tree(
      labels: labels, rows: Array(labels.indices), on: .serial)
  }
}

extension RuleCondition {
  /// What the condition says, read from its parts as a reader of the rule would.
  fileprivate func holds(_ row: Int, in table: FeatureTable) -> Bool {
    guard let values = table.columns.first(where: { $0.name == column })?.values else {
      return false
    }
    switch values {
    case .numbers(let numbers):
      guard numbers[row].isFinite else { return allowsMissing }
      return allowsPresent && numbers[row] > lower ?? -.infinity
        && numbers[row] <= upper ?? .infinity
    case .categories(let categories):
      guard categories.codes[row] >= 0 else { return allowsMissing }
      let name = categories.levels[Int(categories.codes[row])]
      return allowsPresent && name == level ?? name && !excluded.contains(name)
    }
  }
}

@Suite struct RuleSetTests {
  @Test(arguments: UInt64(1)...6)
  func `Every row meets one rule, that of the tree's answer`(seed: UInt64) {
    let data = Mixed(seed: seed)
    let tree = data.tree
    let rules = RuleSet(tree).rules
    let answers = tree.classes(of: data.table, rows: Array(data.labels.indices))
    for (row, answer) in answers.enumerated() {
      let met = rules.filter { rule in
        rule.alternatives.contains { $0.allSatisfy { $0.holds(row, in: data.table) } }
      }
      #expect(met.map(\.label) == [answer])
    }
  }

  @Test func `SQL doubles quotes in names and texts`() {
    let column = FeatureColumn(
      "it's \"here\"", .categories(Categories(codes: [0, 0, 1, 1], levels: ["d'or", "z"])))
    var learner = RuleLearner(FeatureTable(rowCount: 4, columns: [column]), on: .serial)
    learner.leastRows = 1
    let rules = RuleSet(learner.tree(labels: [0, 0, 1, 1], rows: [0, 1, 2, 3], on: .serial))
    #expect(
      rules.sql(names: [0: "Gold\n; DROP TABLE x", 1: "Rest"]) == #"""
        CASE
          WHEN "it's ""here""" = 'd''or'
            THEN 0 -- Gold ; DROP TABLE x
          ELSE 1 -- Rest
        END
        """#)
  }

  @Test func `SQL answers NULL as the tree answers a missing value`() {
    let column = FeatureColumn("v", .numbers([1, 2, .nan, 8, 9, .nan]))
    var learner = RuleLearner(FeatureTable(rowCount: 6, columns: [column]), on: .serial)
    learner.leastRows = 1
    let rows = Array(0..<6)
    let first = RuleSet(learner.tree(labels: [0, 0, 0, 1, 1, 0], rows: rows, on: .serial))
    #expect(first.sql(names: [:]).contains("WHEN (\"v\" <= 5 OR \"v\" IS NULL)"))
    let second = RuleSet(learner.tree(labels: [0, 0, 1, 1, 1, 1], rows: rows, on: .serial))
    #expect(second.sql(names: [:]).contains("WHEN \"v\" <= 5\n"))
  }

  @Test func `Alternatives that leave no gap are one`() {
    // Whichever way the first question goes, the second parts the rows at the same place.
    func second(_ above: Int) -> RuleTree.Node {
      .question(column: 1, .atMost(5, missing: false), yes: .answer(0), no: .answer(above))
    }
    let columns = [RuleTree.Column(name: "x"), RuleTree.Column(name: "y")]
    let byNumber = RuleTree(
      columns: columns,
      root: .question(column: 0, .atMost(3, missing: false), yes: second(1), no: second(2)))
    let words = [["y ≤ 5"], ["x ≤ 3 and y > 5"], ["x > 3 and y > 5"]]
    #expect(RuleSet(byNumber).rules.map(\.words) == words)
    let byLevel = RuleTree(
      columns: columns, root: .question(column: 0, .level("a"), yes: second(1), no: second(2)))
    #expect(RuleSet(byLevel).rules[0].words == ["y ≤ 5"])
    let byGap = RuleTree(
      columns: columns, root: .question(column: 0, .isMissing, yes: second(1), no: second(2)))
    #expect(RuleSet(byGap).rules[0].words == ["y ≤ 5"])
  }

  @Test func `Truth values are written as such`() {
    let column = FeatureColumn(
      "loan", .categories(Categories(codes: [0, 0, 1, 1], levels: ["false", "true"])))
    var learner = RuleLearner(FeatureTable(rowCount: 4, columns: [column]), on: .serial)
    learner.leastRows = 1
    let rules = RuleSet(learner.tree(labels: [0, 0, 1, 1], rows: [0, 1, 2, 3], on: .serial))
    #expect(rules.sql(names: [:], booleans: ["loan"]).contains("\"loan\" = FALSE"))
  }
}
