import ArgumentParser
import Experiments
import Foundation
import Numerical
import Reporting

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Compute what is missing of a study; write the leaderboard and the report.",
    discussion: """
      Running again computes only what is missing, also after a kill; the same command started twice \
      shares the work. Results do not depend on --threads, --jobs and --isolate.

      EXAMPLES
        cohort run experiments/bank-segments.yaml
        cohort run study.yaml -S seed=7 -S experiments.segments.metrics=[silhouette,dunn]

      EXIT CODES
        0 done, 2 invalid study, 3 a gate was not met, 4 the data broke its contract, 5 no result or \
      too many failures, 7 out of disk or permission, 8 another run is in the way, 130 interrupted
      """)

  @OptionGroup var study: StudyOptions
  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Compute every trial again.")
  var force = false

  @Option(help: "Start no further trial after so many seconds.")
  var timeLimit: Double?

  @Option(help: "Skip fits that need more memory, such as 8GB (default: what the machine has).")
  var memory: String?

  func validate() throws {
    if let memory, MemorySize(memory) == nil {
      throw ValidationError("--memory must be \(MemorySize.domain), found \(memory)")
    }
    if let timeLimit, !(timeLimit > 0 && timeLimit.isFinite) {
      throw ValidationError("--time-limit must be a number of seconds above 0")
    }
  }

  func run() throws {
    Interrupts.catchStopRequests()
    var file = try study.read()
    if let memory = memory.flatMap(MemorySize.init) { file.study.limits.memory = memory.bytes }
    if let timeLimit { file.study.limits.timeLimit = timeLimit }
    if execution.worker { return try work(file) }
    let pool = try compute.makePool()
    let progress = ProgressLine(output)
    let environment = environment(
      on: pool, isolation: isolation(for: file.study, threads: pool.threadCount),
      onProgress: { progress.show($0) })
    let summary = try Runner(environment).run(file, in: runs.runs, force: force)
    progress.end()
    try RunReport(summary.directory, say: output.say).write(summary.record)
    try RunOutcome(summary: summary, asksForGates: !file.study.gates.isEmpty).show(output)
  }
}

/// How a finished run is told and which exit code it leads to.
private struct RunOutcome {
  let summary: RunSummary
  let asksForGates: Bool

  func show(_ output: OutputOptions) throws {
    for note in summary.notes { output.say("note: \(note)") }
    if let changes = summary.changes { output.say(changes.line) }
    if output.json {
      try JSONOutput.write(RunResult(summary))
    } else {
      try Console.write(TerminalReport.render(summary.record))
      output.say(computed)
      output.say("run: \(summary.directory.path)")
      output.say("next: \(next)")
    }
    if let status { throw status }
  }

  private var computed: String {
    let failed = summary.failedCount == 0 ? "" : ", \(summary.failedCount) failed"
    if summary.ending != .complete {
      return
        "stopped: \(summary.computedCount + summary.reusedCount + summary.sharedCount) of \(summary.trialCount) trials "
        + "have ended\(failed)"
    }
    if summary.sharedCount > 0 {
      return "computed \(summary.computedCount) of \(summary.trialCount) trials, another runner "
        + "\(summary.sharedCount), \(summary.reusedCount) were on disk\(failed)"
    }
    return summary.computedCount == 0
      ? "nothing to compute: all \(summary.trialCount) trials are on disk\(failed)"
      : "computed \(summary.computedCount) of \(summary.trialCount) trials, "
        + "\(summary.reusedCount) were on disk\(failed)"
  }

  private var next: String {
    if summary.ending != .complete { return "the same command goes on from here" }
    guard let chosen = summary.record.experiments.lazy.compactMap(\.chosen).first else {
      return "cohort report \(summary.directory.path)"
    }
    let model = "\(summary.directory.path)/trials/\(chosen.trial.id)/model"
    return "cohort score \(model) TABLE.csv -o scores.csv"
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

  private var status: CommandError? {
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
    if let missed = summary.record.gates.first(where: { !$0.passed }) {
      return CommandError(
        .gate, "gate \(missed.metric) was not met; \(missed.reason ?? "see gates.json")")
    }
    return nil
  }
}

/// What `cohort run --json` prints.
private struct RunResult: Encodable {
  let run: String
  let trials: Int
  let computed: Int
  let reused: Int
  /// By other runners of the study in the meantime.
  let shared: Int
  let failed: Int
  let changes: StudyChanges?
  let complete: Bool
  let gates: [GateRecord]
  let chosen: [LeaderboardRow]

  init(_ summary: RunSummary) {
    run = summary.directory.path
    trials = summary.trialCount
    computed = summary.computedCount
    reused = summary.reusedCount
    shared = summary.sharedCount
    changes = summary.changes
    failed = summary.failedCount
    complete = summary.ending == .complete
    gates = summary.record.gates
    chosen = summary.record.experiments.compactMap(\.chosen)
  }
}

extension MachineRecord {
  /// The machine this process runs on.
  static func current(threads: Int) -> MachineRecord {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "other"
    #endif
    return MachineRecord(
      system: ProcessInfo.processInfo.operatingSystemVersionString, architecture: architecture,
      host: ProcessInfo.processInfo.hostName, threads: threads)
  }
}
