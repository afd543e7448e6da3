internal import Experiments
internal import Tabular

/// A comparison in words, tables and pictures: what text, Markdown and page have in common.
struct ComparisonView {
  struct Part {
    let anchor: String
    let heading: String
    var sentences: [String] = []
    var blocks: [Block] = []
  }

  /// A question within a part, with its answer.
  struct Block {
    let heading: String
    var sentences: [String] = []
    /// In every form.
    var tables: [TableView] = []
    /// On the page only, each with its figures as a table.
    var figures: [Figure] = []
    /// In text and Markdown only: on the page they stand with a picture.
    var drawnTables: [TableView] = []
  }

  /// Rows of a table that text and page list; the rest is in the JSON.
  static let listed = 40

  let title: String
  let summary: String
  let verdict: [String]
  let isGood: Bool
  let parts: [Part]

  init(_ comparison: Comparison) {
    let sides = comparison.sides
    let noun = comparison.kind == .runs ? "two runs" : "two models"
    title =
      sides.a.title == sides.b.title
      ? "\(sides.a.title): \(noun)" : "\(sides.a.title) and \(sides.b.title)"
    summary = "\(noun.capitalizedFirst): A is \(sides.a.name), B is \(sides.b.name)."
    isGood = comparison.brokenRules.isEmpty
    verdict = Self.verdict(comparison)
    var parts = [Self.rules(comparison), Self.question(comparison)].compactMap { $0 }
    if let data = comparison.data, !data.isSame { parts.append(Self.data(data)) }
    for (index, experiment) in comparison.experiments.enumerated() where !experiment.isSame {
      parts.append(ExperimentPart(experiment, anchor: "experiment-\(index + 1)").part)
    }
    if let model = comparison.model, !model.isSame { parts.append(Self.model(model)) }
    self.parts = parts
  }

  private static func verdict(_ comparison: Comparison) -> [String] {
    var sentences: [String] = []
    let broken = comparison.brokenRules.count
    if broken > 0 {
      sentences.append(
        "\(NumberFormat.count(broken)) of \(counted(comparison.rules.count, "check")) failed.")
    } else if !comparison.rules.isEmpty {
      sentences.append("B keeps every rule.")
    }
    if comparison.isSame { return sentences + ["There is no difference."] }
    for experiment in comparison.experiments {
      if let sentence = ExperimentPart.headline(experiment) { sentences.append(sentence) }
    }
    if let model = comparison.model {
      sentences.append(contentsOf: CandidateBlocks.headline(model.candidate, metric: nil))
    }
    if sentences.isEmpty { sentences.append("The results are the same; what was asked differs.") }
    return sentences
  }

  private static func rules(_ comparison: Comparison) -> Part? {
    guard !comparison.rules.isEmpty else { return nil }
    let hasExperiments = comparison.kind == .runs
    let table = TableView(
      columns: [.text("rule")] + (hasExperiments ? [.text("experiment")] : [])
        + [.text("metric"), .number("A"), .number("B"), .number("found"), .text("result")],
      rows: comparison.rules.map { outcome in
        let values = [outcome.a, outcome.b].map { $0.map { NumberFormat.significant($0) } ?? "–" }
        return [outcome.rule.text] + (hasExperiments ? [outcome.experiment ?? ""] : [])
          + ["\(outcome.split).\(outcome.metric)"] + values + [outcome.found, outcome.result]
      })
    return Part(anchor: "rules", heading: "Rules", blocks: [Block(heading: "", tables: [table])])
  }

  private static func question(_ comparison: Comparison) -> Part? {
    var changes = comparison.settings
    let sides = comparison.sides
    if sides.a.version != sides.b.version {
      changes.insert(
        SettingChange(path: "engine", a: sides.a.version, b: sides.b.version), at: 0)
    }
    guard !changes.isEmpty else { return nil }
    let heading = comparison.kind == .runs ? "What was asked" : "What the models were asked for"
    return Part(
      anchor: "settings", heading: heading,
      blocks: [Block(heading: "", tables: [settings(changes)])])
  }

  static func settings(_ changes: [SettingChange]) -> TableView {
    TableView(
      caption: omission(changes.count, "settings"),
      columns: [.text("setting"), .text("A"), .text("B")],
      rows: changes.prefix(listed).map { [$0.path, $0.a ?? "–", $0.b ?? "–"] })
  }

  /// Says that a table is cut; empty where it is not.
  static func omission(_ count: Int, _ noun: String = "entries") -> String {
    count > listed
      ? "The first \(listed) of \(NumberFormat.count(count)) \(noun); JSON has all of them" : ""
  }

  private static func data(_ data: DataChange) -> Part {
    var facts: [[String]] = []
    if data.fingerprint.differs {
      facts.append(["fingerprint", short(data.fingerprint.a), short(data.fingerprint.b)])
    }
    for (name, pair) in [("rows", data.rowCount), ("columns", data.columnCount)] where pair.differs
    {
      facts.append([name, NumberFormat.count(pair.a), NumberFormat.count(pair.b)])
    }
    var tables = [TableView(columns: [.text("table"), .text("A"), .text("B")], rows: facts)]
    if facts.isEmpty { tables = [] }
    if !data.columns.isEmpty {
      tables.append(
        TableView(
          caption: omission(data.columns.count, "columns"),
          columns: [.text("column"), .text("A"), .text("B")],
          rows: data.columns.prefix(listed).map { [$0.name, words($0.a), words($0.b)] }))
    }
    return Part(anchor: "data", heading: "Data", blocks: [Block(heading: "", tables: tables)])
  }

  private static func short(_ fingerprint: String) -> String { fingerprint.shortened(to: 20) }

  private static func words(_ column: DataRecord.ColumnRecord?) -> String {
    guard let column else { return "–" }
    let missing = column.missing == 0 ? "" : ", \(NumberFormat.count(column.missing)) missing"
    return "\(column.kind.rawValue), \(column.role)\(missing)"
  }

  private static func model(_ model: ArtifactComparison) -> Part {
    var blocks: [Block] = []
    var facts = model.facts
    if model.modelDigest.differs {
      facts.insert(
        SettingChange(
          path: "model digest", a: model.modelDigest.a.map(short),
          b: model.modelDigest.b.map(short)), at: 0)
    }
    if !facts.isEmpty { blocks.append(Block(heading: "Facts", tables: [settings(facts)])) }
    if !model.inputs.isEmpty {
      blocks.append(Block(heading: "Columns that the models take", tables: [inputs(model.inputs)]))
    }
    blocks += CandidateBlocks(model.candidate, anchor: "model", metric: nil).blocks
    return Part(anchor: "model", heading: "The models", blocks: blocks)
  }

  private static func inputs(_ changes: [ArtifactComparison.InputChange]) -> TableView {
    func levels(_ names: [String]) -> String {
      names.isEmpty ? "" : names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }
    return TableView(
      caption: omission(changes.count, "columns"),
      columns: [
        .text("column"), .text("A"), .text("B"), .text("levels only in A"),
        .text("levels only in B"),
      ],
      rows: changes.prefix(listed).map {
        [$0.name, $0.a ?? "–", $0.b ?? "–", levels($0.levelsOnlyInA), levels($0.levelsOnlyInB)]
      })
  }
}

/// A count with its noun.
func counted(_ count: Int, _ noun: String) -> String {
  "\(NumberFormat.count(count)) \(noun)\(count == 1 ? "" : "s")"
}

extension RuleOutcome {
  private func text(_ value: Double) -> String {
    rule.isRelative
      ? NumberFormat.significant(value * 100, digits: 3) + "%"
      : NumberFormat.significant(value, digits: 3)
  }

  /// What was held against the limit, in the rule's unit.
  var found: String {
    guard let amount else { return "–" }
    return rule.change.map { "\($0.rawValue) \(text(amount))" } ?? text(amount)
  }

  var result: String {
    guard isBroken else { return "kept" }
    guard let amount else {
      let lacking = b == nil ? "B" : rule.change != nil && a == nil ? "A" : nil
      return lacking.map { "failed: not measured in \($0)" } ?? "failed"
    }
    return rule.change == nil ? "failed" : "failed by \(text(max(0, amount - rule.limit)))"
  }
}
