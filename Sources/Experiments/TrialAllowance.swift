internal import Learning
internal import Numerical

/// The time that a trial, or a step that trials share, may take (`limits.per_trial`).
struct TrialAllowance: Sendable {
  /// Seconds; nil for any.
  let seconds: Double?
  private let end: Double
  private let uptime: @Sendable () -> Double

  init(seconds: Double?, uptime: @escaping @Sendable () -> Double) {
    self.seconds = seconds
    self.uptime = uptime
    end = seconds.map { uptime() + $0 } ?? .infinity
  }

  var isUsedUp: Bool { seconds != nil && uptime() >= end }

  /// A result that came too late is none: what took longer than allowed may have been cut short.
  func judge<Value>(_ result: Result<Value, TrialFailure>) -> Result<Value, TrialFailure> {
    guard let seconds, isUsedUp else { return result }
    return .failure(.tookLonger(than: seconds))
  }
}

extension TrialFailure {
  static func tookLonger(than seconds: Double) -> TrialFailure {
    TrialFailure(
      reason: "took longer than limits.per_trial (\(TimeSpan(seconds: seconds)), not reproducible)",
      isReproducible: false)
  }
}

extension FitContext {
  /// Stops between the steps of a trial when told to.
  func requireTime() throws(TrialFailure) {
    if isCancelled() { throw TrialFailure(reason: "\(LearningError.cancelled)") }
  }
}
