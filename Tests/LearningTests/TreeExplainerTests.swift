import Learning
import Numerical
import TestSupport
import Testing

/// Shapley values by their definition: the mean over all orders of what a feature adds.
private func shapley(_ tree: Tree, _ row: [Double], featureCount: Int) -> [Double] {
  /// The tree's value if only the features in `known` are.
  func value(_ child: Int32, _ known: Int) -> Double {
    guard child >= 0 else { return tree.leaves[Int(~child)].value }
    let node = tree.nodes[Int(child)]
    if known >> Int(node.feature) & 1 == 1 {
      return value(tree.goesLeft(row[Int(node.feature)], at: node) ? node.left : node.right, known)
    }
    func count(_ child: Int32) -> Double {
      Double(child < 0 ? tree.leaves[Int(~child)].count : tree.nodes[Int(child)].count)
    }
    let (left, right) = (count(node.left), count(node.right))
    return (left * value(node.left, known) + right * value(node.right, known)) / (left + right)
  }
  func factorial(_ n: Int) -> Double { (1...max(1, n)).reduce(1) { $0 * Double($1) } }
  return (0..<featureCount).map { feature in
    var sum = 0.0
    for known in 0..<1 << featureCount where known >> feature & 1 == 0 {
      let size = known.nonzeroBitCount
      let weight = factorial(size) * factorial(featureCount - size - 1) / factorial(featureCount)
      sum += weight * (value(0, known | 1 << feature) - value(0, known))
    }
    return sum
  }
}

struct TreeExplainerTests {
  @Test func `contributions are those of LightGBM`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      let model = try GradientBoostingModel(lightGBMText: entry.text)
      let explainer = TreeExplainer(model)
      let own = try explainer.contributions(fixture.table(entry), on: WorkerPool(threadCount: 2))
      for (row, theirs) in entry.contributions.enumerated() {
        // Scores of a few units; LightGBM unwinds products, which costs it digits.
        #expect(
          zip(own.row(row), theirs).allSatisfy { isClose($0, $1, within: 1e-9) }, "\(entry.name)")
      }
      for (row, values) in fixture.rows(entry).prefix(50).enumerated() {
        // The two ways to decide at nodes lead to the same sums.
        #expect(values.withUnsafeBufferPointer { explainer.contributions($0) } == own.row(row))
      }
    }
  }

  @Test func `contributions and the expected value add up to the score`() throws {
    let fixture = try BoostingFixture.load()
    for entry in fixture.cases {
      let model = try GradientBoostingModel(lightGBMText: entry.text)
      let own = try TreeExplainer(model).contributions(fixture.table(entry), on: .serial)
      for row in 0..<own.rowCount {
        // Some hundred additions of numbers of a few units.
        #expect(
          isClose(own.row(row).reduce(0, +), entry.scores[row], within: 1e-12), "\(entry.name)")
      }
    }
  }

  @Test(arguments: [UInt64](1...6))
  func `contributions are Shapley values by definition`(seed: UInt64) throws {
    // Chains of 12 nodes over 10 features, so that paths ask for more than eight of them.
    var random = RandomSource(seed: Seed(seed))
    let (features, nodeCount) = (10, 12)
    var tree = Tree(leaves: [])
    var counts = (0...nodeCount).map { _ in 1 + random.integer(below: 40) }
    for index in 0..<nodeCount {
      let below = counts[(index + 1)...].reduce(0, +)
      tree.nodes.append(
        Tree.Node(
          feature: Int32(index % features), left: ~Int32(index),
          right: index == nodeCount - 1 ? ~Int32(nodeCount) : Int32(index + 1), missing: .none,
          missingGoesLeft: true, isCategorical: false, categorySet: 0,
          threshold: random.uniform() - 0.5, gain: 1, value: 0, weight: 1,
          count: counts[index] + below))
    }
    if seed == 6 { counts[3] = 0 }
    tree.leaves = counts.map { Tree.Leaf(value: random.normal(), weight: 1, count: $0) }
    let model = GradientBoostingModel(
      objective: .regression,
      features: (0..<features).map { BoostingFeature(name: "f\($0)", kind: .number(range: nil)) },
      trees: [tree])
    let explainer = TreeExplainer(model)
    for _ in 0..<8 {
      let row = (0..<features).map { _ in random.normal() }
      let own = row.withUnsafeBufferPointer { explainer.contributions($0) }
      let plain = shapley(tree, row, featureCount: features)
      // Sums over 2¹⁰ sets of numbers near 1.
      #expect(zip(own, plain).allSatisfy { isClose($0, $1, within: 1e-12) })
    }
  }

  @Test func `one division contributes its distance from the mean`() throws {
    // x ≤ 1 → 10 for 3 rows, otherwise 2 for 1 row: the mean is 8.
    var tree = Tree(leaves: [
      .init(value: 10, weight: 3, count: 3), .init(value: 2, weight: 1, count: 1),
    ])
    tree.nodes = [
      Tree.Node(
        feature: 0, left: ~0, right: ~1, missing: .none, missingGoesLeft: true,
        isCategorical: false, categorySet: 0, threshold: 1, gain: 1, value: 8, weight: 4, count: 4)
    ]
    let features = [
      BoostingFeature(name: "x", kind: .number(range: 0...2)),
      BoostingFeature(name: "idle", kind: .number(range: nil)),
    ]
    let explainer = TreeExplainer(
      GradientBoostingModel(objective: .regression, features: features, trees: [tree]))
    #expect(explainer.expectedValue == 8)
    let table = FeatureTable(
      rowCount: 2,
      columns: [FeatureColumn("x", .numbers([0, 5])), FeatureColumn("idle", .numbers([1, 2]))])
    let own = try explainer.contributions(table, on: .serial)
    // Four quadrature nodes whose weights sum to 1 within rounding.
    #expect(isClose(own[0, 0], 2, within: 1e-15) && isClose(own[1, 0], -6, within: 1e-14))
    #expect(own[0, 1] == 0 && own[1, 1] == 0 && own[0, 2] == 8)
  }
}
