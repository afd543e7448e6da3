public import Artifacts
public import Learning
internal import Numerical

extension LatencyRecord {
  private static let coldCalls = 20
  private static let warmUpCalls = 200
  private static let warmCalls = 2_000

  /// Times single-row calls of `model` by `clock`.
  ///
  /// Cold ones are the first calls of copies of the model that were just decoded; warm ones follow
  /// others of the same copy. Models without a way for single rows are asked for a batch of one.
  ///
  /// - Parameter rows: what the model takes; the calls go through them in turn.
  /// - Throws: `LearningError.rows` without rows, whatever the model says of them; `EncodingError` and
  ///   `DecodingError` for a model that cannot be stored.
  public init<C: Clock>(of model: any Classifier, rows: Features, clock: C) throws
  where C.Duration == Duration {
    let rows = try SingleRows(rows, limit: 256)
    var cold: [Double] = []
    for call in 0..<Self.coldCalls {
      let copy = try Self.decoded(model)
      cold.append(try rows.microseconds(call, of: copy, clock: clock))
    }
    let copy = try Self.decoded(model)
    for call in 0..<Self.warmUpCalls { _ = try rows.microseconds(call, of: copy, clock: clock) }
    var warm: [Double] = []
    for call in 0..<Self.warmCalls {
      warm.append(try rows.microseconds(call, of: copy, clock: clock))
    }
    self.init(
      cold: Percentiles(of: cold), warm: Percentiles(of: warm), calls: warm.count)
  }

  /// The model as a program has it that just loaded it.
  private static func decoded<Model: Classifier>(_ model: Model) throws -> any Classifier {
    let store = TensorStore()
    let json = try CanonicalJSON.encode(model, userInfo: [.tensorStore: store])
    return try CanonicalJSON.decode(
      Model.self, from: json, userInfo: [.tensorStore: TensorStore(tensors: store.tensors)])
  }
}

extension LatencyRecord.Percentiles {
  /// Nearest ranks.
  fileprivate init(of microseconds: [Double]) {
    let sorted = microseconds.sorted()
    func rank(_ percent: Int) -> Double {
      sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
    self.init(p50: rank(50), p95: rank(95), p99: rank(99))
  }
}

/// Rows to be asked for one by one.
private struct SingleRows {
  private let values: [[Double]]
  private let batches: [Features]

  init(_ rows: Features, limit: Int) throws(LearningError) {
    guard rows.rowCount > 0 else { throw .rows(needed: 1, found: 0) }
    let count = min(rows.rowCount, limit)
    batches = (0..<count).map { rows.selectingRows([$0]) }
    values = batches.map(\.onlyRow)
  }

  func microseconds<C: Clock>(
    _ call: Int, of model: any Classifier, clock: C
  ) throws(LearningError) -> Double where C.Duration == Duration {
    let row = call % values.count
    let start = clock.now
    let answer = values[row].withUnsafeBufferPointer { model.logOdds(row: $0) }
    if answer != nil { return Self.microseconds(start.duration(to: clock.now)) }
    let batchStart = clock.now
    _ = try model.logOdds(of: batches[row], on: .serial)
    return Self.microseconds(batchStart.duration(to: clock.now))
  }

  private static func microseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) * 1e6 + Double(attoseconds) / 1e12
  }
}

extension Features {
  /// The values of the first row as single-row calls take them.
  fileprivate var onlyRow: [Double] {
    switch self {
    case .matrix(let x): Array(x.values[..<x.columnCount])
    case .table(let x):
      x.columns.map { column in
        switch column.values {
        case .numbers(let numbers): numbers[0]
        case .categories(let categories):
          categories.codes[0] < 0 ? .nan : Double(categories.codes[0])
        }
      }
    }
  }
}
