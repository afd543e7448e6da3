internal import Experiments

/// What a classifier costs: a column of the leaderboard.
struct TrialCost: Sendable {
  let column: TableView.Column
  /// Nil where it was not recorded.
  let text: @Sendable (TrialRecord, ExperimentRecord) -> String?

  /// The costs that some trial has a record of.
  static func known(in experiment: ExperimentRecord) -> [Self] {
    all.filter { cost in
      experiment.leaderboard.contains { cost.text($0.trial, experiment) != nil }
    }
  }

  private static let all = [
    Self(column: .number("time", hint: "of the trial")) { trial, experiment in
      experiment.timings[trial.id].map { NumberFormat.duration(seconds: $0.seconds) }
    },
    Self(column: .number("p99", hint: "one row, warm")) { trial, experiment in
      experiment.timings[trial.id]?.secondsPerRow.map { NumberFormat.duration(seconds: $0) }
    },
    Self(column: .number("size", hint: "of the model")) { trial, experiment in
      experiment.classification[trial.id].map { NumberFormat.bytes($0.modelBytes) }
    },
  ]
}
