import Experiments
import Learning
import Reporting
import Testing

struct CondensedTreePlotTests {
  private func reading(_ clusters: [CondensedTreeOutline.Cluster]) throws -> PageReading {
    try PageReading(
      ModelFixture.run(changing: "hdbscan") {
        $0.diagnostics.condensedTree = CondensedTreeOutline(clusters: clusters)
      })
  }

  /// Left and right edges of the cluster drawn as number `index`, by density.
  private func edges(_ index: Double) throws -> [[Double]] {
    try PageReading(ModelFixture.run).chart("-tree").rows
      .filter { $0["c"] as? Double == index }
      .map { row in ["y", "a", "b"].map { row[$0] as? Double ?? .nan } }
  }

  @Test func `clusters hang side by side below their parent, as wide as their rows`() throws {
    // Ten rows, then nine: centred on 5. Six and three rows share the nine from 0.5 to 9.5.
    #expect(try edges(0) == [[0.5, 0, 10], [0.5, 0.5, 9.5], [1, 0.5, 9.5]])
    #expect(try edges(1) == [[1, 0.5, 6.5], [2, 1.5, 5.5], [4, 3, 4], [4, 3, 4]])
    #expect(try edges(2) == [[1, 6.5, 9.5], [3, 7.5, 8.5], [3, 7.5, 8.5]])
  }

  @Test func `segments have their colours, what is above them the background's`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-tree")
    let color = chart.scale("color")
    #expect(color["domain"] as? [Double] == [-1, 0, 1])
    #expect(color["range"] as? [String] == ["#8A8F98", "#4477AA", "#EE6677"])
    let names = chart.layers.flatMap(PageReading.Spec.values).compactMap { $0["t"] as? String }
    #expect(names == ["0", "1"])
  }

  @Test func `density rises downwards and axes are named`() throws {
    let chart = try PageReading(ModelFixture.run).chart("-tree")
    #expect(chart.scale("y")["domain"] as? [Double] == [0.5, 4])
    #expect(chart.scale("y")["reverse"] as? Bool == true)
    #expect(chart.titles("y").contains("λ = 1 / distance"))
    #expect(chart.titles("x").contains("rows"))
  }

  @Test func `the table names stability, segments first`() throws {
    let rows = try PageReading(ModelFixture.run).rows(after: "Condensed tree")
    #expect(
      rows.dropFirst() == [
        ["0", "6", "1", "4", "12", "1", "0"], ["1", "3", "1", "3", "5", "2", "0"],
        ["–", "10", "0", "1", "9.500", "0", "–"],
      ])
    #expect(
      try PageReading(ModelFixture.run).text.contains(
        "Of 3 clusters of the density tree 2 are segments."))
  }

  @Test func `copies end at infinite density and are drawn inside the frame`() throws {
    let clusters = [
      CondensedTreeOutline.Cluster(
        id: 0, parent: nil, birth: 0, death: 2, rowCount: 8, stability: 1, segment: nil, widths: []),
      .init(
        id: 1, parent: 0, birth: 2, death: .infinity, rowCount: 8, stability: .infinity, segment: 0,
        widths: [.init(lambda: .infinity, rowCount: 0)]),
    ]
    let reading = try reading(clusters)
    let chart = try reading.chart("-tree")
    #expect(chart.rows.allSatisfy { $0["y"] is Double })
    #expect(
      try reading.rows(after: "Condensed tree").contains(["0", "8", "2", "∞", "∞", "1", "0"]))
  }

  @Test func `a tree without a root is not drawn`() throws {
    let orphan = CondensedTreeOutline.Cluster(
      id: 3, parent: 9, birth: 1, death: 2, rowCount: 4, stability: 1, segment: 0, widths: [])
    #expect(try !reading([orphan]).hasChart("-tree"))
    #expect(try !reading([]).hasChart("-tree"))
  }

  @Test func `a hundred clusters of fifty points are thinned`() throws {
    let widths = (1...50).map { CondensedTreeOutline.Width(lambda: Double($0), rowCount: 100 - $0) }
    let clusters = (0..<100).map { id in
      CondensedTreeOutline.Cluster(
        id: id, parent: id == 0 ? nil : id - 1, birth: Double(id) / 4, death: 51, rowCount: 100,
        stability: 1, segment: id == 99 ? 0 : nil, widths: widths)
    }
    let rows = try reading(clusters).chart("-tree").rows
    // 1,500 points for one experiment, and both ends of every cluster.
    #expect(rows.count <= 1_500 + 2 * 100)
  }
}
