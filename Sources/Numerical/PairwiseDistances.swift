private import CIntrinsics

/// Euclidean distances from a few rows to runs of packed points, written out for a second pass.
///
/// Every distance is the square root of a direct sum of (x − y)², one fused multiply-add per dimension in
/// dimension order, so equal points are at distance 0 exactly, nothing cancels however far the data
/// lie from the origin, and a distance has the same bits from either end and from every entry point.
/// Points are addressed as in `PackedPoints`: a pointer to the first coordinate, the next ones
/// `PackedPoints.lanes` apart.
package enum PairwiseDistances {
  /// The position of the first coordinate of `point` in `PackedPoints.values`.
  @inline(__always)
  package static func offset(ofPoint point: Int, dimension: Int) -> Int {
    let lanes = PackedPoints.lanes
    return (point / lanes &* dimension) &* lanes &+ point % lanes
  }

  /// Writes the distances from each of four rows to `panelCount` panels of four points.
  ///
  /// The distance from row r to lane l of panel p goes to `output[r * stride + p * 4 + l]`. Padding
  /// lanes are written too.
  ///
  /// - Complexity: O(panelCount · dimension).
  package static func write(
    fromRows rows: FourRows, toPanels panels: UnsafePointer<Double>, panelCount: Int,
    dimension: Int, into output: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let panelSize = dimension &* PackedPoints.lanes
    var panel = 0
    while panel &+ 2 <= panelCount {
      writeEight(
        rows, panels + panel &* panelSize, dimension, output + panel &* PackedPoints.lanes, stride)
      panel &+= 2
    }
    if panel < panelCount {
      writeFour(
        rows, panels + panel &* panelSize, dimension, output + panel &* PackedPoints.lanes, stride)
    }
  }

  /// Writes the distances from one row to `panelCount` panels of four points, in point order.
  ///
  /// - Complexity: O(panelCount · dimension).
  package static func write(
    fromRow row: UnsafePointer<Double>, toPanels panels: UnsafePointer<Double>, panelCount: Int,
    dimension: Int, into output: UnsafeMutablePointer<Double>
  ) {
    let lanes = PackedPoints.lanes
    let panelSize = dimension &* lanes
    var panel = 0
    while panel &+ 4 <= panelCount {
      let first = panels + panel &* panelSize
      var a = SIMD4<Double>(), b = a, c = a, d = a
      var offset = 0
      while offset < panelSize {
        let x = SIMD4(repeating: row[offset])
        addSquare(&a, x, load(first, offset))
        addSquare(&b, x, load(first, offset &+ panelSize))
        addSquare(&c, x, load(first, offset &+ 2 &* panelSize))
        addSquare(&d, x, load(first, offset &+ 3 &* panelSize))
        offset &+= lanes
      }
      let target = output + panel &* lanes
      storeRoot(a, target)
      storeRoot(b, target + lanes)
      storeRoot(c, target + 2 &* lanes)
      storeRoot(d, target + 3 &* lanes)
      panel &+= 4
    }
    while panel < panelCount {
      var a = SIMD4<Double>()
      var offset = 0
      while offset < panelSize {
        addSquare(
          &a, SIMD4(repeating: row[offset]), load(panels, panel &* panelSize &+ offset))
        offset &+= lanes
      }
      storeRoot(a, output + panel &* lanes)
      panel &+= 1
    }
  }
}

/// The first coordinates of four rows; a row may be named more than once.
package typealias FourRows = (
  UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>
)

extension PairwiseDistances {
  /// Four rows against eight points: eight independent sums fill the latency of the multiply-add.
  @inline(__always)
  private static func writeEight(
    _ rows: FourRows, _ panel: UnsafePointer<Double>, _ dimension: Int,
    _ output: UnsafeMutablePointer<Double>, _ stride: Int
  ) {
    let lanes = PackedPoints.lanes
    let panelSize = dimension &* lanes
    var a0 = SIMD4<Double>(), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0
    var offset = 0
    while offset < panelSize {
      let y0 = load(panel, offset)
      let y1 = load(panel, offset &+ panelSize)
      let a = SIMD4(repeating: rows.0[offset])
      addSquare(&a0, a, y0)
      addSquare(&a1, a, y1)
      let b = SIMD4(repeating: rows.1[offset])
      addSquare(&b0, b, y0)
      addSquare(&b1, b, y1)
      let c = SIMD4(repeating: rows.2[offset])
      addSquare(&c0, c, y0)
      addSquare(&c1, c, y1)
      let d = SIMD4(repeating: rows.3[offset])
      addSquare(&d0, d, y0)
      addSquare(&d1, d, y1)
      offset &+= lanes
    }
    storeRoot(a0, output)
    storeRoot(a1, output + lanes)
    storeRoot(b0, output + stride)
    storeRoot(b1, output + stride + lanes)
    storeRoot(c0, output + 2 &* stride)
    storeRoot(c1, output + 2 &* stride + lanes)
    storeRoot(d0, output + 3 &* stride)
    storeRoot(d1, output + 3 &* stride + lanes)
  }

  @inline(__always)
  private static func writeFour(
    _ rows: FourRows, _ panel: UnsafePointer<Double>, _ dimension: Int,
    _ output: UnsafeMutablePointer<Double>, _ stride: Int
  ) {
    let lanes = PackedPoints.lanes
    var a = SIMD4<Double>(), b = a, c = a, d = a
    var offset = 0
    while offset < dimension &* lanes {
      let y = load(panel, offset)
      addSquare(&a, SIMD4(repeating: rows.0[offset]), y)
      addSquare(&b, SIMD4(repeating: rows.1[offset]), y)
      addSquare(&c, SIMD4(repeating: rows.2[offset]), y)
      addSquare(&d, SIMD4(repeating: rows.3[offset]), y)
      offset &+= lanes
    }
    storeRoot(a, output)
    storeRoot(b, output + stride)
    storeRoot(c, output + 2 &* stride)
    storeRoot(d, output + 3 &* stride)
  }

  @inline(__always)
  private static func addSquare(
    _ sum: inout SIMD4<Double>, _ x: SIMD4<Double>, _ y: SIMD4<Double>
  ) {
    let difference = x - y
    sum = sum.addingProduct(difference, difference)
  }

  @inline(__always)
  private static func load(_ values: UnsafePointer<Double>, _ offset: Int) -> SIMD4<Double> {
    UnsafeRawPointer(values + offset).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func storeRoot(
    _ squares: SIMD4<Double>, _ target: UnsafeMutablePointer<Double>
  ) {
    UnsafeMutableRawPointer(target).storeBytes(
      of: cohort_sqrt_f64x4(squares), as: SIMD4<Double>.self)
  }
}
