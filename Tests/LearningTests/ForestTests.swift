import Foundation
import Learning
import Numerical
import TestSupport
import Testing

/// `forest.json`, written by scikit-learn 1.9.1.
private struct ForestFixture: Decodable {
  struct Case: Decodable {
    let name: String
    let table: String
    let parameters: [String: ParameterValue]
    let weights: [Double]?
    let leaves: [Int]
    let probabilities: [Double]
    let gain: [Double]
  }

  let tables: [String: [[Double?]]]
  let labels: [Double]
  let cases: [Case]

  func input(_ entry: Case) -> Labeled<FeatureTable> {
    Labeled(numbers(tables[entry.table] ?? []), labels: labels, weights: entry.weights)
  }
}

/// A table of columns of numbers, nil for missing ones.
private func numbers(_ columns: [[Double?]]) -> FeatureTable {
  FeatureTable(
    rowCount: columns.first?.count ?? 0,
    columns: columns.enumerated().map { index, values in
      FeatureColumn("x\(index)", .numbers(values.map { $0 ?? .nan }))
    })
}

/// Rows as trees take them.
private func rows(_ table: FeatureTable) -> [[Double]] {
  (0..<table.rowCount).map { row in
    table.columns.map { column in
      switch column.values {
      case .numbers(let numbers): numbers[row]
      case .categories(let categories): Double(categories.codes[row])
      }
    }
  }
}

/// 1,000 rows of two columns of which the first tells something of the label.
private func sample(rounding step: Double = 1e-9) -> Labeled<FeatureTable> {
  var random = RandomSource(seed: Seed(5))
  let x = (0..<1000).map { _ in (random.normal() / step).rounded() * step }
  let labels = x.map { $0 + random.normal() > 0.8 ? 1.0 : 0 }
  return Labeled(
    numbers([x, (0..<1000).map { _ in (random.normal() / step).rounded() * step }]), labels: labels)
}

struct DecisionTreeTests {
  @Test func `trees are those of scikit-learn where every value has a bin`() throws {
    let fixture: ForestFixture = try Fixture.load("forest")
    for entry in fixture.cases {
      let input = fixture.input(entry)
      let estimator = try DecisionTree(Parameters(entry.parameters.map { ($0.key, $0.value) }))
      let model = try estimator.fit(input, in: boostingContext()).model
      let leaves = rows(input.features).map { model.trees[0].leaf(of: $0) }
      // The same partition: leaves correspond one to one.
      let pairs = Set(zip(leaves, entry.leaves).map { [$0, $1] })
      #expect(pairs.count == Set(leaves).count, "\(entry.name)")
      #expect(pairs.count == Set(entry.leaves).count, "\(entry.name)")
      let probabilities = try model.probabilities(input.features, on: .serial)
      // Sums of at most 500 weights, added in another order.
      #expect(
        zip(probabilities, entry.probabilities).allSatisfy { isClose($0, $1, within: 1e-12) },
        "\(entry.name)")
      let gain = try #require(model.columnImportance).values
      // Weights are rounded to single precision while divisions are judged.
      #expect(zip(gain, entry.gain).allSatisfy { isClose($0, $1, within: 1e-6) }, "\(entry.name)")
    }
  }

  @Test func `whole weights count like copies of rows`() throws {
    var tree = DecisionTree()
    // Fewest rows counts rows as they are given.
    tree.leastRows = .count(1)
    tree.leaves = .count(12)
    // Few distinct values: bins are the same for copies.
    let input = sample(rounding: 0.1)
    let weights = (0..<1000).map { Double($0 % 3) }
    let copies = (0..<1000).flatMap { row in [Int](repeating: row, count: row % 3) }
    let weighted = try tree.fit(
      Labeled(input.features, labels: input.labels, weights: weights), in: boostingContext()
    ).model
    let copied = try tree.fit(input.selectingRows(copies), in: boostingContext()).model
    #expect(
      try weighted.probabilities(input.features, on: .serial)
        == copied.probabilities(input.features, on: .serial))
  }

  @Test func `missing values that tell all are divided off`() throws {
    // Missing exactly where the event is.
    let input = Labeled(
      numbers([(0..<80).map { $0 % 4 == 0 ? nil : Double($0) }]),
      labels: (0..<80).map { $0 % 4 == 0 ? 1 : 0 })
    let model = try DecisionTree().fit(input, in: boostingContext()).model
    #expect(model.trees[0].nodes.count == 1)
    #expect(
      try model.probabilities(numbers([[nil, 3, 1e300, -.infinity, .infinity]]), on: .serial)
        == [1, 0, 0, 0, 0])
  }

  @Test func `a value missing for the first time goes with the greater part`() throws {
    // 60 rows at 0 without an event, 40 at 1 with one.
    let input = Labeled(
      numbers([(0..<100).map { $0 < 60 ? 0 : 1 }]), labels: (0..<100).map { $0 < 60 ? 0 : 1 })
    let model = try DecisionTree().fit(input, in: boostingContext()).model
    #expect(try model.probabilities(numbers([[nil, 0, 1]]), on: .serial) == [0, 0, 1])
  }

  @Test func `the best set of categories is found among all sets`() throws {
    var random = RandomSource(seed: Seed(3))
    for _ in 0..<20 {
      // Six categories of 20 rows: shares of events in twentieths.
      let ones = (0..<6).map { _ in random.integer(below: 21) }
      guard (2...118).contains(ones.reduce(0, +)) else { continue }
      let codes = (0..<120).map { Int32($0 / 20) }
      let table = FeatureTable(
        rowCount: 120,
        columns: [
          FeatureColumn(
            "c", .categories(Categories(codes: codes, levels: ["a", "b", "c", "d", "e", "f"])))
        ])
      let labels = (0..<120).map { $0 % 20 < ones[$0 / 20] ? 1.0 : 0 }
      var tree = DecisionTree()
      tree.leaves = .count(2)
      let fit = try tree.fit(Labeled(table, labels: labels), in: boostingContext())
      let gain = try #require(fit.model.columnImportance).values[0]
      #expect(isClose(gain, bestGain(ones), within: 1e-12))
    }
  }

  /// The greatest fall of Σ W p (1 − p) over all divisions of six categories of 20 rows.
  private func bestGain(_ ones: [Int]) -> Double {
    func impurity(_ set: [Int]) -> Double {
      guard !set.isEmpty else { return 0 }
      let (events, rows) = (set.reduce(0.0) { $0 + Double(ones[$1]) }, Double(20 * set.count))
      return events * (1 - events / rows)
    }
    let all = Array(0..<6)
    return (1..<32).reduce(0) { best, bits in
      let set = all.filter { bits >> $0 & 1 == 1 }
      let rest = all.filter { bits >> $0 & 1 == 0 }
      return max(best, impurity(all) - impurity(set) - impurity(rest))
    }
  }
}

struct RandomForestTests {
  @Test func `the probability is the mean of the trees' leaves`() throws {
    let input = sample()
    var forest = RandomForest()
    forest.trees = 7
    let model = try forest.fit(input, in: boostingContext()).model
    let probabilities = try model.probabilities(input.features, on: .serial)
    for (row, values) in rows(input.features).enumerated() {
      let sum = model.trees.reduce(0) { $0 + $1.leaves[$1.leaf(of: values)].value }
      #expect(probabilities[row] == sum / 7)
    }
  }

  @Test func `draws with replacement add up to the number of rows`() throws {
    var forest = RandomForest()
    forest.trees = 5
    forest.rowShare = 0.7
    for tree in try forest.fit(sample(), in: boostingContext()).model.trees {
      #expect(tree.leaves.reduce(0) { $0 + $1.weight } == 700)
      // 1000 (1 − e^(−0.7)) = 503 distinct rows are expected, ± 13 a standard deviation.
      #expect(abs(tree.leaves.reduce(0) { $0 + $1.count } - 503) < 65)
    }
  }

  @Test func `without replacement no row counts twice`() throws {
    var forest = RandomForest()
    forest.trees = 5
    forest.bootstrap = false
    forest.rowShare = 0.3
    for tree in try forest.fit(sample(), in: boostingContext()).model.trees {
      #expect(tree.leaves.reduce(0) { $0 + $1.count } == 300)
      #expect(tree.leaves.allSatisfy { $0.weight == Double($0.count) })
    }
  }

  @Test func `trees keep their limits`() throws {
    var forest = RandomForest()
    forest.trees = 10
    forest.leastRows = .count(30)
    forest.leaves = .count(9)
    for tree in try forest.fit(sample(), in: boostingContext()).model.trees {
      #expect(tree.leaves.count <= 9)
      #expect(tree.leaves.allSatisfy { $0.count >= 30 })
    }
    forest.leastRows = .count(1)
    forest.leaves = .none
    forest.depth = .count(3)
    for tree in try forest.fit(sample(), in: boostingContext()).model.trees {
      #expect(tree.leaves.count <= 8)
    }
  }

  @Test func `one row per leaf parts all labels`() throws {
    let input = sample()
    var forest = RandomForest()
    forest.bootstrap = false
    forest.leastRows = .count(1)
    forest.trees = 3
    // Distinct values, fewer than bins: nothing keeps two rows together.
    let few = input.selectingRows(Array(0..<200))
    let model = try forest.fit(few, in: boostingContext()).model
    #expect(try model.probabilities(few.features, on: .serial) == few.labels)
  }

  @Test func `balanced classes leave probabilities as they are`() throws {
    let input = sample()
    var forest = RandomForest()
    forest.classWeights = .balanced
    let model = try forest.fit(input, in: boostingContext()).model
    let fitted = try model.probabilities(input.features, on: .serial).reduce(0, +) / 1000
    let share = input.labels.reduce(0, +) / 1000
    // The mean over drawn rows, whose share strays by √(p (1 − p) / n) per tree.
    #expect(abs(fitted - share) < 0.02)
  }

  @Test func `rows of no weight are as if they were not there`() throws {
    let input = sample()
    let weights = (0..<1000).map { $0 % 4 == 0 ? 0.0 : 1 }
    let kept = (0..<1000).filter { $0 % 4 != 0 }
    let weighted = try RandomForest().fit(
      Labeled(input.features, labels: input.labels, weights: weights), in: boostingContext())
    let plain = try RandomForest().fit(input.selectingRows(kept), in: boostingContext())
    #expect(weighted.model.trees == plain.model.trees)
  }

  @Test func `a cancelled fit says so`() throws {
    let context = FitContext(seed: Seed(1), isCancelled: { true })
    #expect(throws: LearningError.cancelled) { try RandomForest().fit(sample(), in: context) }
  }

  @Test func `stored leaves that are no shares are refused`() throws {
    var forest = RandomForest()
    forest.trees = 1
    forest.depth = .count(1)
    let model = try forest.fit(sample(), in: boostingContext()).model
    var text = String(decoding: try JSONEncoder().encode(model), as: UTF8.self)
    let value = "\(model.trees[0].leaves[0].value)"
    #expect(text.contains(value))
    text = text.replacing(value, with: "1.5")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ForestModel.self, from: Data(text.utf8))
    }
  }
}

struct ExtraTreesTests {
  @Test func `thresholds are drawn over the range of the values`() throws {
    // One column, evenly from 0 to 200: the root's threshold is uniform.
    let input = Labeled(
      numbers([(0..<201).map { Double($0) }]), labels: (0..<201).map { $0 % 2 == 0 ? 1 : 0 })
    var forest = ExtraTrees()
    forest.trees = 400
    forest.depth = .count(1)
    let model = try forest.fit(input, in: boostingContext()).model
    let thresholds = model.trees.map(\.nodes[0].threshold)
    #expect(thresholds.allSatisfy { 0 < $0 && $0 < 200 })
    // A mean of 400 draws with standard deviation 200 / √12 = 58: within 5 of its own, 2.9 each.
    #expect(abs(thresholds.reduce(0, +) / 400 - 100) < 14.5)
    #expect(Set(thresholds).count > 100)
  }

  @Test func `categories are divided at random, too`() throws {
    let codes = (0..<200).map { Int32($0 % 5) }
    let table = FeatureTable(
      rowCount: 200,
      columns: [
        FeatureColumn(
          "c", .categories(Categories(codes: codes, levels: ["a", "b", "c", "d", "e"])))
      ])
    var forest = ExtraTrees()
    forest.trees = 200
    forest.depth = .count(1)
    let labels = (0..<200).map { $0 < 100 ? 1.0 : 0 }
    let model = try forest.fit(Labeled(table, labels: labels), in: boostingContext()).model
    // 15 divisions of five categories into two parts; what goes left is the smaller part.
    #expect(Set(model.trees.map { $0.categorySets }).count >= 12)
  }
}
