import Learning
import Numerical
import TestSupport
import Testing

/// `rules.json`, written by scikit-learn 1.9.1.
private struct RulesFixture: Decodable {
  struct Case: Decodable {
    let name: String
    let columns: [[Double?]]
    let labels: [Int]
    let balanced: Bool
    let found: [Int]
  }

  let trees: [Case]
}

private func table(_ columns: [[Double?]]) -> FeatureTable {
  FeatureTable(
    rowCount: columns.first?.count ?? 0,
    columns: columns.enumerated().map { index, values in
      FeatureColumn("x\(index)", .numbers(values.map { $0 ?? .nan }))
    })
}

private func levels(_ name: String, _ names: [String], _ codes: [Int32]) -> FeatureColumn {
  FeatureColumn(name, .categories(Categories(codes: codes, levels: names)))
}

/// The tree of all rows with leaves of one row.
private func tree(
  _ table: FeatureTable, _ labels: [Int], leastRows: Int = 1, on pool: WorkerPool = .serial
) -> RuleTree {
  var learner = RuleLearner(table, on: pool)
  learner.leastRows = leastRows
  return learner.tree(labels: labels, rows: Array(labels.indices), on: pool)
}

@Suite struct RuleLearnerTests {
  @Test func `Trees place the rows they were fitted to as scikit-learn's do`() throws {
    let fixture = try Fixture.load("rules", as: RulesFixture.self)
    for entry in fixture.trees {
      let table = table(entry.columns)
      var learner = RuleLearner(table, on: .serial)
      learner.isBalanced = entry.balanced
      let rows = Array(entry.labels.indices)
      let found = learner.tree(labels: entry.labels, rows: rows, on: .serial)
        .classes(of: table, rows: rows)
      #expect(found == entry.found, "\(entry.name), balanced \(entry.balanced)")
    }
  }

  @Test func `A limit is the roundest number between its neighbours`() {
    // 17 and 42 part the classes; 20, 30 and 40 lie between, 30 nearest to the middle of 29.5.
    let found = tree(table([[3, 17, 42, 58]]), [0, 0, 1, 1])
    #expect(RuleSet(found).rules.map(\.words) == [["x0 ≤ 30"], ["x0 > 30"]])
  }

  @Test func `A limit is written with no more digits than part its neighbours`() {
    // Tenths: 0.3 lies between; 0.30000000000000004 would be three times a tenth.
    let found = tree(table([[0.1, 0.21, 0.38, 0.9]]), [0, 0, 1, 1])
    #expect(RuleSet(found).rules.map(\.words) == [["x0 ≤ 0.3"], ["x0 > 0.3"]])
  }

  @Test func `Numbers that no decimal parts are told apart by themselves`() {
    let close = 0.1.nextUp
    let found = tree(table([[0.1, 0.1, close, close]]), [0, 0, 1, 1])
    #expect(
      found.classes(of: table([[0.1, close]]), rows: [0, 1]) == [0, 1])
  }

  @Test func `Missing values go where they belong`() {
    // Missing values are of class 1 with the small numbers.
    let data = table([[1, 2, nil, 8, 9, nil]])
    let found = tree(data, [1, 1, 1, 0, 0, 1])
    #expect(found.classes(of: data, rows: Array(0..<6)) == [1, 1, 1, 0, 0, 1])
    #expect(
      RuleSet(found).rules.map(\.words) == [["x0 > 5"], ["(x0 ≤ 5 or x0 is missing)"]])
  }

  @Test func `What is missing can be asked for`() {
    let data = table([[1, nil, 2, nil, 3]])
    let found = tree(data, [0, 1, 0, 1, 0])
    #expect(RuleSet(found).rules.map(\.words) == [["x0 is not missing"], ["x0 is missing"]])
  }

  @Test func `A category is asked for one of its levels`() {
    let column = levels("job", ["a", "b", "c"], [0, 0, 1, 1, 2, 2])
    let data = FeatureTable(rowCount: 6, columns: [column])
    let found = tree(data, [0, 0, 1, 1, 0, 0])
    #expect(RuleSet(found).rules.map(\.words) == [["job ≠ b"], ["job = b"]])
  }

  @Test func `Of two levels, not one is the other`() {
    let column = levels("loan", ["no", "yes"], [0, 0, 1, 1])
    let found = tree(FeatureTable(rowCount: 4, columns: [column]), [5, 5, 3, 3])
    #expect(RuleSet(found).rules.map(\.words) == [["loan = yes"], ["loan = no"]])
  }

  @Test func `Answers that agree are joined to one`() {
    // Balanced, the lower half is divided for purity, but both its parts are class 0.
    let data = table([[1, 2, 3, 4, 5, 6, 7, 8]])
    let found = tree(data, [0, 0, 0, 0, 0, 0, 1, 1], leastRows: 2)
    #expect(RuleSet(found).rules.map { $0.alternatives.count } == [1, 1])
  }

  @Test func `Conditions on one column are merged`() {
    let data = table([Array(0..<12).map(Double.init)])
    let found = tree(data, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    let rules = RuleSet(found).rules
    #expect(rules.flatMap(\.alternatives).allSatisfy { $0.count == 1 })
    #expect(rules[1].words == ["2 < x0 ≤ 5"])
  }

  @Test(arguments: [[], [7], [7, 7, 7]])
  func `Nothing to tell apart is one answer`(labels: [Int]) {
    guard !labels.isEmpty else { return }
    let found = tree(table([labels.map { _ in 1.0 }]), labels)
    #expect(found.root == .answer(7))
    #expect(RuleSet(found).rules.map(\.words) == [["every row"]])
    #expect(RuleSet(found).sql(names: [7: "All"]) == "7 -- All")
  }

  @Test func `Constant columns and columns without values are never asked`() {
    let data = table([[1, 1, 1, 1], [nil, nil, nil, nil], [1, 2, 3, 4]])
    let found = tree(data, [0, 0, 1, 1])
    #expect(
      RuleSet(found).rules.flatMap(\.alternatives).flatMap { $0 }.map(\.column) == ["x2", "x2"])
  }

  @Test func `Infinite numbers count as missing`() {
    let data = table([[.infinity, -.infinity, 1, 2]])
    let found = tree(data, [0, 0, 1, 1])
    #expect(RuleSet(found).rules.map(\.words) == [["x0 is missing"], ["x0 is not missing"]])
  }

  @Test func `Numbers of every size are cut`() {
    let data = table([[-1e300, -1e299, 1e299, 1e300], [1e-300, 2e-300, 3e-300, 4e-300]])
    let found = tree(data, [0, 1, 2, 3])
    #expect(found.classes(of: data, rows: [0, 1, 2, 3]) == [0, 1, 2, 3])
  }

  @Test func `Groups of fewer rows than asked for are not made`() {
    let found = tree(table([[1, 2, 3, 4, 5, 6]]), [0, 1, 1, 1, 1, 1], leastRows: 2)
    // Only a single row would be pure, so the best allowed division keeps two together.
    for rule in RuleSet(found).rules {
      #expect(rule.alternatives.allSatisfy { $0.allSatisfy { ($0.upper ?? 9) >= 2 } })
    }
  }

  @Test func `Any number of threads grows the same tree`() {
    var random = RandomSource(seed: Seed(3))
    let columns = (0..<5).map { _ in (0..<2_000).map { _ in Double?.some(random.uniform()) } }
    let labels = (0..<2_000).map { row in
      Int((columns[1][row] ?? 0) * 3) + ((columns[4][row] ?? 0) > 0.6 ? 3 : 0)
    }
    let data = table(columns)
    let one = tree(data, labels, leastRows: 5)
    #expect(one == tree(data, labels, leastRows: 5, on: WorkerPool(threadCount: 4)))
  }
}
