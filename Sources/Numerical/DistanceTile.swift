/// Squared Euclidean distances from rows to packed points, in double precision.
///
/// The distance is *defined* here as Σ (xⱼ − yⱼ)², summed by fused multiply-add from zero in the order
/// of coordinates. Every caller gets those bits whatever the panel or lane a point stands in, so that
/// nearest points, ties included, are the same along every path. The direct form does not cancel:
/// its relative error is below (d + 2) · 2⁻⁵³ whatever the offset of the data.
package enum DistanceTile {
  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>, _ offset: Int) -> SIMD4<Double> {
    UnsafeRawPointer(pointer + offset).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// The squared distance between two rows of `dimension` values.
  package static func squaredDistance(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, dimension: Int
  ) -> Double {
    var sum = 0.0
    for j in 0..<dimension {
      let difference = a[j] - b[j]
      sum.addProduct(difference, difference)
    }
    return sum
  }

  /// Squared distances from `row` to the four points of one panel.
  @inline(__always)
  private static func toPanel(
    _ row: UnsafePointer<Double>, _ panel: UnsafePointer<Double>, _ dimension: Int
  ) -> SIMD4<Double> {
    var sum = SIMD4<Double>()
    for j in 0..<dimension {
      let difference = SIMD4(repeating: row[j]) - load(panel, j &* 4)
      sum.addProduct(difference, difference)
    }
    return sum
  }

  /// Squared distances from `row` to two panels at once.
  @inline(__always)
  private static func toTwoPanels(
    _ row: UnsafePointer<Double>, _ panels: UnsafePointer<Double>, _ dimension: Int
  ) -> (SIMD4<Double>, SIMD4<Double>) {
    let stride = dimension &* 4
    var a = SIMD4<Double>()
    var b = SIMD4<Double>()
    for j in 0..<dimension {
      let x = SIMD4(repeating: row[j])
      let toA = x - load(panels, j &* 4)
      let toB = x - load(panels, j &* 4 &+ stride)
      a.addProduct(toA, toA)
      b.addProduct(toB, toB)
    }
    return (a, b)
  }

  /// Squared distances from `row` to four panels at once, which hides the latency of the sums.
  @inline(__always)
  private static func toFourPanels(
    _ row: UnsafePointer<Double>, _ panels: UnsafePointer<Double>, _ dimension: Int
  ) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
    let stride = dimension &* 4
    var a = SIMD4<Double>()
    var b = SIMD4<Double>()
    var c = SIMD4<Double>()
    var d = SIMD4<Double>()
    for j in 0..<dimension {
      let x = SIMD4(repeating: row[j])
      let offset = j &* 4
      let toA = x - load(panels, offset)
      let toB = x - load(panels, offset &+ stride)
      let toC = x - load(panels, offset &+ 2 &* stride)
      let toD = x - load(panels, offset &+ 3 &* stride)
      a.addProduct(toA, toA)
      b.addProduct(toB, toB)
      c.addProduct(toC, toC)
      d.addProduct(toD, toD)
    }
    return (a, b, c, d)
  }

  /// Writes the squared distances from `row` to all points, padding included:
  /// `points.panelCount * 4` values.
  package static func squaredDistances(
    from row: UnsafePointer<Double>, to points: PackedView,
    into distances: UnsafeMutablePointer<Double>
  ) {
    let stride = points.dimension &* 4
    let out = UnsafeMutableRawPointer(distances)
    var panel = 0
    while panel &+ 4 <= points.panelCount {
      let four = toFourPanels(row, points.values + panel &* stride, points.dimension)
      out.storeBytes(of: four.0, toByteOffset: panel &* 32, as: SIMD4<Double>.self)
      out.storeBytes(of: four.1, toByteOffset: panel &* 32 &+ 32, as: SIMD4<Double>.self)
      out.storeBytes(of: four.2, toByteOffset: panel &* 32 &+ 64, as: SIMD4<Double>.self)
      out.storeBytes(of: four.3, toByteOffset: panel &* 32 &+ 96, as: SIMD4<Double>.self)
      panel &+= 4
    }
    if panel &+ 2 <= points.panelCount {
      let two = toTwoPanels(row, points.values + panel &* stride, points.dimension)
      out.storeBytes(of: two.0, toByteOffset: panel &* 32, as: SIMD4<Double>.self)
      out.storeBytes(of: two.1, toByteOffset: panel &* 32 &+ 32, as: SIMD4<Double>.self)
      panel &+= 2
    }
    if panel < points.panelCount {
      let one = toPanel(row, points.values + panel &* stride, points.dimension)
      out.storeBytes(of: one, toByteOffset: panel &* 32, as: SIMD4<Double>.self)
    }
  }

  /// The nearest of the points and its squared distance; of equally near ones the first.
  ///
  /// - Complexity: O(d) per point.
  package static func nearest(
    to row: UnsafePointer<Double>, among points: PackedView
  ) -> (index: Int, squaredDistance: Double) {
    precondition(points.count > 0, "there is no nearest of no points")
    var least = LaneMinimum()
    let stride = points.dimension &* 4
    let whole = points.count / 4
    var panel = 0
    while panel &+ 4 <= whole {
      let four = toFourPanels(row, points.values + panel &* stride, points.dimension)
      least.include(four.0, panel: panel)
      least.include(four.1, panel: panel &+ 1)
      least.include(four.2, panel: panel &+ 2)
      least.include(four.3, panel: panel &+ 3)
      panel &+= 4
    }
    while panel < whole {
      least.include(
        toPanel(row, points.values + panel &* stride, points.dimension), panel: panel)
      panel &+= 1
    }
    if panel < points.panelCount {
      var last = toPanel(row, points.values + panel &* stride, points.dimension)
      for lane in points.count &- panel &* 4..<4 { last[lane] = .infinity }
      least.include(last, panel: panel)
    }
    return least.result
  }
}

/// The least value seen in each of four lanes and the panel it came from.
private struct LaneMinimum {
  var values = SIMD4<Double>(repeating: .infinity)
  var panels = SIMD4<Int64>()

  @inline(__always)
  mutating func include(_ candidates: SIMD4<Double>, panel: Int) {
    let isLess = candidates .< values
    panels.replace(with: SIMD4(repeating: Int64(panel)), where: isLess)
    values.replace(with: candidates, where: isLess)
  }

  var result: (index: Int, squaredDistance: Double) {
    var best = (index: Int(panels[0]) &* 4, squaredDistance: values[0])
    for lane in 1..<4 {
      let index = Int(panels[lane]) &* 4 &+ lane
      if values[lane] < best.squaredDistance
        || (values[lane] == best.squaredDistance && index < best.index)
      {
        best = (index, values[lane])
      }
    }
    return best
  }
}
