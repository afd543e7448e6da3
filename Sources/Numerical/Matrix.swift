/// A dense matrix of doubles in row-major order.
///
/// Element (i, j) is `values[i * columnCount + j]`. A matrix may have no rows or no columns. Models
/// store matrices as named tensors: see `TensorStore`.
public struct Matrix: Hashable, Sendable {
  public let rowCount: Int
  public let columnCount: Int
  public internal(set) var values: [Double]

  /// Wraps `values`, which must hold `rowCount * columnCount` elements in row-major order.
  public init(rowCount: Int, columnCount: Int, values: [Double]) {
    precondition(rowCount >= 0 && columnCount >= 0, "a matrix has no negative side")
    precondition(values.count == rowCount * columnCount, "values must fill the matrix")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.values = values
  }

  public init(rowCount: Int, columnCount: Int, repeating value: Double = 0) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      values: [Double](repeating: value, count: rowCount * columnCount))
  }

  /// Rows of equal length; no rows give the 0 × 0 matrix.
  public init(rows: [[Double]]) {
    let width = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == width }, "rows must have equal length")
    self.init(rowCount: rows.count, columnCount: width, values: rows.flatMap { $0 })
  }

  /// Fills a new matrix in place; every element must be written.
  ///
  /// Serves loops that produce elements out of order or from several threads.
  public init(
    rowCount: Int, columnCount: Int,
    filledBy body: (UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let count = rowCount * columnCount
    let values = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      body(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialized = count
    }
    self.init(rowCount: rowCount, columnCount: columnCount, values: values)
  }

  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount)
      return values[row * columnCount + column]
    }
    set {
      precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount)
      values[row * columnCount + column] = newValue
    }
  }

  public func row(_ index: Int) -> [Double] {
    Array(values[index * columnCount..<(index + 1) * columnCount])
  }

  public func column(_ index: Int) -> [Double] {
    precondition(index >= 0 && index < columnCount, "column out of range")
    return (0..<rowCount).map { values[$0 * columnCount + index] }
  }

  /// The given rows in the given order; a row may be taken more than once.
  public func selectingRows(_ indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columnCount)
    for index in indices {
      selected += values[index * columnCount..<(index + 1) * columnCount]
    }
    return Matrix(rowCount: indices.count, columnCount: columnCount, values: selected)
  }

  /// The position of the first NaN or infinity in row-major order, if there is one.
  public var firstNonFinite: (row: Int, column: Int)? {
    let position = values.withUnsafeBufferPointer { values -> Int? in
      for start in stride(from: 0, to: values.count, by: 4096) {
        let block = start..<min(start + 4096, values.count)
        if !isFinite(values[block]), let found = block.first(where: { !values[$0].isFinite }) {
          return found
        }
      }
      return nil
    }
    return position.map { ($0 / columnCount, $0 % columnCount) }
  }
}

/// Whether all values are finite: zero times a NaN or an infinity is NaN, and sums keep it.
private func isFinite(_ values: Slice<UnsafeBufferPointer<Double>>) -> Bool {
  let block = UnsafeBufferPointer(rebasing: values)
  var lanes = SIMD4<Double>.zero
  var index = 0
  while index &+ 4 <= block.count {
    let four = SIMD4(block[index], block[index &+ 1], block[index &+ 2], block[index &+ 3])
    lanes += four * SIMD4(repeating: 0)
    index = index &+ 4
  }
  var rest = lanes.sum()
  while index < block.count {
    rest += block[index] * 0
    index = index &+ 1
  }
  return rest == 0
}
