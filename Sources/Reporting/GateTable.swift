internal import Evaluation
public import Experiments

/// The gates of a study and how they ended.
struct GateTable {
  let verdict: String
  let areAllPassed: Bool
  let table: TableView

  /// Nil for a run without gates.
  init?(_ gates: [GateRecord]) {
    guard !gates.isEmpty else { return nil }
    let missed = gates.count { !$0.passed }
    areAllPassed = missed == 0
    verdict =
      missed == 0
      ? "Every gate of the study is met."
      : "\(NumberFormat.count(missed)) of \(NumberFormat.count(gates.count)) gates are not met."
    table = TableView(
      columns: [
        .text("gate"), .text("required"), .number("measured"), .text("interval"),
        .number("short by"), .text("result"),
      ],
      rows: gates.map { gate in
        let reason = gate.reason.map { ": \($0)" } ?? ""
        return [
          gate.metric, gate.required, gate.measured, gate.range,
          gate.shortfall.map { NumberFormat.significant($0, digits: 3) } ?? "–",
          (gate.passed ? "met" : "not met") + reason,
        ]
      })
  }
}

/// Gates as a terminal shows them.
public enum GateReport {
  /// A line per gate that was not met, below the verdict: what was required, what was measured and how much is missing.
  public static func missed(_ gates: [GateRecord]) -> String {
    guard let table = GateTable(gates.filter { !$0.passed }) else { return "" }
    let verdict = GateTable(gates)?.verdict ?? table.verdict
    return ([verdict] + TerminalReport.columns(table.table)).joined(separator: "\n")
  }
}

extension GateRecord {
  /// `≥ 0.75`, `change ≥ -1% against shop@champion`: as the study has it, whatever was measured.
  var required: String {
    let figure = by == .interval ? "interval " : ""
    guard let reference else {
      return figure + Self.bounds(min.map(Self.plain), max.map(Self.plain))
    }
    let bounds = Self.bounds(
      reference.minChange.map(Self.plain), reference.maxChange.map(Self.plain))
    return "\(figure)change \(bounds) against \(reference.vs)"
  }

  private static func bounds(_ min: String?, _ max: String?) -> String {
    [min.map { "≥ \($0)" }, max.map { "≤ \($0)" }].compactMap { $0 }.joined(separator: " and ")
  }

  private static func plain(_ change: Study.Gate.Change) -> String {
    change.isRelative ? plain(100 * change.amount) + "%" : plain(change.amount)
  }

  /// As a study would write it.
  private static func plain(_ value: Double) -> String {
    let text = "\(NumberFormat.rounded(value, digits: 6))"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The value; of a gate that compares, with the reference's.
  var measured: String {
    guard let value else { return "–" }
    let text = Self.short(value)
    guard let before = reference?.value else { return text }
    return "\(text) after \(Self.short(before))"
  }

  /// The interval of what is held against the bounds.
  var range: String {
    guard let interval else { return "–" }
    let ends = "\(Self.short(interval.lower)) to \(Self.short(interval.upper))"
    guard let reference else { return ends }
    let isPaired = reference.method == .delong || reference.method == .pairedBootstrap
    return "change \(ends), \(isPaired ? "paired" : "unpaired")"
  }

  private static func short(_ value: Double) -> String { NumberFormat.significant(value) }
}
