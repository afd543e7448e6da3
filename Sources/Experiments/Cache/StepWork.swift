internal import Learning
internal import Synchronization

/// What a step may use: the context of its fits, and what was kept of its parts when they were last learnt.
struct StepWork: Sendable {
  let context: FitContext
  private let memory: StepMemory?
  private let key: String

  /// Nothing is looked up, nothing is kept.
  init(_ context: FitContext) {
    self.context = context
    memory = nil
    key = ""
  }

  /// - Parameter memory: nil where nothing is looked up or kept.
  init(_ step: SharedStep?, _ context: FitContext, memory: StepMemory?) {
    self.context = context
    self.memory = memory
    key = step?.key ?? ""
  }

  private init(_ work: StepWork, key: String) {
    context = work.context
    memory = work.memory
    self.key = key
  }

  /// A part of the step that learns by itself, such as a fold.
  func part(_ name: String) -> StepWork {
    memory == nil ? self : StepWork(self, key: ContentKey.part(name, after: key))
  }

  /// What `body` learns: read if it was kept, else learnt, and kept if that is worth it.
  ///
  /// - Parameter name: what is learnt, different from all else that the same part learns.
  func learn<Value>(
    _ name: String, as form: StageForm<Value>, _ body: () throws(TrialFailure) -> Value
  ) throws(TrialFailure) -> Value {
    guard let memory else { return try body() }
    let key = ContentKey.part(name, after: key)
    if let value = memory.value(of: key, as: form) { return value }
    let began = memory.uptime()
    let value = try body()
    // What was told to stop may be half of the result.
    if !context.isCancelled() {
      memory.keep(value, of: key, as: form, seconds: memory.uptime() - began)
    }
    return value
  }
}

/// What the disk knows of one step, and what looking there has brought.
final class StepMemory: Sendable {
  let uptime: @Sendable () -> Double
  private let cache: StageCache
  private let name: String
  private let findings = Mutex(Findings())

  struct Findings {
    /// Seconds that were not spent because results could be read.
    var spared: Double?
    /// What is wrong with the cache, as events of the journal.
    var faults: [(event: String, reason: String)] = []
  }

  init(_ step: SharedStep, in cache: StageCache, uptime: @escaping @Sendable () -> Double) {
    self.cache = cache
    self.uptime = uptime
    name = step.name
  }

  var found: Findings { findings.withLock { $0 } }

  func value<Value>(of key: String, as form: StageForm<Value>) -> Value? {
    let began = uptime()
    switch cache.lookUp(key) {
    case .absent: return nil
    case .damaged(let fault):
      note("cache-damaged", fault)
      return nil
    case .found(let entry):
      guard let value = try? form.value(of: entry.content) else {
        // Its digest is right, so another version of this step has written it.
        cache.remove(key)
        note("cache-damaged", "an entry of \(name) is not what it should be")
        return nil
      }
      let spared = max(0, entry.seconds - (uptime() - began))
      findings.withLock { $0.spared = ($0.spared ?? 0) + spared }
      return value
    }
  }

  func keep<Value>(_ value: Value, of key: String, as form: StageForm<Value>, seconds: Double) {
    guard seconds >= StageCache.leastSeconds else { return }
    // A value that cannot be written, such as one that holds a failure, is learnt again every time.
    guard let content = try? form.content(of: value) else { return }
    if let fault = cache.keep(content, of: key, name: name, seconds: seconds) {
      note("cache-unwritable", fault)
    }
  }

  private func note(_ event: String, _ reason: String) {
    findings.withLock { $0.faults.append((event, reason)) }
  }
}
