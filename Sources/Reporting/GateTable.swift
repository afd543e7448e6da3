internal import Experiments

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
        .text("gate"), .number("least"), .number("most"), .number("measured"), .text("result"),
      ],
      rows: gates.map { gate in
        let bounds = [gate.min, gate.max, gate.value].map { bound in
          bound.map { NumberFormat.significant($0) } ?? "–"
        }
        return [gate.metric] + bounds + [gate.passed ? "met" : "not met: \(gate.reason ?? "")"]
      })
  }
}
