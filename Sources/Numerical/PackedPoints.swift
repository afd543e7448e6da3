/// Points laid out for vector loads: groups of four, dimension by dimension.
///
/// Coordinate j of point p stands at `values[(p / 4 * dimension + j) * 4 + p % 4]`, so that one
/// `SIMD4<Double>` holds the same coordinate of four neighbouring points. The last group is padded with
/// zeros; callers skip its lanes or give them a value that cannot win.
package struct PackedPoints: Sendable {
  package static let lanes = 4

  package let count: Int
  package let dimension: Int
  package let values: [Double]

  package var panelCount: Int { (count + Self.lanes - 1) / Self.lanes }

  /// Packs `count` rows of `dimension` values each, row-major.
  package init(_ rows: UnsafeBufferPointer<Double>, count: Int, dimension: Int) {
    precondition(rows.count == count * dimension, "rows must fill the shape")
    self.count = count
    self.dimension = dimension
    let panelCount = (count + Self.lanes - 1) / Self.lanes
    var values = [Double](repeating: 0, count: max(1, panelCount * dimension * Self.lanes))
    for point in 0..<count {
      let base = point / Self.lanes * dimension * Self.lanes + point % Self.lanes
      for j in 0..<dimension { values[base + j * Self.lanes] = rows[point * dimension + j] }
    }
    self.values = values
  }

  package init(_ points: Matrix) {
    self = points.values.withUnsafeBufferPointer {
      PackedPoints($0, count: points.rowCount, dimension: points.columnCount)
    }
  }

  /// Calls `body` with the points as plain pointers, valid during the call.
  package func withView<Result, Failure: Error>(
    _ body: (PackedView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try values.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try body(PackedView(buffer, count: count, dimension: dimension))
    }
  }
}

/// Packed points as pointers, for kernels.
package struct PackedView {
  package let values: UnsafePointer<Double>
  package let count: Int
  package let dimension: Int
  package let panelCount: Int

  init(_ buffer: UnsafeBufferPointer<Double>, count: Int, dimension: Int) {
    guard let values = buffer.baseAddress else {
      preconditionFailure("packed points always have storage")
    }
    self.init(values, count: count, dimension: dimension)
  }

  init(_ values: UnsafePointer<Double>, count: Int, dimension: Int) {
    self.values = values
    self.count = count
    self.dimension = dimension
    panelCount = (count + PackedPoints.lanes - 1) / PackedPoints.lanes
  }
}
