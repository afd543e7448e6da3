import Experiments
import Foundation
import Learning
import Synchronization

/// Tells how far a run is: a line that replaces itself on a terminal, otherwise a line every ten
/// seconds; with --verbose a line for every trial.
final class ProgressLine: Sendable {
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let animates: Bool
  private let lastShown = Mutex(ContinuousClock.now)

  init(_ output: OutputOptions) {
    isQuiet = output.quiet
    isVerbose = output.verbose
    let noColor = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    animates = Console.errorsGoToTerminal && !output.noColor && !noColor && !output.verbose
  }

  func show(_ progress: RunProgress) {
    if isQuiet { return }
    let interval: Duration = animates ? .milliseconds(100) : .seconds(10)
    let isDue = lastShown.withLock { last in
      guard isVerbose || ContinuousClock.now - last >= interval else { return false }
      last = ContinuousClock.now
      return true
    }
    guard isDue else { return }
    let line = Self.text(progress)
    if animates { Console.replaceLine(line) } else { Console.say(line) }
  }

  /// Clears the animated line.
  func end() {
    if animates && !isQuiet { Console.replaceLine("") }
  }

  static func text(_ progress: RunProgress) -> String {
    let total = String(progress.total)
    let finished = String(progress.finished)
    var parts = [
      "[\(String(repeating: " ", count: total.count - finished.count))\(finished)/\(total)]"
    ]
    if progress.failed > 0 { parts.append("\(progress.failed) failed") }
    if let best = progress.best, let metric = progress.bestMetric {
      let k = best.stages.last?.parameters["k"].map { " k=\($0)" } ?? ""
      let value = String(format: "%.3f", metric.value)
      parts.append(" best \(metric.name) \(value) (\(best.model)\(k))")
    }
    if let seconds = progress.remaining {
      parts.append(String(format: " ETA %02d:%02d", Int(seconds) / 60, Int(seconds) % 60))
    }
    return parts.joined(separator: " ")
  }
}
