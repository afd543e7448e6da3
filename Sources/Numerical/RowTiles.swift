/// Rows laid out for vector loads across rows: tiles of twelve, dimension by dimension.
///
/// Coordinate j of row r stands at `values[(r / 12 * width + j) * 12 + r % 12]`: three
/// `SIMD4<Double>` hold the same coordinate of twelve neighbouring rows, which gives a kernel three
/// independent chains for every number it broadcasts. The last tile is padded with zeros.
package enum RowTiles {
  package static let rows = 12

  /// How many rows `count` rows take with their padding.
  package static func paddedCount(_ count: Int) -> Int { (count + rows - 1) / rows * rows }

  /// Writes `count` rows of `width` values each, row-major, into `tiles`.
  package static func pack(
    _ source: UnsafePointer<Double>, count: Int, width: Int,
    into tiles: UnsafeMutablePointer<Double>
  ) {
    let whole = count / rows
    for tile in 0..<whole {
      packTile(
        source + tile &* rows &* width, width, into: tiles + tile &* rows &* width)
    }
    let rest = count &- whole &* rows
    guard rest > 0 else { return }
    let (from, to) = (source + whole &* rows &* width, tiles + whole &* rows &* width)
    for j in 0..<width {
      for row in 0..<rows { to[j &* rows &+ row] = row < rest ? from[row &* width &+ j] : 0 }
    }
  }

  private static func packTile(
    _ source: UnsafePointer<Double>, _ width: Int, into tile: UnsafeMutablePointer<Double>
  ) {
    for four in 0..<3 {
      let first = source + four &* 4 &* width
      let (second, third, fourth) = (first + width, first + 2 &* width, first + 3 &* width)
      let target = tile + four &* 4
      var j = 0
      while j &+ 4 <= width {
        let (a, b, c, d) = (load(first + j), load(second + j), load(third + j), load(fourth + j))
        store(SIMD4(a[0], b[0], c[0], d[0]), target + j &* 12)
        store(SIMD4(a[1], b[1], c[1], d[1]), target + (j &+ 1) &* 12)
        store(SIMD4(a[2], b[2], c[2], d[2]), target + (j &+ 2) &* 12)
        store(SIMD4(a[3], b[3], c[3], d[3]), target + (j &+ 3) &* 12)
        j = j &+ 4
      }
      while j < width {
        store(SIMD4(first[j], second[j], third[j], fourth[j]), target + j &* 12)
        j = j &+ 1
      }
    }
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private static func store(_ value: SIMD4<Double>, _ address: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD4<Double>.self)
  }
}
