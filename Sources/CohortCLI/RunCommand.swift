import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Numerical
import Reporting

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Compute what is missing of a study; write the leaderboard and the report.",
    discussion: """
      Running again computes only what is missing, also after a kill. Results do not depend on \
      --threads.

      EXAMPLES
        cohort run experiments/bank-segments.yaml
        cohort run study.yaml --json --junit gates.xml --summary summary.md
        cohort run study.yaml -S seed=7 -S experiments.segments.metrics=[silhouette,dunn]

      EXIT CODES
        0 done, 2 invalid study, 3 a gate was not met, 4 the data broke its contract, 5 no result or \
      too many failures, 7 out of disk or permission, 8 another run is in the way, 130 interrupted
      """)

  @OptionGroup var study: StudyOptions
  @OptionGroup var runs: RunsOptions
  @OptionGroup var threads: ComputeOptions
  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var who: AuthorOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var checks: CheckFiles

  @Option(help: "How far it is: auto, line, json (an object per line) or none; on standard error.")
  var progress = ProgressForm.auto

  @Flag(help: "Compute every trial again.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Start no further trial after this time, such as 90s, 10m or 2h.", valueName: "time"))
  var timeLimit: String?

  @Option(help: "Skip fits that need more memory, such as 8GB (default: what the machine has).")
  var memory: String?

  func validate() throws {
    if let memory, MemorySize(memory) == nil {
      throw ValidationError("--memory must be \(MemorySize.domain), found \(memory)")
    }
    if let timeLimit, TimeSpan(timeLimit) == nil {
      throw ValidationError("--time-limit must be \(TimeSpan.domain), found \(timeLimit)")
    }
  }

  func run() throws {
    if let watcher = execution.watcher { return try work(for: watcher) }
    try checks.requireWritable()
    var outcome: RunOutcome
    do {
      outcome = try compute()
    } catch {
      checks.write(study: study.study, error: error)
      throw error
    }
    outcome.unwritten = checks.write(outcome)
    try outcome.show(output)
  }

  private func compute() throws -> RunOutcome {
    Interrupts.catchStopRequests()
    let clock = ContinuousClock()
    let began = clock.now
    if execution.isolate { try requireFile(study.study, of: "study") }
    let file = limited(try study.read())
    if execution.isolate { try requireFile(file.sourcePath, of: "table") }
    try StudyRegistration.check(file.study)
    let pool = try threads.makePool()
    let display = ProgressDisplay(progress, output)
    defer { display.end() }
    var environment = environment(
      of: file.study, on: pool, isolation: isolation(for: file.study, threads: pool.threadCount),
      onProgress: { display.show($0) })
    environment.reference = ReferencePlaces(runs: runs.runs, store: store.store).reference
    let summary = try Runner(environment).run(file, in: runs.runs, force: force)
    display.end()
    try RunReport(summary.directory, say: output.say).write { try record(of: summary, on: pool) }
    var outcome = RunOutcome(
      summary: summary, asksForGates: !file.study.gates.isEmpty,
      seconds: (clock.now - began) / .seconds(1))
    if outcome.failure == nil, summary.ending == .complete {
      outcome.registered = try StudyRegistration(store: store, author: who.author)
        .register(summary, file.study)
    }
    return outcome
  }

  /// The run as it is in the turn of its report: another runner may have gone on since ours closed it.
  private func record(of summary: RunSummary, on pool: WorkerPool) throws -> RunRecord {
    do {
      return try summary.directory.snapshot(on: pool)
    } catch RunError.unfinished {
      // No trial has ended, of which our own record tells the reason.
      return summary.record
    }
  }

  /// The study under the limits of the command line.
  func limited(_ study: StudyFile) -> StudyFile {
    var file = study
    if let memory = memory.flatMap(MemorySize.init) { file.study.limits.memory = memory.bytes }
    if let span = timeLimit.flatMap({ TimeSpan($0) }) {
      file.study.limits.timeLimit = span.seconds
    }
    return file
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
      host: ProcessInfo.processInfo.hostName, threads: threads,
      folder: FileManager.default.currentDirectoryPath, program: ProgramBuild.identity,
      locale: Locale.current.identifier, timeZone: TimeZone.current.identifier)
  }
}

extension TrainingEnvironment {
  /// This program on the machine it runs on; reads the program's file when it is asked first.
  init(on machine: MachineRecord) {
    self.init(
      program: ProgramBuild.digest, architecture: machine.architecture, system: machine.system,
      arithmetic: Platform.arithmetic, threads: machine.threads)
  }
}
