import Numerical
import Tabular

extension RowStatus {
  /// What the answer to each row of `table` rests on.
  static func all(
    of table: Table, readBy encoder: TableEncoder, on pool: WorkerPool
  ) -> [RowStatus] {
    let observers = zip(encoder.inputs, encoder.ownColumns(in: table)).compactMap {
      input, column in
      column.map { CellObserver(input, $0) }
    }
    let piece = 8192
    let keepsMissing = encoder.keepsMissing
    return pool.map(count: (table.rowCount + piece - 1) / piece) { index in
      let rows = index * piece..<min((index + 1) * piece, table.rowCount)
      var missing = [Bool](repeating: false, count: rows.count)
      var unseen = [Bool](repeating: false, count: rows.count)
      for observer in observers { observer.mark(rows, missing: &missing, unseen: &unseen) }
      return zip(missing, unseen).map {
        RowStatus(isMissing: $0, isUnseen: $1, keepsMissing: keepsMissing)
      }
    }.flatMap { $0 }
  }
}

extension TableEncoder {
  /// Cells outside the range of training, by column; columns without any are absent.
  func outsideCounts(in table: Table) -> [String: Int] {
    var counts: [String: Int] = [:]
    for (name, column, range) in ranged(in: table) {
      let count = column.count(outside: range)
      if count > 0 { counts[name] = count }
    }
    return counts
  }

  /// In how many columns each row lies outside the range of training.
  func outsideCountsByRow(in table: Table) -> [Int64] {
    var counts = [Int64](repeating: 0, count: table.rowCount)
    for (_, column, range) in ranged(in: table) { column.add(outside: range, to: &counts) }
    return counts
  }

  /// Columns of numbers of which the range of training is known.
  private func ranged(
    in table: Table
  ) -> [(name: String, column: Column, range: ClosedRange<Double>)] {
    zip(inputs, ownColumns(in: table)).compactMap { input, column in
      guard case .number(let coding) = input.coding, let column,
        let minimum = coding.minimum, let maximum = coding.maximum, minimum <= maximum
      else { return nil }
      return (input.name, column, minimum...maximum)
    }
  }
}

extension Column {
  /// Present numbers outside a range; a missing row holds 0 or NaN.
  fileprivate func count(outside range: ClosedRange<Double>) -> Int {
    func count<Number>(_ values: [Number], _ double: (Number) -> Double) -> Int {
      var outside = 0
      for value in values {
        let number = double(value)
        outside &+= number < range.lowerBound || number > range.upperBound ? 1 : 0
      }
      for row in missingRows {
        let number = double(values[row])
        outside &-= number < range.lowerBound || number > range.upperBound ? 1 : 0
      }
      return outside
    }
    switch values {
    case .integer(let values): return count(values) { Double($0) }
    case .real(let values): return count(values) { $0 }
    case .boolean(let values): return count(values) { $0 ? 1 : 0 }
    case .date(let values): return count(values) { Double($0) }
    case .category, .text: return 0
    }
  }

  /// Adds 1 to every row whose number is there and outside a range.
  fileprivate func add(outside range: ClosedRange<Double>, to counts: inout [Int64]) {
    func add<Number>(_ values: [Number], to counts: inout [Int64], _ double: (Number) -> Double) {
      for row in values.indices {
        let number = double(values[row])
        counts[row] += number < range.lowerBound || number > range.upperBound ? 1 : 0
      }
      for row in missingRows {
        let number = double(values[row])
        counts[row] -= number < range.lowerBound || number > range.upperBound ? 1 : 0
      }
    }
    switch values {
    case .integer(let values): add(values, to: &counts) { Double($0) }
    case .real(let values): add(values, to: &counts) { $0 }
    case .boolean(let values): add(values, to: &counts) { $0 ? 1 : 0 }
    case .date(let values): add(values, to: &counts) { Double($0) }
    case .category, .text: return
    }
  }
}

/// Finds the cells of a column that are missing or that the encoder does not know.
private struct CellObserver: Sendable {
  private let column: Column
  private let category: CategoryCoding?
  /// Whether a number that is there may be NaN.
  private let mayHoldNaN: Bool
  /// For a column of categories: whether training lacked each of the table's levels.
  private let isUnknown: [Bool]

  init(_ input: EncoderInput, _ column: Column) {
    self.column = column
    if case .real(let values) = column.values {
      mayHoldNaN = !values.areFinite
    } else {
      mayHoldNaN = false
    }
    if case .category(let coding) = input.coding {
      category = coding
      if case .category(_, let levels) = column.values {
        isUnknown = levels.map { !coding.knows($0) }
        return
      }
    } else {
      category = nil
    }
    isUnknown = []
  }

  func mark(_ rows: Range<Int>, missing: inout [Bool], unseen: inout [Bool]) {
    var next = column.missingRows.partitioningPoint { $0 >= rows.lowerBound }
    while next < column.missingRows.count, column.missingRows[next] < rows.upperBound {
      missing[column.missingRows[next] - rows.lowerBound] = true
      next += 1
    }
    switch (column.values, category) {
    case (.real(let values), nil):
      guard mayHoldNaN else { return }
      for row in rows where values[row].isNaN { missing[row - rows.lowerBound] = true }
    case (.category(let codes, _), _?):
      guard isUnknown.contains(true) else { return }
      for row in rows where codes[row] >= 0 && isUnknown[Int(codes[row])] {
        unseen[row - rows.lowerBound] = true
      }
    case (_, let category?):
      for row in rows {
        if let text = column.text(at: row), !category.knows(text) {
          unseen[row - rows.lowerBound] = true
        }
      }
    default: break
    }
  }
}
