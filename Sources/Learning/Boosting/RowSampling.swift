import Numerical

/// Random bits that belong to a row: the same whichever thread asks.
enum RowNoise {
  /// SplitMix64's mixing of (key, row).
  @inline(__always)
  static func bits(_ row: Int, key: UInt64) -> UInt64 {
    var z = key &+ UInt64(truncatingIfNeeded: row) &* 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z &>> 31)
  }

  /// The number of 64-bit values of which a share lies below.
  static func limit(_ share: Double) -> UInt64 {
    share >= 1 ? .max : UInt64(max(0, share) * 0x1p63) &* 2
  }
}

/// Which rows a tree learns from, and how often each counts.
enum RowSampling {
  case all
  /// Each row with the same probability.
  case bag(key: UInt64, limit: UInt64)
  /// Rows with |g h| of at least `threshold` once; of the others a sample that stands for all of them.
  case oneSide(threshold: Float, key: UInt64, limit: UInt64, factor: Float)

  /// How often a row counts, 0 for not at all.
  @inline(__always)
  func factor(_ row: Int, _ derivatives: SIMD2<Float>) -> Float {
    switch self {
    case .all: return 1
    case .bag(let key, let limit): return RowNoise.bits(row, key: key) < limit ? 1 : 0
    case .oneSide(let threshold, let key, let limit, let factor):
      if abs(derivatives[0] * derivatives[1]) >= threshold { return 1 }
      return RowNoise.bits(row, key: key) < limit ? factor : 0
    }
  }

  var keepsAll: Bool { if case .all = self { true } else { false } }
}

extension RowSampling {
  /// Gradient-based one-side sampling (Ke et al., 2017).
  static func oneSide(
    top: Double, other: Double, key: UInt64, derivatives: ScratchBuffer<SIMD2<Float>>,
    rowCount: Int, on pool: WorkerPool
  ) -> RowSampling {
    let kept = min(rowCount, max(1, Int(Double(rowCount) * top)))
    let magnitude = { (row: Int) -> UInt32 in
      abs(derivatives.start[row][0] * derivatives.start[row][1]).bitPattern
    }
    // The kept-th greatest by two digits of the bit patterns, which order like the numbers.
    let high = Self.digit(of: rowCount, rank: kept, on: pool) { Int(magnitude($0) >> 16) }
    let low = Self.digit(of: rowCount, rank: kept - high.above, on: pool) {
      magnitude($0) >> 16 == UInt32(high.digit) ? Int(magnitude($0) & 0xffff) : nil
    }
    let threshold = Float(bitPattern: UInt32(high.digit) << 16 | UInt32(low.digit))
    let rest = Double(rowCount - kept)
    let drawn = max(1, Double(rowCount) * other)
    return .oneSide(
      threshold: threshold, key: key, limit: RowNoise.limit(rest > 0 ? drawn / rest : 0),
      factor: Float(max(1, rest / drawn)))
  }

  /// The digit of the row of a rank counted from the greatest, and how many rows have a greater one.
  private static func digit(
    of rowCount: Int, rank: Int, on pool: WorkerPool, _ digit: (Int) -> Int?
  ) -> (digit: Int, above: Int) {
    let chunks = RowChunks(count: rowCount, parts: 16)
    let counts = pool.map(count: chunks.count) { chunk in
      var counts = [Int32](repeating: 0, count: 65_536)
      for row in chunks[chunk] { if let digit = digit(row) { counts[digit] += 1 } }
      return counts
    }
    var above = 0
    for digit in stride(from: 65_535, through: 0, by: -1) {
      let here = counts.reduce(0) { $0 + Int($1[digit]) }
      if above + here >= rank { return (digit, above) }
      above += here
    }
    return (0, above)
  }
}
