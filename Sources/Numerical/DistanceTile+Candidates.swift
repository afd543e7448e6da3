import CIntrinsics

/// A few points of which one wants to know what they would take off a potential Σ w · limit, where a
/// row's limit falls to its squared distance from the point.
package struct CandidateScreen {
  private let rows: ScreenedRows
  private let panels: ScreenPanels
  private var area: Double { rows.scale * rows.scale }

  package init(_ points: Matrix, rows: ScreenedRows) {
    precondition(points.columnCount == rows.dimension, "rows and points must be equally wide")
    self.rows = rows
    panels = ScreenPanels(pointCount: points.rowCount, dimension: rows.dimension)
    panels.fill(points, frame: rows)
  }

  /// Bytes that `gains` writes for eight rows of so many points.
  package static func slots(_ pointCount: Int) -> Int { (pointCount + 3) / 4 * 4 }

  /// What each point takes off the potential of `range`, in the screen's scale, and the rows it does so for.
  ///
  /// - Parameters:
  ///   - range: starts at a multiple of sixteen.
  ///   - limits: a finite squared distance for every row, in the units of the data.
  ///   - weights: one for every row; nil for ones.
  ///   - near: takes for every octet of rows and point, at `octet · slots + point`, the set of rows that
  ///     the point may be nearer to than their limits: none is left out, a few may be needless. Its octets
  ///     are those of all rows, rounded up to a whole pair.
  package func gains(
    _ range: Range<Int>, within limits: UnsafePointer<Double>, weights: UnsafePointer<Double>?,
    near: UnsafeMutablePointer<UInt8>
  ) -> [Double] {
    precondition(range.lowerBound % 16 == 0, "rows are screened by pairs of octets")
    let slots = Self.slots(panels.pointCount)
    let sums = ScratchBuffer<SIMD4<Double>>(count: slots, repeating: SIMD4())
    let total = sums.start
    var row = range.lowerBound
    while row < range.upperBound {
      let size = range.upperBound &- row
      let pair = OctetPair(rows, row: row, count: size)
      pair.prefetchNext()
      let low = LimitedOctet(rows, row, count: size, area, limits, weights)
      let high = LimitedOctet(rows, row &+ 8, count: size &- 8, area, limits, weights)
      let bits = near + row / ScreenedRows.lanes &* slots
      for panel in 0..<panels.panelCount {
        pair.forEachPoint(of: panel, in: panels) { slot, first, second in
          var sum = total[slot]
          bits[slot] = low.add(first, to: &sum)
          bits[slots &+ slot] = high.add(second, to: &sum)
          total[slot] = sum
        }
      }
      row &+= 16
    }
    return (0..<panels.pointCount).map { sums[$0].sum() }
  }

  /// How far the gain of a point may lie from the truth, in the screen's scale.
  ///
  /// - Parameters:
  ///   - weight: Σ w of all rows.
  ///   - squares: Σ w |x − origin|² in the units of the data.
  ///   - potential: Σ w · limit in the units of the data.
  package func doubt(of point: Int, weight: Double, squares: Double, potential: Double) -> Double {
    // The doubt of a score (see `ScreenedRows`) counts twice in a squared distance and |x|² is twice the
    // half norm; limits and differences are rounded by less than 2⁻¹⁹ of the limit.
    weight * (2 * Double(panels.slacks[point]) + 0x1p-98)
      + (2.01 * Double(rows.gamma) * squares + 0x1p-18 * potential) * area
  }
}

/// Eight rows with the limits that a point has to undercut.
private struct LimitedOctet {
  /// Limits in the screen's scale, rounded up; below zero where there is no row.
  private let limits: SIMD8<Float>
  /// What makes half a squared distance of a score.
  private let base: SIMD8<Float>
  private let low: SIMD4<Double>
  private let high: SIMD4<Double>

  @inline(__always)
  init(
    _ rows: ScreenedRows, _ row: Int, count: Int, _ area: Double,
    _ limits: UnsafePointer<Double>, _ weights: UnsafePointer<Double>?
  ) {
    let few = count < 8 ? Self.few(rows, row, count: max(0, count), area, limits, weights) : nil
    let bounds =
      few?.limits
      ?? cohort_f32_from_f64x4(
        Self.four(limits + row) * area, Self.four(limits + (row &+ 4)) * area)
    self.limits = bounds * roundingUp + SIMD8(repeating: 0x1p-100)
    base =
      (few?.halfNorms ?? rows.eightHalfNorms(row)) * (1 - rows.gamma)
      - SIMD8(repeating: 0x1p-110)
    low = few?.weights.lowHalf ?? weights.map { Self.four($0 + row) } ?? SIMD4(repeating: 1)
    high =
      few?.weights.highHalf ?? weights.map { Self.four($0 + (row &+ 4)) } ?? SIMD4(repeating: 1)
  }

  /// What stands in memory of fewer than eight rows, with limits below zero where there is no row.
  private static func few(
    _ rows: ScreenedRows, _ row: Int, count: Int, _ area: Double,
    _ limits: UnsafePointer<Double>, _ weights: UnsafePointer<Double>?
  ) -> (limits: SIMD8<Float>, halfNorms: SIMD8<Float>, weights: SIMD8<Double>) {
    var bounds = SIMD8<Float>(repeating: -1)
    var (halfNorms, counts) = (SIMD8<Float>(), SIMD8<Double>())
    for lane in 0..<count {
      bounds[lane] = Float(limits[row + lane] * area)
      halfNorms[lane] = rows.halfNorms.start[row + lane]
      counts[lane] = weights.map { $0[row + lane] } ?? 1
    }
    return (bounds, halfNorms, counts)
  }

  @inline(__always)
  private static func four(_ place: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// Adds what a point of these scores takes off, and says bit by bit of which rows.
  @inline(__always)
  func add(_ scores: SIMD8<Float>, to sum: inout SIMD4<Double>) -> UInt8 {
    let halves = scores + base
    let squares = cohort_max_f32x8((halves + halves) * roundingDown, SIMD8())
    let gain = cohort_max_f32x8(limits - squares, SIMD8())
    sum.addProduct(cohort_f64_from_low_f32x8(gain), low)
    sum.addProduct(cohort_f64_from_high_f32x8(gain), high)
    return UInt8(truncatingIfNeeded: cohort_not_above_f32x8(squares, limits))
  }
}
