internal import Experiments

/// Sizes, cut, importance and coefficients side by side.
struct FigureBlocks {
  /// Columns that a picture shows.
  private static let drawn = 20

  private let figures: [FigureComparison]
  private let anchor: String

  init(_ figures: [FigureComparison], anchor: String) {
    self.figures = figures
    self.anchor = anchor
  }

  var blocks: [ComparisonView.Block] {
    [whole].compactMap { $0 }
      + [
        block(.segmentSize, "Sizes of the segments", "place by size", "rows"),
        block(
          .permutationImportance, "Importance of the columns", "column",
          "fall of the ROC AUC when the column is shuffled"),
        block(.fittedImportance, "Importance within the fit", "column", "share"),
        block(.coefficient, "Coefficients", "feature", "log-odds per unit"),
      ].compactMap { $0 }
  }

  private func own(_ kind: FigureComparison.Kind) -> [FigureComparison] {
    figures.filter { $0.kind == kind }
  }

  private var whole: ComparisonView.Block? {
    let rows = (own(.modelBytes) + own(.cut)).map { figure in
      let name = figure.kind == .cut ? "cut" : "size of the model"
      return [name] + [figure.a, figure.b].map { Self.text($0, figure.kind) }
    }
    guard !rows.isEmpty else { return nil }
    return .init(
      heading: "Size and cut",
      tables: [TableView(columns: [.text("figure"), .number("A"), .number("B")], rows: rows)])
  }

  /// The greatest figures first.
  private func block(
    _ kind: FigureComparison.Kind, _ heading: String, _ noun: String, _ axis: String
  ) -> ComparisonView.Block? {
    let all = own(kind)
    // What one side alone has stands beside nothing.
    guard all.contains(where: { $0.a != nil }), all.contains(where: { $0.b != nil }) else {
      return nil
    }
    let isOrdered = kind == .segmentSize
    let ranked =
      isOrdered
      ? all
      : all.enumerated().sorted { (-$0.element.size, $0.offset) < (-$1.element.size, $1.offset) }
        .map(\.element)
    let table = TableView(
      caption: ComparisonView.omission(all.count),
      columns: [.text(noun), .number("A"), .number("B"), .number("B − A")],
      rows: ranked.prefix(ComparisonView.listed).map { figure in
        [figure.name] + [figure.a, figure.b].map { Self.text($0, kind) }
          + [figure.change.map { ($0 < 0 ? "" : "+") + Self.text($0, kind) } ?? "–"]
      })
    let plot = DumbbellPlot(
      heading: heading, axis: axis,
      rows: ranked.prefix(Self.drawn).map { ($0.name, $0.a, $0.b) })
    return .init(
      heading: heading, figures: [plot.figure(id: "\(anchor)-\(kind.rawValue)", table: table)],
      drawnTables: [table])
  }

  private static func text(_ value: Double?, _ kind: FigureComparison.Kind) -> String {
    guard let value else { return "–" }
    switch kind {
    case .modelBytes: return NumberFormat.bytes(Int(exactly: value) ?? 0)
    case .fittedImportance: return NumberFormat.percent(value)
    case .segmentSize: return NumberFormat.significant(value)
    default: return NumberFormat.significant(value, digits: 3)
    }
  }
}

extension FigureComparison {
  fileprivate var size: Double { max(abs(a ?? 0), abs(b ?? 0)) }
  fileprivate var change: Double? { a.flatMap { a in b.map { $0 - a } } }
}
