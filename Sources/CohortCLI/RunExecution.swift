import ArgumentParser
import Artifacts
internal import CLibrary
import Experiments
import Foundation
import Numerical

/// How the trials of a run are spread over threads and processes; results do not depend on it.
struct ExecutionOptions: ParsableArguments {
  @Option(help: "Trials to compute side by side (default: what suits the study).")
  var jobs: Int?

  @Flag(help: "Compute trials in processes of their own, so that even a crash is a row.")
  var isolate = false

  /// The lock of the process that has started this one to compute trials for it.
  @Option(help: .hidden)
  var worker: String?

  var watcher: WatcherPlace? { worker.flatMap(WatcherPlace.init(path:)) }

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs must be from 1 to 1024, found \(jobs)")
    }
    if worker != nil, watcher == nil {
      throw ValidationError("--worker is for processes that cohort run --isolate starts")
    }
  }
}

extension RunCommand {
  /// Computes trials for the run that has started this process.
  func work(for watcher: WatcherPlace) throws {
    Interrupts.catchStopRequests()
    WorkerLifeline.follow()
    var file = limited(try study.read(text: try watcher.studyText()))
    // The time of the whole run is kept by the process that watches this one.
    file.study.limits.timeLimit = nil
    try Runner(environment(of: file.study, on: try threads.makePool())).work(file, for: watcher)
  }

  /// Refuses a file that other processes cannot open again and find what it held: a stream, or one that is
  /// named by its place among the open files of this process.
  ///
  /// A worker that read its own standard input would wait for good: it is open as long as this process lives.
  func requireFile(_ path: String, of what: String) throws {
    var status = stat()
    let isOpenHere = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    // What is not there, and directories, are told of by those who read them.
    let isStream =
      stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    guard isOpenHere || isStream else { return }
    throw CommandError(
      .usage, "--isolate needs the \(what) in a regular file; \(path); save it to a file first")
  }

  func environment(
    of study: Study, on pool: WorkerPool, isolation: Isolation? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) -> RunEnvironment {
    let start = SuspendingClock.now
    let machine = MachineRecord.current(threads: pool.threadCount)
    var environment = RunEnvironment(
      pool: pool, machine: machine,
      // Workers share the machine.
      memoryLimit: Double(ProcessInfo.processInfo.physicalMemory)
        / Double(execution.worker == nil ? 1 : execution.jobs ?? 1),
      clock: ContinuousClock(), now: { Date().timeIntervalSince1970 },
      uptime: {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) / 1e18
      },
      jobs: execution.worker == nil ? execution.jobs : 1, isolation: isolation,
      isCancelled: { Interrupts.isRequested }, onProgress: onProgress)
    environment.cache = cache.cache(for: study)
    environment.trainer = { TrainingEnvironment(on: machine) }
    return environment
  }

  /// Processes for the trials, if they are asked for.
  func isolation(for study: Study, threads: Int) -> Isolation? {
    guard execution.isolate else { return nil }
    if study.limits.memory != nil,
      ProcessMemory.resident(of: ProcessInfo.processInfo.processIdentifier) == nil
    {
      output.say(
        "note: this system does not tell how much memory a process takes, so only fits that are "
          + "known to need too much are skipped")
    }
    let jobs = execution.jobs ?? threads
    var arguments = ["run", self.study.study]
    arguments += ["--threads", "\(max(1, threads / jobs))", "--jobs", "\(jobs)"]
    for change in self.study.set { arguments += ["-S", change] }
    if let seed = self.study.seed { arguments += ["--seed", "\(seed)"] }
    if let memory { arguments += ["--memory", memory] }
    arguments += cache.arguments
    return Isolation(jobs: jobs) { [arguments] (watcher) throws(RunError) in
      try WorkerProcess(arguments + ["--worker", watcher.path])
    }
  }
}

extension StudyChanges {
  /// What has changed, in a line.
  var line: String {
    let trials = "\(keptCount) \(keptCount == 1 ? "trial" : "trials") kept, \(newCount) new"
    let gone = goneCount == 0 ? "" : ", \(goneCount) no longer planned"
    let shown = settings.prefix(5).joined(separator: ", ")
    let more = settings.count > 5 ? " and \(settings.count - 5) more" : ""
    let changed =
      settings.isEmpty ? "; the table or the engine has changed" : "; changed: \(shown)\(more)"
    return "compared with \(earlier): \(trials)\(gone)\(changed)"
  }
}
