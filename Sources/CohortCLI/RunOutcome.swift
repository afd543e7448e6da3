import Experiments
import Foundation
import Registry
import Reporting

/// How a finished run is told and which exit code it leads to.
struct RunOutcome {
  let summary: RunSummary
  let asksForGates: Bool
  /// Wall time.
  let seconds: Double
  /// Models that the study has put into the registry.
  var registered: [StudyRegistration.Registered] = []
  /// Why a file that a CI job reads could not be written; the run itself is none the worse for it.
  var unwritten: CommandError?

  /// Whether the study's gates were not held.
  var hasOpenGates: Bool { asksForGates && summary.ending != .complete }

  func show(_ output: OutputOptions) throws {
    for note in summary.notes { output.say("note: \(note)") }
    if let changes = summary.changes { output.say(changes.line) }
    if output.json {
      try JSONOutput.write(RunResult(self))
    } else {
      try Console.write(TerminalReport.render(summary.record))
      output.say(computed)
      if summary.sharing.steps > 0 { output.say(summary.sharing.sentence("saved")) }
      output.say("run: \(summary.directory.path)")
      for model in registered { output.say(model.sentence) }
      if let next { output.say("next: \(next)") }
    }
    guard let failure else { return }
    if let unwritten, shortfall != nil { Console.say("warning: \(unwritten)") }
    if failure.status == .gate, !output.json {
      Console.say(GateReport.missed(summary.record.gates))
    }
    throw failure
  }

  private var computed: String {
    let failed = summary.failedCount == 0 ? "" : ", \(summary.failedCount) failed"
    let took = "; took \(ProgressText.duration(seconds))"
    if summary.ending != .complete {
      return
        "stopped: \(summary.endedCount) of \(summary.trialCount) trials have ended\(failed)\(took)"
    }
    if summary.sharedCount > 0 {
      return "computed \(summary.computedCount) of \(summary.trialCount) trials, another runner "
        + "\(summary.sharedCount), \(summary.reusedCount) were on disk\(failed)\(took)"
    }
    return summary.computedCount == 0
      ? "nothing to compute: all \(summary.trialCount) trials are on disk\(failed)\(took)"
      : "computed \(summary.computedCount) of \(summary.trialCount) trials, "
        + "\(summary.reusedCount) were on disk\(failed)\(took)"
  }

  /// What to type next.
  var next: String? {
    if summary.ending != .complete { return "the same command goes on from here" }
    let runs = summary.directory.path
    if failure?.status == .gate { return "cohort runs show \(runs)" }
    if let model = registered.first {
      return "cohort models promote \(model.version.reference) --to champion"
    }
    guard let chosen = summary.record.experiments.lazy.compactMap(\.chosen).first else {
      return "cohort report \(runs)"
    }
    return "cohort score \(runs)/trials/\(chosen.trial.id)/model TABLE.csv -o scores.csv"
  }

  /// Why an experiment has no chosen trial: what its first trial lacks.
  private var noResult: String {
    let experiment = summary.record.experiments.first { $0.chosen == nil }
    let name = experiment?.id ?? summary.record.study
    guard let row = experiment?.leaderboard.first else { return "\(name) has no trial" }
    if row.trial.status == .stopped {
      return "no trial of \(name) ended in time; run again to go on"
    }
    if let reason = row.trial.reason {
      return "every trial of \(name) failed; the first: \(reason)"
    }
    // A warning of the fit often says why a metric is missing: no segment, or one alone.
    let missed = [row.unmet.first ?? "see the leaderboard"] + row.trial.warnings
    return "no trial of \(name) met the requirements; the first: \(missed.joined(separator: "; "))"
  }

  /// Nil if the command succeeds.
  var failure: CommandError? { shortfall ?? unwritten }

  /// What the run itself fell short of.
  private var shortfall: CommandError? {
    if summary.ending == .interrupted {
      return CommandError(
        Interrupts.status ?? .interrupted,
        "interrupted; \(summary.directory.path); finished trials are kept, run again to go on")
    }
    if summary.ending == .timeLimit && asksForGates {
      return CommandError(
        .gate, "the time limit stopped the run before its gates could be held; run again to go on")
    }
    if summary.exceedsFailureRate {
      return CommandError(
        .noResult,
        "\(summary.failedCount) of \(summary.trialCount) trials failed, more than "
          + "limits.max_failure_rate allows; reasons stand in the leaderboard")
    }
    if !summary.hasResult {
      return CommandError(.noResult, noResult)
    }
    let missed = summary.record.gates.filter { !$0.passed }
    guard let first = missed.first else { return nil }
    let others = missed.count == 1 ? "" : " (and \(missed.count - 1) more)"
    return CommandError(
      .gate, "gate \(first.metric) was not met; \(first.reason ?? "see gates.json")\(others)")
  }
}
