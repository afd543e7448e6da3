import CIntrinsics

/// Sixteen neighbouring rows that go through the screen together.
///
/// Rows are lanes from the start, and four points at a time meet two vectors of rows: eight sums stay in
/// registers for six loads a coordinate. Eight rows whose coordinates were spread and eight points as lanes
/// took nine loads and a transposition: 0.20 s instead of 0.16 for 20 iterations of 1,000,000 × 16, k = 8.
struct OctetPair {
  private let low: UnsafePointer<Float>
  private let high: UnsafePointer<Float>
  private let dimension: Int

  /// - Parameters:
  ///   - row: the first row, a multiple of eight.
  ///   - count: how many rows there are; with no more than eight, the second octet repeats the first.
  @inline(__always)
  init(_ rows: ScreenedRows, row: Int, count: Int) {
    low = UnsafePointer(rows.start(of: row))
    high = count > 8 ? low + 8 &* rows.dimension : low
    dimension = rows.dimension
  }

  /// Asks for the pair after the next one.
  @inline(__always)
  func prefetchNext() {
    let ahead = low + 32 &* dimension
    for line in 0..<dimension { cohort_prefetch(ahead + line &* 16) }
  }

  /// Calls `body` with the scores |c|²/2 · (1 − γ) − x·c of both octets for every point of a panel in turn.
  @inline(__always)
  func forEachPoint(
    of panel: Int, in panels: ScreenPanels, body: (Int, SIMD8<Float>, SIMD8<Float>) -> Void
  ) {
    let width = panels.dimension
    let coordinates = panels.values.start + panel &* width &* 8
    let first = panel &* 8
    let end = min(first &+ 8, panels.pointCount)
    var slot = first
    while slot < end {
      let s = scores(coordinates + (slot &- first), panels.offsets.start + slot, width)
      body(slot, s.0, s.4)
      body(slot &+ 1, s.1, s.5)
      body(slot &+ 2, s.2, s.6)
      body(slot &+ 3, s.3, s.7)
      slot &+= 4
    }
  }

  @inline(__always)
  private func scores(
    _ points: UnsafePointer<Float>, _ offsets: UnsafePointer<Float>, _ width: Int
  ) -> Octet {
    let (a, b) = (SIMD8(repeating: offsets[0]), SIMD8(repeating: offsets[1]))
    let (c, d) = (SIMD8(repeating: offsets[2]), SIMD8(repeating: offsets[3]))
    var s: Octet = (a, b, c, d, a, b, c, d)
    for j in 0..<width {
      let x = UnsafeRawPointer(low + j &* 8).loadUnaligned(as: SIMD8<Float>.self)
      let y = UnsafeRawPointer(high + j &* 8).loadUnaligned(as: SIMD8<Float>.self)
      let four = points + j &* 8
      let first = SIMD8(repeating: four[0])
      s.0.addProduct(x, first)
      s.4.addProduct(y, first)
      let second = SIMD8(repeating: four[1])
      s.1.addProduct(x, second)
      s.5.addProduct(y, second)
      let third = SIMD8(repeating: four[2])
      s.2.addProduct(x, third)
      s.6.addProduct(y, third)
      let fourth = SIMD8(repeating: four[3])
      s.3.addProduct(x, fourth)
      s.7.addProduct(y, fourth)
    }
    return s
  }
}

/// What the screen has found so far of the nearest points of eight neighbouring rows.
struct OctetSearch {
  let row: Int
  /// How many of the eight are rows; there may be none.
  let count: Int
  let halfNorms: SIMD8<Float>
  var all = LaneTopTwo()
  /// The least score of the best point's group without that point.
  var runnerUp = SIMD8<Float>()

  init(_ rows: ScreenedRows, row: Int, count: Int) {
    self.row = row
    self.count = count
    halfNorms = rows.eightHalfNorms(row)
  }
}
