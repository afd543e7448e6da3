import Experiments
import Learning
import Reporting
import Testing

struct DendrogramPlotTests {
  private let reading: PageReading

  init() throws { reading = try PageReading(ModelFixture.run) }

  /// A fixture whose hierarchy left another tree.
  private func reading(_ tree: Dendrogram) throws -> PageReading {
    try PageReading(
      ModelFixture.run(changing: "hierarchical") { $0.diagnostics.dendrogram = tree })
  }

  @Test func `links stand midway between the nodes they join`() throws {
    let chart = try reading.chart("-dendrogram")
    // Slots: leaves 0, 2, 1, 3 from the top, so the two first merges stand at 0.5 and 2.5.
    #expect(chart.numbers("h") == [1, 1.5, 6])
    #expect(chart.numbers("a") == [0, 2, 0.5])
    #expect(chart.numbers("b") == [1, 3, 2.5])
    #expect(chart.numbers("g") == [0, 0, 1])
    #expect(chart.numbers("i") == [0, 0, 1.5])
  }

  @Test func `links have the colour of their segment, above the cut the ink's`() throws {
    let chart = try reading.chart("-dendrogram")
    #expect(chart.numbers("s") == [0, 1, -2])
    let color = chart.scale("color")
    #expect(color["domain"] as? [Double] == [0, 1, -2])
    #expect(color["range"] as? [String] == ["#4477AA", "#EE6677", "currentColor"])
  }

  @Test func `leaves are labelled with segment and rows in the order of the tree`() throws {
    let chart = try reading.chart("-dendrogram")
    let labels = chart.layers.map(PageReading.Spec.values).first { $0.first?["t"] != nil }
    #expect(labels?.compactMap { $0["t"] as? String } == ["0 · 3", "0 · 4", "1 · 2", "1 · 1"])
  }

  @Test func `the cut is a line and a sentence with its room`() throws {
    let chart = try reading.chart("-dendrogram")
    #expect(chart.layers.contains { PageReading.Spec.values($0).first?["t"] as? String == "cut 3" })
    #expect(
      reading.text.contains(
        "The tree is cut at 3; anywhere from 1.50 to 6 the cut gives the same segments."))
  }

  @Test func `the axis names the linkage and the statement the merges left out`() throws {
    let titles = try reading.chart("-dendrogram").titles("x")
    #expect(titles.contains("distance at which groups join (average linkage)"))
    #expect(reading.text.contains("The last 3 of 9 merges over 4 groups of all 10 rows."))
  }

  @Test func `the table undoes the merges from the top`() throws {
    #expect(
      try reading.rows(after: "Dendrogram").dropFirst() == [
        ["2", "6", "10", "0 · 7 with 1 · 3"], ["3", "1.500", "3", "1 · 2 with 1 · 1"],
        ["4", "1", "7", "0 · 3 with 0 · 4"],
      ])
  }

  @Test func `no two links of a large tree cross`() throws {
    let chart = try reading(Self.randomTree(leaves: 60)).chart("-dendrogram")
    let links = chart.rows.map { row in
      ["a", "b", "g", "h", "i"].map { row[$0] as? Double ?? .nan }
    }
    #expect(links.count == 59)
    for (index, link) in links.enumerated() {
      let sides = [(link[0], link[2]), (link[1], link[4])]
      for (other, crossed) in links.enumerated() where other != index {
        let (low, high) = (min(crossed[0], crossed[1]), max(crossed[0], crossed[1]))
        for (position, start) in sides {
          let meets =
            low < position && position < high && start < crossed[3] && crossed[3] < link[3]
          #expect(!meets)
        }
      }
    }
  }

  /// Two random open nodes join until one is left.
  private static func randomTree(leaves count: Int) -> Dendrogram {
    var noise = RunFixture.Noise(11)
    var open = Array(0..<count)
    var merges: [Dendrogram.Merge] = []
    while open.count > 1 {
      let left = open.remove(at: Int(noise.next() * Double(open.count)))
      let right = open.remove(at: Int(noise.next() * Double(open.count)))
      open.append(count + merges.count)
      merges.append(.init(left: left, right: right, height: Double(merges.count + 1)))
    }
    let leaves = (0..<count).map { Dendrogram.Leaf(rowCount: $0 + 1, segment: $0 % 9) }
    return Dendrogram(leaves: leaves, merges: merges, cut: nil)
  }

  @Test func `a chain of any depth has its place`() throws {
    let count = 2_000
    let merges = (0..<(count - 1)).map { index in
      Dendrogram.Merge(
        left: index == 0 ? 0 : count + index - 1, right: index + 1, height: Double(index + 1))
    }
    let leaves = (0..<count).map { _ in Dendrogram.Leaf(rowCount: 1, segment: nil) }
    let tree = Dendrogram(leaves: leaves, merges: merges, cut: nil)
    #expect(try reading(tree).hasChart("-dendrogram"))
    #expect(try reading(tree).text.contains("No single height between two merges"))
  }

  @Test(arguments: [
    [(0, 0)], [(0, 2)], [(0, 5)], [(-1, 1)], [], [(0, 1), (0, 1)],
  ])
  func `what is not a tree over its leaves is not drawn`(pairs: [(Int, Int)]) throws {
    let leaves = (0..<2).map { _ in Dendrogram.Leaf(rowCount: 1, segment: 0) }
    let merges = pairs.map { Dendrogram.Merge(left: $0.0, right: $0.1, height: 1) }
    let tree = Dendrogram(leaves: leaves, merges: merges, cut: 0.5)
    #expect(try !reading(tree).hasChart("-dendrogram"))
  }

  @Test func `leaves of several segments and of none say so`() throws {
    let tree = Dendrogram(
      leaves: [.init(rowCount: 3, segment: nil), .init(rowCount: 2, segment: -1)],
      merges: [.init(left: 0, right: 1, height: 2)], cut: 5)
    let reading = try reading(tree)
    #expect(
      try reading.rows(after: "Dendrogram").last == [
        "2", "2", "5", "several · 3 with unassigned · 2",
      ]
    )
    #expect(reading.text.contains("The tree is cut at 5, above its last merge."))
    #expect(reading.text.contains("The last 1 of 4 merges over 2 groups of all 5 rows."))
  }
}
