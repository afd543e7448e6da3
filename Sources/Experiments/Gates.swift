internal import Learning

/// How one gate ended (`gates.json`).
public struct GateRecord: Hashable, Sendable, Codable {
  /// As a study writes it: `experiment.metric` or `experiment.split.metric`.
  public let metric: String
  public let min: Double?
  public let max: Double?
  /// The measured value of the chosen trial; nil if there is none.
  public let value: Double?
  public let passed: Bool
  /// Why the gate was not met; nil if it was.
  public let reason: String?
}

extension GateRecord {
  /// Holds a gate against the chosen trial of its experiment.
  init(_ gate: Study.Gate, experiments: [ExperimentRecord]) {
    metric = [gate.experiment, gate.split, gate.threshold.metric].compactMap { $0 }
      .joined(separator: ".")
    min = gate.threshold.min
    max = gate.threshold.max
    let chosen = experiments.first { $0.id == gate.experiment }?.chosen
    value =
      chosen?.trial.metrics.first {
        $0.name == gate.threshold.metric && (gate.split == nil || $0.split == gate.split)
      }?.value
    reason =
      chosen == nil
      ? "no trial of \(gate.experiment) is eligible" : gate.threshold.miss(value)
    passed = reason == nil
  }
}
