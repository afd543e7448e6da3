import CIntrinsics
internal import CLibrary
import Synchronization

/// Persistent threads that run numbered pieces of work.
///
/// Pieces are claimed in any order by any thread, so a caller that wants equal bits at every thread
/// count cuts work by problem size alone, gives each piece its own output and joins outputs in piece
/// order. The calling thread works too. A call made from inside a piece runs serially on that thread:
/// parallelism lives at the outermost level. Waiting threads spin briefly, then sleep.
public final class WorkerPool: @unchecked Sendable {
  /// Threads that work on a call, the caller among them.
  public let threadCount: Int

  private let state: SharedState
  private let callers = Mutex(())
  private let threads: [pthread_t]

  /// A pool that runs everything on the calling thread.
  public static let serial = WorkerPool(threadCount: 1)

  public init(threadCount: Int) {
    precondition(threadCount > 0, "a pool needs a thread")
    let state = SharedState()
    var threads: [pthread_t] = []
    for _ in 1..<threadCount {
      if let thread = startThread({ state.serve() }) { threads.append(thread) }
    }
    self.state = state
    self.threads = threads
    self.threadCount = threads.count + 1
  }

  deinit {
    state.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `body(0)` … `body(count - 1)`, each once, and returns when all have ended.
  public func forEachChunk(count: Int, _ body: (Int) -> Void) {
    if count <= 1 || threads.isEmpty || SharedState.isInsideJob {
      for chunk in 0..<max(count, 0) { body(chunk) }
      return
    }
    callers.withLock { _ in
      withoutActuallyEscaping(body) { state.run(count: count, $0) }
    }
  }

  /// The results of `body(0)` … `body(count - 1)`, in that order.
  public func map<Value: Sendable>(count: Int, _ body: (Int) -> Value) -> [Value] {
    guard count > 0 else { return [] }
    return [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let slots = buffer
      forEachChunk(count: count) { slots.initializeElement(at: $0, to: body($0)) }
      initialized = count
    }
  }
}

/// Starts a thread that runs `body`, or returns nil where the system refuses one.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let box = Unmanaged.passRetained(Box(body))
  let status = pthread_create(
    &thread, nil,
    { argument in
      #if canImport(Darwin)
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      #else
        Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      #endif
      return nil
    }, box.toOpaque())
  if status != 0 {
    box.release()
    return nil
  }
  return thread
}

/// What a pool and its threads share: the current job and the two places where threads wait.
///
/// A job is published by writing `body` and `count`, opening `gate` and raising `epoch`. A worker takes
/// part only if it enters while the gate is open; the caller closes the gate when no chunk is left and
/// then waits for those inside. So a worker that the system has not yet woken delays nobody, and `body`
/// and `count` are never written while a worker may read them.
private final class SharedState: @unchecked Sendable {
  private let epoch = Atomic<Int>(0)
  private let nextChunk = Atomic<Int>(0)
  /// Bit 0 is set while open; the rest is twice the number of workers inside.
  private let gate = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private var body: ((Int) -> Void)?
  private var count = 0
  private let work = WaitPoint()
  private let done = WaitPoint()

  /// Long enough to bridge the gap between the parallel regions of one fit (about 30 µs).
  private static let spins = 1000

  private static let insideJob: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  static var isInsideJob: Bool { pthread_getspecific(insideJob) != nil }

  private static func setInsideJob(_ inside: Bool) {
    pthread_setspecific(insideJob, inside ? UnsafeRawPointer(bitPattern: 1) : nil)
  }

  func run(count: Int, _ body: @escaping (Int) -> Void) {
    self.body = body
    self.count = count
    nextChunk.store(0, ordering: .relaxed)
    gate.store(1, ordering: .releasing)
    work.change { _ = epoch.wrappingAdd(1, ordering: .releasing) }
    claimChunks()
    _ = gate.bitwiseAnd(~1, ordering: .acquiringAndReleasing)
    done.wait(spins: Self.spins) { gate.load(ordering: .acquiring) == 0 }
    self.body = nil
  }

  func serve() {
    var served = 0
    while true {
      work.wait(spins: Self.spins) {
        epoch.load(ordering: .acquiring) != served || isStopping.load(ordering: .acquiring)
      }
      if isStopping.load(ordering: .acquiring) { return }
      served = epoch.load(ordering: .acquiring)
      guard enter() else { continue }
      claimChunks()
      let left = gate.wrappingSubtract(2, ordering: .acquiringAndReleasing).newValue
      if left == 0 { done.change {} }
    }
  }

  func stop() { work.change { isStopping.store(true, ordering: .releasing) } }

  /// Joins the current job, or finds its gate closed.
  private func enter() -> Bool {
    var seen = gate.load(ordering: .relaxed)
    while seen & 1 == 1 {
      let attempt = gate.compareExchange(
        expected: seen, desired: seen &+ 2, ordering: .acquiringAndReleasing)
      if attempt.exchanged { return true }
      seen = attempt.original
    }
    return false
  }

  private func claimChunks() {
    guard let body else { return }
    Self.setInsideJob(true)
    defer { Self.setInsideJob(false) }
    while true {
      let chunk = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
      if chunk >= count { return }
      body(chunk)
    }
  }
}

/// Lets threads wait for a condition: a short spin, then sleep.
private final class WaitPoint: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  func wait(spins: Int, until holds: () -> Bool) {
    for _ in 0..<spins {
      if holds() { return }
      cohort_spin_hint()
    }
    pthread_mutex_lock(lock)
    while !holds() { pthread_cond_wait(changed, lock) }
    pthread_mutex_unlock(lock)
  }

  /// Makes a change that waiting threads look for, and wakes them.
  func change(_ body: () -> Void) {
    pthread_mutex_lock(lock)
    body()
    pthread_mutex_unlock(lock)
    pthread_cond_broadcast(changed)
  }
}
