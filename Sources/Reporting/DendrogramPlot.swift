internal import Experiments
internal import Learning

/// The last merges of a hierarchy: which groups join, how far apart they are, and where it was cut.
struct DendrogramPlot {
  let tree: Dendrogram
  let layout: DendrogramLayout
  /// How distances between groups are taken, such as `ward`; nil if the trial does not say.
  let linkage: String?

  init?(_ tree: Dendrogram?, of trial: TrialRecord) {
    guard let tree, let layout = DendrogramLayout(tree) else { return nil }
    self.tree = tree
    self.layout = layout
    linkage = trial.stages.last?.parameters["linkage"]?.description
  }

  private var rowCount: Int { tree.leaves.map(\.rowCount).reduce(0, +) }

  /// Where the cut is and how far it could be moved without another result.
  var sentence: String {
    guard let cut = tree.cut, cut.isFinite else {
      return "No single height between two merges gives these segments."
    }
    let text = NumberFormat.significant(cut, digits: 3)
    let below = tree.merges.map(\.height).filter { $0 <= cut }.max()
    let above = tree.merges.map(\.height).filter { $0 > cut }.min()
    guard let above else { return "The tree is cut at \(text), above its last merge." }
    let upper = NumberFormat.significant(above, digits: 3)
    guard let below else {
      return "The tree is cut at \(text); up to \(upper) the cut gives the same segments."
    }
    let lower = NumberFormat.significant(below, digits: 3)
    return "The tree is cut at \(text); anywhere from \(lower) to \(upper) the cut gives the same "
      + "segments."
  }

  func figure(id: String) -> Figure {
    let drawn = NumberFormat.count(tree.merges.count)
    let total = NumberFormat.count(max(tree.merges.count, rowCount - 1))
    let which =
      total == "1"
      ? "One merge"
      : drawn == total ? "All \(total) merges" : "The last \(drawn) of \(total) merges"
    return Figure(
      heading: "Dendrogram",
      statement: "\(which) over \(NumberFormat.count(tree.leaves.count)) groups of "
        + "all \(NumberFormat.count(rowCount)) rows. \(sentence)",
      reading: "Two groups join where their lines meet: the longer the lines, the more they stand "
        + "apart. Beside each group stand its segment and its rows; the dashed line is the cut.",
      isWide: false, charts: [chart(id: id)], tables: [table])
  }

  var axisTitle: String {
    "distance at which groups join" + (linkage.map { " (\($0) linkage)" } ?? "")
  }

  /// The segment and the rows of a leaf: `3 · 1,234`.
  func label(_ leaf: Dendrogram.Leaf) -> String {
    "\(name(leaf.segment)) · \(NumberFormat.count(leaf.rowCount))"
  }

  private func name(_ segment: Int?) -> String {
    segment.map { $0 < 0 ? "unassigned" : "\($0)" } ?? "several"
  }

  private var table: TableView {
    let leafCount = tree.leaves.count
    let merges = tree.merges.enumerated().reversed().enumerated().map { place, entry in
      let (index, merge) = entry
      let sides = [merge.left, merge.right].map { layout.nodes[$0] }
      return [
        NumberFormat.count(place + 2), NumberFormat.significant(merge.height),
        NumberFormat.count(layout.nodes[leafCount + index].rowCount),
        sides.map { "\(name($0.segment)) · \(NumberFormat.count($0.rowCount))" }
          .joined(separator: " with "),
      ]
    }
    return TableView(
      caption: "Merges from the top",
      columns: [
        .number("groups below it"), .number("distance"), .number("rows joined"),
        .text("segment · rows"),
      ],
      rows: merges)
  }
}
