import CIntrinsics

/// A few points of which one wants to know which rows they may come near to.
package struct CandidateScreen {
  private let rows: ScreenedRows
  private let panels: ScreenPanels

  package init(_ points: Matrix, rows: ScreenedRows) {
    precondition(points.columnCount == rows.dimension, "rows and points must be equally wide")
    self.rows = rows
    panels = ScreenPanels(pointCount: points.rowCount, dimension: rows.dimension)
    panels.fill(points, frame: rows)
  }

  /// Eight limits in the screen's scale, rounded up; below zero where there are fewer.
  @inline(__always)
  private func bounds(_ limits: UnsafePointer<Double>, count: Int, area: Double) -> SIMD8<Float> {
    let rounding = SIMD8<Float>(repeating: 0x1p-100)
    guard count == 8 else {
      var bounds = SIMD8<Float>(repeating: -1)
      for lane in 0..<count { bounds[lane] = Float(limits[lane] * area) * roundingUp + 0x1p-100 }
      return bounds
    }
    let source = UnsafeRawPointer(limits)
    let low = source.loadUnaligned(as: SIMD4<Double>.self)
    let high = source.loadUnaligned(fromByteOffset: 32, as: SIMD4<Double>.self)
    return cohort_f32_from_f64x4(low * area, high * area) * roundingUp + rounding
  }

  /// Lists the rows of `range` that some point may be nearer to than the row's limit.
  ///
  /// No row is left out to which a point is nearer; a few may be listed needlessly.
  ///
  /// - Parameters:
  ///   - limits: a squared distance for every row, in the units of the data.
  ///   - found: takes the rows' numbers, in order; as long as `range`.
  /// - Returns: how many rows are listed.
  package func list(
    _ range: Range<Int>, within limits: UnsafePointer<Double>,
    into found: UnsafeMutablePointer<Int32>
  ) -> Int {
    let area = rows.scale * rows.scale
    var count = 0
    var row = range.lowerBound
    while row < range.upperBound {
      let size = min(8, range.upperBound &- row)
      let octet = RowOctet(rows.values.start, stride: rows.dimension, count: size) { row &+ $0 }
      var least = LaneTopTwo()
      for panel in 0..<panels.panelCount {
        screenPanel(octet, panels, panel: panel, into: &least)
      }
      let halfNorms = rows.eightHalfNorms(row, count: size)
      let bounds = bounds(limits + row, count: size, area: area)
      let halves =
        least.first + (halfNorms * (1 - rows.gamma) - SIMD8<Float>(repeating: 0x1p-110))
      let squares = cohort_max_f32x8((halves + halves) * roundingDown, SIMD8())
      var bits = cohort_not_above_f32x8(squares, bounds)
      while bits != 0 {
        found[count] = Int32(truncatingIfNeeded: row &+ bits.trailingZeroBitCount)
        count &+= 1
        bits &= bits &- 1
      }
      row &+= 8
    }
    return count
  }
}
