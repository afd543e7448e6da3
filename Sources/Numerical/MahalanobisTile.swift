/// Squared Mahalanobis distances of many rows to one centre, twelve rows at a time.
///
/// Rows come as `RowTiles`. The centre is subtracted before anything is multiplied, so that centres far
/// from the origin cost no digits. Each row is treated alone: its bits do not depend on its neighbours.
package enum MahalanobisTile {
  /// The lower triangle of a matrix in the order in which `squaredDistances` reads it: for every four
  /// rows j of the triangle and every column i up to the last of them, the four entries (j, i).
  ///
  /// The width is filled up to a multiple of four; entries above the diagonal and beyond the matrix are
  /// zero.
  package static func packing(_ lower: Matrix) -> [Double] {
    let width = lower.columnCount
    var packed: [Double] = []
    for first in stride(from: 0, to: width, by: 4) {
      for i in 0..<first + 4 {
        for j in first..<first + 4 { packed.append(j < width && i <= j ? lower[j, i] : 0) }
      }
    }
    return packed
  }

  /// How many numbers of room `squaredDistances` needs: twelve per column, columns in fours.
  package static func scratchCount(width: Int) -> Int { 12 * ((width + 3) / 4 * 4) }

  /// |L⁻¹ (x − centre)|² for the rows x of `tileCount` tiles.
  ///
  /// - Parameters:
  ///   - triangle: L⁻¹ as `packing` lays it out.
  ///   - scratch: room for `scratchCount` numbers.
  package static func squaredDistances(
    of tiles: UnsafePointer<Double>, tileCount: Int, width: Int,
    to center: UnsafePointer<Double>, triangle: UnsafePointer<Double>,
    scratch: UnsafeMutablePointer<Double>, into distances: UnsafeMutablePointer<Double>
  ) {
    let filled = (width &+ 3) / 4 &* 48
    for index in width &* 12..<filled { scratch[index] = 0 }
    for tile in 0..<tileCount {
      subtract(center, from: tiles + tile &* 12 &* width, width, into: scratch)
      squaredNorms(scratch, width, triangle, into: distances + tile &* 12)
    }
  }

  /// Σ scale_j (x_j − centre_j)² for the rows x of `tileCount` tiles.
  package static func squaredDistances(
    of tiles: UnsafePointer<Double>, tileCount: Int, width: Int,
    to center: UnsafePointer<Double>, scales: UnsafePointer<Double>,
    into distances: UnsafeMutablePointer<Double>
  ) {
    for tile in 0..<tileCount {
      let rows = tiles + tile &* 12 &* width
      var (q0, q1, q2) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
      for j in 0..<width {
        let (middle, scale) = (splat(center + j), splat(scales + j))
        let (x0, x1, x2) = (
          load(rows + j &* 12) - middle, load(rows + j &* 12 + 4) - middle,
          load(rows + j &* 12 + 8) - middle
        )
        q0 = q0.addingProduct(x0 * scale, x0)
        q1 = q1.addingProduct(x1 * scale, x1)
        q2 = q2.addingProduct(x2 * scale, x2)
      }
      store(q0, distances + tile &* 12)
      store(q1, distances + tile &* 12 + 4)
      store(q2, distances + tile &* 12 + 8)
    }
  }

  @inline(__always)
  private static func subtract(
    _ center: UnsafePointer<Double>, from rows: UnsafePointer<Double>, _ width: Int,
    into difference: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      let middle = splat(center + j)
      store(load(rows + j &* 12) - middle, difference + j &* 12)
      store(load(rows + j &* 12 + 4) - middle, difference + j &* 12 + 4)
      store(load(rows + j &* 12 + 8) - middle, difference + j &* 12 + 8)
    }
  }

  /// Twelve sums of four rows of the triangle are held in registers while the columns pass by; the
  /// block on the diagonal comes last, without its zeros.
  @inline(__always)
  private static func squaredNorms(
    _ rows: UnsafePointer<Double>, _ width: Int, _ triangle: UnsafePointer<Double>,
    into norms: UnsafeMutablePointer<Double>
  ) {
    let zero = SIMD4<Double>.zero
    var (q0, q1, q2) = (zero, zero, zero)
    var p = triangle
    var first = 0
    while first < width {
      var (a0, a1, a2) = (zero, zero, zero)
      var (b0, b1, b2) = (zero, zero, zero)
      var (c0, c1, c2) = (zero, zero, zero)
      var (d0, d1, d2) = (zero, zero, zero)
      var x = rows
      for _ in 0..<first {
        let (x0, x1, x2) = (load(x), load(x + 4), load(x + 8))
        add(p, x0, x1, x2, &a0, &a1, &a2)
        add(p + 1, x0, x1, x2, &b0, &b1, &b2)
        add(p + 2, x0, x1, x2, &c0, &c1, &c2)
        add(p + 3, x0, x1, x2, &d0, &d1, &d2)
        p += 4
        x += 12
      }
      var (x0, x1, x2) = (load(x), load(x + 4), load(x + 8))
      add(p, x0, x1, x2, &a0, &a1, &a2)
      add(p + 1, x0, x1, x2, &b0, &b1, &b2)
      add(p + 2, x0, x1, x2, &c0, &c1, &c2)
      add(p + 3, x0, x1, x2, &d0, &d1, &d2)
      (x0, x1, x2) = (load(x + 12), load(x + 16), load(x + 20))
      add(p + 5, x0, x1, x2, &b0, &b1, &b2)
      add(p + 6, x0, x1, x2, &c0, &c1, &c2)
      add(p + 7, x0, x1, x2, &d0, &d1, &d2)
      (x0, x1, x2) = (load(x + 24), load(x + 28), load(x + 32))
      add(p + 10, x0, x1, x2, &c0, &c1, &c2)
      add(p + 11, x0, x1, x2, &d0, &d1, &d2)
      (x0, x1, x2) = (load(x + 36), load(x + 40), load(x + 44))
      add(p + 15, x0, x1, x2, &d0, &d1, &d2)
      p += 16
      q0 = q0.addingProduct(a0, a0).addingProduct(b0, b0).addingProduct(c0, c0).addingProduct(
        d0, d0)
      q1 = q1.addingProduct(a1, a1).addingProduct(b1, b1).addingProduct(c1, c1).addingProduct(
        d1, d1)
      q2 = q2.addingProduct(a2, a2).addingProduct(b2, b2).addingProduct(c2, c2).addingProduct(
        d2, d2)
      first = first &+ 4
    }
    store(q0, norms)
    store(q1, norms + 4)
    store(q2, norms + 8)
  }

  /// Adds a broadcast factor times three vectors of rows.
  @inline(__always)
  private static func add(
    _ factor: UnsafePointer<Double>, _ x0: SIMD4<Double>, _ x1: SIMD4<Double>,
    _ x2: SIMD4<Double>, _ sum0: inout SIMD4<Double>, _ sum1: inout SIMD4<Double>,
    _ sum2: inout SIMD4<Double>
  ) {
    let scale = splat(factor)
    sum0 = sum0.addingProduct(scale, x0)
    sum1 = sum1.addingProduct(scale, x1)
    sum2 = sum2.addingProduct(scale, x2)
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func store(_ value: SIMD4<Double>, _ address: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func splat(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
    SIMD4(repeating: address.pointee)
  }
}
