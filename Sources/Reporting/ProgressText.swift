internal import Evaluation
public import Experiments
internal import Learning

/// How far a run is, in a line.
public enum ProgressText {
  /// `[ 37/120] 2 failed  best silhouette 0.412 (k-means k=5)  ETA 04:10`.
  ///
  /// - Parameter later: seconds since the progress was reported, by which the end has come nearer.
  public static func line(_ progress: RunProgress, later: Double = 0) -> String {
    let total = String(progress.total)
    let finished = String(progress.finished)
    let blank = String(repeating: " ", count: max(0, total.count - finished.count))
    var parts = ["[\(blank)\(finished)/\(total)]"]
    if progress.failed > 0 { parts.append("\(progress.failed) failed") }
    if let best = progress.best, let metric = progress.bestMetric {
      let k = best.stages.last?.parameters["k"].map { " k=\($0)" } ?? ""
      let value = NumberFormat.significant(metric.value, digits: 3)
      parts.append(" best \(metric.name) \(value) (\(best.model)\(k))")
    }
    if let remaining = progress.remaining {
      parts.append(" ETA \(duration(max(0, remaining - later)))")
    } else {
      parts.append(" \(duration(progress.elapsed + later)) so far")
    }
    return parts.joined(separator: " ")
  }

  /// `04:10`, `1:02:33`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole < 3600 ? clock : "\(whole / 3600):\(clock)"
  }
}

/// How far a run is, as `--progress json` says it: an object per line.
public struct ProgressRecord: Hashable, Sendable, Encodable {
  public struct Best: Hashable, Sendable, Encodable {
    public let experiment: String
    public let trial: String
    public let model: String
    public let metric: String
    public let value: Double
  }

  /// Trials that have ended, failures and those of earlier runs among them.
  public let done: Int
  public let total: Int
  public let failed: Int
  public let reused: Int
  /// Of the experiment whose trial ended last.
  public let best: Best?
  public let etaSeconds: Double?
  public let elapsed: Double

  private enum CodingKeys: String, CodingKey {
    case done, total, failed, reused, best, elapsed
    case etaSeconds = "eta_seconds"
  }

  /// - Parameter later: seconds since the progress was reported.
  public init(_ progress: RunProgress, later: Double = 0) {
    done = progress.finished
    total = progress.total
    failed = progress.failed
    reused = progress.reused
    best = progress.best.flatMap { trial in
      progress.bestMetric.map { metric in
        Best(
          experiment: trial.experiment, trial: trial.id, model: trial.model, metric: metric.name,
          value: metric.value)
      }
    }
    etaSeconds = progress.remaining.map { Self.tenths(max(0, $0 - later)) }
    elapsed = Self.tenths(progress.elapsed + later)
  }

  private static func tenths(_ seconds: Double) -> Double { (10 * seconds).rounded() / 10 }
}
