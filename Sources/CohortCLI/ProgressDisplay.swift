import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Reporting
import Synchronization

/// How a command tells how far it is.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable {
  /// A line that replaces itself on a terminal, else a line every ten seconds.
  case auto
  case line, json, none
}

/// Tells how far a run is: a line that replaces itself on a terminal, otherwise a line every ten seconds,
/// also while one long trial runs; with --verbose a line for every trial.
final class ProgressDisplay: Sendable {
  private struct Shown {
    var progress: RunProgress?
    var reported = ContinuousClock.now
    var last: ContinuousClock.Instant?
    var isEnded = false
  }

  private enum Manner { case silent, animated, lines, objects }

  private let manner: Manner
  /// The least time between two tellings of trials that ended, and of none.
  private let pauses: (trial: Duration, silence: Duration)
  private let shown: Mutex<Shown>
  private let ended = DispatchSemaphore(value: 0)

  init(_ form: ProgressForm, _ output: OutputOptions) {
    let noColor = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let canAnimate =
      Console.errorsGoToTerminal && !output.noColor && !noColor && !output.verbose
    switch form {
    case .none: manner = .silent
    case .auto where output.quiet: manner = .silent
    case .auto: manner = canAnimate ? .animated : .lines
    case .line: manner = .lines
    case .json: manner = .objects
    }
    switch manner {
    case .animated: pauses = (.milliseconds(100), .seconds(1))
    case .objects: pauses = (.seconds(1), .seconds(10))
    default: pauses = (output.verbose ? .zero : .seconds(10), .seconds(10))
    }
    // The first line of a run that ends at once would only repeat its summary.
    shown = Mutex(Shown(last: manner == .lines ? .now : nil))
    if manner != .silent { Thread { [self] in keepAlive() }.start() }
  }

  /// Takes what the run reports; called one at a time, from any thread.
  func show(_ progress: RunProgress) {
    shown.withLock { shown in
      shown.progress = progress
      shown.reported = .now
      tell(&shown, after: pauses.trial)
    }
  }

  /// Ends the heartbeat and clears the animated line.
  func end() {
    shown.withLock { shown in
      if shown.isEnded { return }
      if manner == .objects { tell(&shown, after: .zero) }
      shown.isEnded = true
      if manner == .animated { Console.replaceLine("") }
    }
    ended.signal()
  }

  private func keepAlive() {
    while ended.wait(timeout: .now() + 1) == .timedOut {
      shown.withLock { tell(&$0, after: pauses.silence) }
    }
  }

  private func tell(_ shown: inout Shown, after pause: Duration) {
    let now = ContinuousClock.now
    guard !shown.isEnded, let progress = shown.progress,
      shown.last.map({ now - $0 >= pause }) ?? true
    else { return }
    shown.last = now
    let later = (now - shown.reported) / .seconds(1)
    switch manner {
    case .silent: break
    case .animated: Console.replaceLine(ProgressText.line(progress, later: later))
    case .lines: Console.say(ProgressText.line(progress, later: later))
    case .objects:
      // Every figure of it is finite, so it can be encoded.
      if let line = try? CanonicalJSON.encode(ProgressRecord(progress, later: later)) {
        Console.say(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines))
      }
    }
  }
}
