import Numerical
import Synchronization

/// The bins of labelled rows, kept for all fits to them.
///
/// Trees learn from bins, which follow from the rows and a few parameters: fits that agree on those bin the rows
/// once, also side by side. No result depends on it. What is kept takes no more memory than the values of the
/// rows would as doubles, or else is one set of bins; those used least recently go first.
public struct SharedBins: Sendable {
  /// What a fit takes of the rows.
  enum Part: Hashable, Sendable {
    /// Those of a positive weight.
    case weighted
    /// Those that early stopping does not watch.
    case fitted(key: UInt64, limit: UInt64)
  }

  /// All that decides the bins of the rows.
  struct Key: Hashable, Sendable {
    let parts: [Part]
    let rules: BinningRules
    /// Columns of categories for which numbers stand.
    let replaced: [Int]
    /// Nil where nothing is drawn.
    let seed: Seed?
  }

  private let store = BinStore()
  /// What was taken of the rows, one after another.
  private var parts: [Part] = []

  public init() {}

  /// How often rows were binned.
  package var binningCount: Int { store.binningCount }
  /// Sets of bins that are kept, and their bytes.
  package var keptCount: Int { store.keptCount }
  package var keptBytes: Int { store.keptBytes }

  /// The bins of a part of the rows.
  func of(_ part: Part) -> SharedBins {
    var own = self
    own.parts.append(part)
    return own
  }

  /// Bins made before, or else those that `make` gives.
  ///
  /// They are made outside the lock: a thread waiting there might be one that the maker waits for. Two makers
  /// make the same bins.
  fileprivate func rows(
    _ rules: BinningRules, replacing replaced: [Int], seed: Seed?, _ make: () -> BinnedRows
  ) -> BinnedRows {
    let key = Key(parts: parts, rules: rules, replaced: replaced, seed: seed)
    return store.rows(of: key) ?? store.keep(make(), of: key)
  }
}

/// Rows as bins, and the numbers that stand for some of their categories.
struct BinnedRows: Sendable {
  let statistics: TargetStatistics
  let data: BinnedMatrix

  /// The bins of labelled rows, shared with other fits to them where these rows keep bins.
  ///
  /// - Parameters:
  ///   - replaced: columns of categories for which their mean target is to stand.
  ///   - seed: of the fit.
  static func bins(
    of input: Labeled<FeatureTable>, rules: BinningRules, replacing replaced: [Int] = [],
    seed: Seed, on pool: WorkerPool
  ) -> BinnedRows {
    func make() -> BinnedRows {
      let (statistics, table) = TargetStatistics.stand(
        for: replaced, of: input, seed: seed.derived("target statistics"), on: pool)
      let data = BinnedMatrix.fit(table, rules: rules, seed: seed.derived("bins"), on: pool)
      return BinnedRows(statistics: statistics, data: data)
    }
    guard let shared = input.bins else { return make() }
    let isDrawn = !replaced.isEmpty || input.features.rowCount > rules.sampleSize
    return shared.rows(rules, replacing: replaced, seed: isDrawn ? seed : nil, make)
  }
}

/// What fits side by side look into.
private final class BinStore: Sendable {
  private struct State {
    /// Those used last stand last.
    var kept: [(key: SharedBins.Key, rows: BinnedRows)] = []
    var binningCount = 0
  }

  private let state = Mutex(State())

  var binningCount: Int { state.withLock { $0.binningCount } }
  var keptCount: Int { state.withLock { $0.kept.count } }
  var keptBytes: Int { state.withLock { $0.kept.reduce(0) { $0 + $1.rows.data.byteCount } } }

  func rows(of key: SharedBins.Key) -> BinnedRows? {
    state.withLock { state -> BinnedRows? in
      guard let place = state.kept.firstIndex(where: { $0.key == key }) else { return nil }
      let found = state.kept.remove(at: place)
      state.kept.append(found)
      return found.rows
    }
  }

  func keep(_ rows: BinnedRows, of key: SharedBins.Key) -> BinnedRows {
    state.withLock { state -> BinnedRows in
      state.binningCount += 1
      if let known = state.kept.first(where: { $0.key == key }) { return known.rows }
      state.kept.append((key: key, rows: rows))
      var bytes = state.kept.reduce(0) { $0 + $1.rows.data.byteCount }
      while bytes > rows.data.valueBytes, state.kept.count > 1 {
        bytes -= state.kept.removeFirst().rows.data.byteCount
      }
      return rows
    }
  }
}
