internal import Experiments

/// A segment as a page shows it: aggregates, each with what it is compared with.
struct SegmentCard {
  let name: String
  /// The number that scoring writes, in words.
  let number: String
  let color: String
  /// Size, share and value.
  let facts: [String]
  /// Empty where nothing sets the segment apart, or it has too few rows to show it.
  let drivers: [TableView]
  /// Said in the place of drivers.
  let remark: String
  /// One element where a tree describes the segment.
  let rule: [Rule]
  /// One element where there are rows enough.
  let portrait: [TableView]

  struct Rule {
    let alternatives: [String]
    let strength: String
  }
}

extension Segments {
  /// Rows of a card's tables.
  private static let drivers = 6
  private static let traits = 12

  var usefulness: ClusteringEvidence.Usefulness? { evidence.usefulness }

  private func card(_ segment: Int) -> ClusteringEvidence.SegmentCard? {
    guard let cards = usefulness?.cards, cards.indices.contains(segment) else { return nil }
    return cards[segment]
  }

  /// A segment's name with its number; the number alone without a name.
  func title(_ segment: Int) -> String { card(segment)?.name ?? segmentName(segment) }

  /// The largest segments, in the order of mean value where there is one, else by number.
  var cards: [SegmentCard] {
    let worth = shown.map { segment in card(segment)?.meanValue ?? -.infinity }
    return shown.indices.sorted { (worth[$1], $0) < (worth[$0], $1) }.map { show(shown[$0]) }
  }

  private func show(_ segment: Int) -> SegmentCard {
    let card = card(segment)
    let hidesRows = evidence.sizes[segment] >= ClusteringEvidence.SegmentCard.leastRows
    let drivers = hidesRows ? driverTable(segment) : nil
    return SegmentCard(
      name: card?.name ?? "Segment \(segment)",
      number: card == nil ? "" : "segment \(segment)",
      color: Palette.color(ofSegment: segment), facts: facts(segment, card),
      drivers: drivers.map { [$0] } ?? [],
      remark: drivers != nil
        ? ""
        : hidesRows
          ? "Close to the overall average in every feature."
          : "Fewer than \(ClusteringEvidence.SegmentCard.leastRows) rows: too few to describe "
            + "without showing single customers.",
      rule: usefulness?.rules == nil ? [] : card.map { [rule($0.rule)] } ?? [],
      portrait: card.flatMap(portrait).map { [$0] } ?? [])
  }

  private func facts(
    _ segment: Int, _ card: ClusteringEvidence.SegmentCard?
  ) -> [String] {
    let count = evidence.sizes[segment]
    let size =
      "\(NumberFormat.count(count)) \(count == 1 ? "row" : "rows"), "
      + NumberFormat.percent(share(count))
    guard let mean = card?.meanValue, let value = usefulness?.value else { return [size] }
    let index = value.mean > 0 && mean >= 0 ? ", index \(Self.index(mean, value.mean))" : ""
    let part = card?.valueShare.map { ", \(NumberFormat.percent($0)) of the total" } ?? ""
    return [
      size,
      "mean \(value.column) \(NumberFormat.significant(mean, digits: 3))\(index)\(part)",
    ]
  }

  private static func index(_ value: Double, _ overall: Double) -> String {
    NumberFormat.significant((100 * value / overall).rounded(), digits: 3)
  }

  private func driverTable(_ segment: Int) -> TableView? {
    let drivers = evidence.profile.drivers(of: segment)
    guard !drivers.isEmpty else { return nil }
    return TableView(
      columns: [
        .text("sets it apart"), .number("here"), .number("all"), .number("index"),
        .number("effect"),
      ],
      rows: drivers.prefix(Self.drivers).map { driver in
        [
          driver.feature.shortened(to: 40), driver.text(driver.segments[segment]),
          driver.text(driver.overall),
          driver.index(in: segment).map {
            NumberFormat.significant($0.rounded(), digits: 3)
          } ?? "–",
          driver.difference(in: segment).map(Self.signed) ?? "–",
        ]
      })
  }

  private static func signed(_ difference: Double) -> String {
    let text = NumberFormat.significant(abs(difference), digits: 2)
    return (difference < 0 ? "−" : "+") + text
  }

  private func rule(_ rule: ClusteringEvidence.SegmentRule) -> SegmentCard.Rule {
    let figures = [("precision", rule.precision), ("recall", rule.recall)].compactMap {
      name, value in
      value.map { "\(name) \(NumberFormat.percent($0))" }
    }
    guard !rule.alternatives.isEmpty else {
      return SegmentCard.Rule(
        alternatives: [], strength: "No rule: the tree gives all its answers to other segments.")
    }
    return SegmentCard.Rule(
      alternatives: rule.alternatives.enumerated().map { place, text in
        (place > 0 ? "or " : "") + text.shortened(to: 300)
      },
      strength: figures.joined(separator: " · "))
  }

  /// Typical rows beside those at the edge, of the features that set the segment apart first.
  private func portrait(_ card: ClusteringEvidence.SegmentCard) -> TableView? {
    guard let typical = card.typical, !typical.isEmpty else { return nil }
    let leading = evidence.profile.drivers(of: card.segment).map(\.column)
    let ordered =
      leading.compactMap { name in typical.first { $0.feature == name } }
      + typical.filter { !leading.contains($0.feature) }
    let edge = card.edge.map { edge in
      TableView.Column.number("edge", hint: "\(NumberFormat.count(edge.rowCount)) rows")
    }
    return TableView(
      columns: [.text("feature"), .number("typical")] + [edge].compactMap { $0 },
      rows: ordered.prefix(Self.traits).map { trait in
        let outer = card.edge.map { edge in
          edge.traits.first { $0.feature == trait.feature }?.text ?? "–"
        }
        return [trait.feature.shortened(to: 40), trait.text] + [outer].compactMap { $0 }
      })
  }

  /// The segments in a line each, for texts.
  var lines: [(title: String, sentences: [String])] {
    guard usefulness != nil else { return [] }
    return cards.prefix(12).map { card in
      let drivers = card.drivers.flatMap(\.rows).prefix(3).map { row in
        "\(row.cells[0].content) \(row.cells[1].content) (all \(row.cells[2].content))"
      }
      let rule = card.rule.map { rule in
        rule.alternatives.isEmpty
          ? rule.strength
          : "Rule: \(rule.alternatives.joined(separator: "; ")) (\(rule.strength))."
      }
      let traits = drivers.isEmpty ? card.remark : drivers.joined(separator: ", ") + "."
      return (
        "\(card.number): \(card.name)",
        [card.facts.joined(separator: "; ") + ".", traits] + rule
      )
    }
  }
}

extension ClusteringEvidence.Trait {
  /// The median, or the level with its share.
  fileprivate var text: String {
    if let median { return NumberFormat.significant(median, digits: 3) }
    guard let level else { return "–" }
    return level.shortened(to: 30) + (share.map { " \(NumberFormat.percent($0))" } ?? "")
  }
}

/// The tree that re-creates the segments, in a sentence and as SQL.
struct RuleBox {
  let sentences: [String]
  let sql: String

  /// Nil without a tree.
  init?(_ evidence: ClusteringEvidence) {
    guard let rules = evidence.usefulness?.rules else { return nil }
    let rows = NumberFormat.count(rules.rowCount)
    let sample =
      rules.sampledFrom.map { "a sample of \(rows) of \(NumberFormat.count($0)) rows" }
      ?? "all \(rows) rows"
    let groups = evidence.sizes.count { $0 > 0 } + (evidence.noiseCount > 0 ? 1 : 0)
    let found = rules.balancedAccuracy.map { accuracy in
      "finds \(NumberFormat.percent(accuracy)) of the rows of a segment on average, where guessing "
        + "finds \(NumberFormat.percent(1 / Double(max(groups, 1))))"
    }
    sentences = [
      "A tree of at most three questions, learnt from \(sample), "
        + (found.map { "\($0); every row was asked by a tree that had not seen it (five folds)." }
          ?? "was not measured: there are too few rows."),
      "Precision is the share of the rows a rule takes that belong to the segment, recall the share "
        + "of the segment that the rule takes.",
    ]
    sql = rules.sql
  }
}
