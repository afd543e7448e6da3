internal import Artifacts
internal import Learning
internal import Numerical
internal import Tabular

/// The mean probability of rows as one of their columns takes other values.
///
/// Friedman (2001); the curves of single rows are the individual conditional expectations of Goldstein et
/// al. (2015). Probabilities are those the pipeline is used with, after calibration.
struct PartialDependence {
  private static let rowLimit = 500
  private static let curveLimit = 30
  private static let pointLimit = 20
  private static let levelLimit = 12

  private let pipeline: PropensityPipeline
  private let training: Table
  private let sample: Table

  init(_ pipeline: PropensityPipeline, training: Table, seed: Seed) {
    self.pipeline = pipeline
    self.training = training
    guard training.rowCount > Self.rowLimit else {
      sample = training
      return
    }
    var source = RandomSource(seed: seed.derived("dependence"))
    sample = training.selectingRows(
      source.sample(Self.rowLimit, outOf: training.rowCount).sorted())
  }

  /// Nil for a column of a single value.
  func record(
    of name: String, on pool: WorkerPool
  ) throws(TrialFailure) -> ClassificationEvidence.DependenceRecord? {
    guard let column = training[name] else { return nil }
    let values = column.numbers == nil ? levels(column) : numbers(column)
    guard values.count > 1 else { return nil }
    var points: [ClassificationEvidence.DependenceRecord.Point] = []
    var curves = [[Double]](repeating: [], count: min(Self.curveLimit, sample.rowCount))
    for value in values {
      let repeated = column.selectingRows([Int](repeating: value.row, count: sample.rowCount))
      let probabilities = try probabilities(sample.replacing(repeated), on: pool)
      let bounds = Quantiles.ofSorted(probabilities.sorted(), at: [0.1, 0.9])
      points.append(
        .init(
          number: value.number, label: value.label,
          mean: probabilities.reduce(0, +) / Double(probabilities.count), low: bounds[0],
          high: bounds[1], share: value.share))
      for index in curves.indices { curves[index].append(probabilities[index]) }
    }
    return .init(
      column: name, isCategorical: column.numbers == nil, points: points, rows: curves,
      rowCount: sample.rowCount)
  }

  private func probabilities(
    _ table: Table, on pool: WorkerPool
  ) throws(TrialFailure) -> [Double] {
    do {
      let features = try pipeline.features(of: table, on: pool).features
      return try pipeline.probabilities(ofLogOdds: pipeline.logOdds(features, on: pool)).calibrated
    } catch {
      throw TrialFailure(reason: "partial dependence: \(error)")
    }
  }

  /// A value of the column, by a training row that has it.
  private struct Value {
    var row: Int
    var number: Double?
    var label: String
    var share: Double
  }

  /// Numbers at evenly spaced ranks from the first to the ninety-ninth percentile, then a missing value.
  private func numbers(_ column: Column) -> [Value] {
    guard let numbers = column.numbers else { return [] }
    let total = Double(max(numbers.count, 1))
    let order = numbers.indices.filter { !numbers[$0].isNaN }
      .sorted { (numbers[$0], $0) < (numbers[$1], $1) }
    guard !order.isEmpty else { return [] }
    let distinct = Set(order.map { numbers[$0] }).count
    let count = min(Self.pointLimit, distinct)
    let isWhole = distinct <= Self.pointLimit
    func value(at row: Int) -> Value {
      let label = column.isDate ? column.text(at: row) : nil
      return Value(row: row, number: numbers[row], label: label ?? "\(numbers[row])", share: 0)
    }
    var values: [Value] = []
    if isWhole {
      for row in order where values.last?.number != numbers[row] { values.append(value(at: row)) }
    } else {
      let (first, last) = (order.count / 100, order.count - 1 - order.count / 100)
      for point in 0..<count {
        let row = order[first + (last - first) * point / (count - 1)]
        guard values.last?.number != numbers[row] else { continue }
        values.append(value(at: row))
      }
    }
    var place = 0
    for row in order {
      while place + 1 < values.count, numbers[row] >= (values[place + 1].number ?? .infinity) {
        place += 1
      }
      values[place].share += 1 / total
    }
    return values + missing(column)
  }

  /// The most frequent levels that hide a customer, then a missing value.
  private func levels(_ column: Column) -> [Value] {
    var counts: [String: (row: Int, count: Int)] = [:]
    for row in 0..<column.rowCount {
      guard let text = column.text(at: row) else { continue }
      counts[text, default: (row, 0)].count += 1
    }
    let total = Double(max(column.rowCount, 1))
    let ranked = counts.sorted { ($1.value.count, $0.value.row) < ($0.value.count, $1.value.row) }
    let common = ranked.prefix(Self.levelLimit).filter { $0.value.count >= Disclosure.leastRows }
    return common.map { level, found in
      Value(row: found.row, number: nil, label: level, share: Double(found.count) / total)
    } + missing(column)
  }

  private func missing(_ column: Column) -> [Value] {
    guard let row = column.missingRows.first else { return [] }
    let share = Double(column.missingRows.count) / Double(max(column.rowCount, 1))
    return [Value(row: row, number: nil, label: "(missing)", share: share)]
  }
}
