import Numerical

/// The greatest derivatives of some rows, and their sums.
struct DerivativeExtremes: Sendable {
  var gradient: Float = 0
  var hessian: Float = 0
  /// Rows whose scores are no longer finite.
  var isFinite = true

  func merging(_ other: Self) -> Self {
    Self(
      gradient: max(gradient, other.gradient), hessian: max(hessian, other.hessian),
      isFinite: isFinite && other.isFinite)
  }
}

/// Turns derivatives into the records that a tree is grown from.
struct RecordPass {
  let derivatives: ScratchBuffer<SIMD2<Float>>
  let rowCount: Int
  let sampling: RowSampling
  /// Nil for exact sums.
  let scale: DerivativeScale?
  let noiseKey: UInt64

  private static let chunkRows = 8192

  /// Writes the records of the chosen rows, ascending, and sums them.
  ///
  /// Whole numbers are rounded at random, up with the probability of the fraction, so that sums over
  /// rows of equal derivatives are not biased. Amplified derivatives are stored back.
  func run(to records: UnsafeMutablePointer<UInt64>, on pool: WorkerPool) -> NodeSums {
    let chunks = RowChunks(count: rowCount, size: Self.chunkRows)
    var starts = [Int](repeating: 0, count: chunks.count)
    if sampling.keepsAll {
      for chunk in 0..<chunks.count { starts[chunk] = chunks[chunk].lowerBound }
    } else {
      let counts = pool.map(count: chunks.count) { countRows(chunks[$0]) }
      for chunk in 1..<max(1, chunks.count) {
        starts[chunk] = starts[chunk - 1] + counts[chunk - 1]
      }
    }
    let sums = pool.map(count: chunks.count) { chunk in
      scale == nil
        ? writeExact(chunks[chunk], to: records + starts[chunk])
        : writeQuantized(chunks[chunk], to: records + starts[chunk])
    }
    return sums.reduce(NodeSums(gradient: 0, hessian: 0, count: 0)) {
      NodeSums(
        gradient: $0.gradient + $1.gradient, hessian: $0.hessian + $1.hessian,
        count: $0.count + $1.count)
    }
  }

  private func countRows(_ rows: Range<Int>) -> Int {
    rows.reduce(0) { $0 + (sampling.factor($1, derivatives.start[$1]) > 0 ? 1 : 0) }
  }

  private func writeExact(_ rows: Range<Int>, to records: UnsafeMutablePointer<UInt64>)
    -> NodeSums
  {
    var sums = SIMD2<Double>.zero
    var count = 0
    for row in rows {
      let factor = sampling.factor(row, derivatives.start[row])
      guard factor > 0 else { continue }
      derivatives.start[row] *= factor
      sums += SIMD2<Double>(derivatives.start[row])
      records[count] = UInt64(row)
      count &+= 1
    }
    return NodeSums(gradient: sums[0], hessian: sums[1], count: count)
  }

  private func writeQuantized(_ rows: Range<Int>, to records: UnsafeMutablePointer<UInt64>)
    -> NodeSums
  {
    guard let scale else { return NodeSums(gradient: 0, hessian: 0, count: 0) }
    let rounding = StochasticRounding(scale, key: noiseKey)
    var sums = SIMD2<Int>.zero
    var count = 0
    if sampling.keepsAll {
      sums = rounding.write(rows, derivatives.start, to: records)
      count = rows.count
    } else {
      for row in rows {
        let factor = sampling.factor(row, derivatives.start[row])
        guard factor > 0 else { continue }
        let whole = rounding.whole(derivatives.start[row] * factor, row: row)
        records[count] = RowRecord.make(row: row, g: whole[0], h: whole[1])
        sums &+= SIMD2(Int(whole[0]), Int(whole[1]))
        count &+= 1
      }
    }
    return NodeSums(
      gradient: Double(sums[0]) * scale.gradient, hessian: Double(sums[1]) * scale.hessian,
      count: count)
  }
}

extension DerivativeScale {
  /// The finest scale at which `rowCount` records fit their entries.
  init(_ extremes: DerivativeExtremes, factor: Float, rowCount: Int) {
    let rows = max(1, rowCount)
    // One step is left for rounding up.
    let gradients = Double(max(1, min(32_767, Int32.max / Int32(clamping: rows)) - 1))
    let hessians = Double(max(1, min(65_535, Int(UInt32.max) / rows) - 1))
    let (g, h) = (Double(extremes.gradient * factor), Double(extremes.hessian * factor))
    gradient = g > 0 ? g / gradients : 1
    hessian = h > 0 ? h / hessians : 1
  }
}
