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
  private func bounds(_ limits: UnsafePointer<Double>, count: Int) -> SIMD8<Float> {
    let area = rows.scale * rows.scale
    let rounding = SIMD8<Float>(repeating: 0x1p-100)
    guard count >= 8 else {
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
  ///   - range: starts at a multiple of eight.
  ///   - limits: a squared distance for every row, in the units of the data.
  ///   - found: takes the rows' numbers, in order; as long as `range`.
  /// - Returns: how many rows are listed.
  package func list(
    _ range: Range<Int>, within limits: UnsafePointer<Double>,
    into found: UnsafeMutablePointer<Int32>
  ) -> Int {
    precondition(range.lowerBound % ScreenedRows.lanes == 0, "rows are screened by octets")
    var count = 0
    var row = range.lowerBound
    while row < range.upperBound {
      let size = range.upperBound &- row
      let pair = OctetPair(rows, row: row, count: size)
      pair.prefetchNext()
      var low = SIMD8<Float>(repeating: .infinity)
      var high = low
      for panel in 0..<panels.panelCount {
        pair.forEachPoint(of: panel, in: panels) { _, first, second in
          low = cohort_min_f32x8(low, first)
          high = cohort_min_f32x8(high, second)
        }
      }
      var bits = near(row, count: size, least: low, limits: limits)
      if size > 8 { bits |= near(row &+ 8, count: size &- 8, least: high, limits: limits) &<< 8 }
      while bits != 0 {
        found[count] = Int32(truncatingIfNeeded: row &+ bits.trailingZeroBitCount)
        count &+= 1
        bits &= bits &- 1
      }
      row &+= 16
    }
    return count
  }

  /// Which of eight rows a point may be nearer to than their limits, as bits.
  @inline(__always)
  private func near(
    _ row: Int, count: Int, least: SIMD8<Float>, limits: UnsafePointer<Double>
  ) -> UInt32 {
    let halfNorms = rows.eightHalfNorms(row)
    let halves = least + (halfNorms * (1 - rows.gamma) - SIMD8<Float>(repeating: 0x1p-110))
    let squares = cohort_max_f32x8((halves + halves) * roundingDown, SIMD8())
    return cohort_not_above_f32x8(squares, bounds(limits + row, count: count))
  }
}
