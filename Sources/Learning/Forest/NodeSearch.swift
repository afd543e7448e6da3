import Numerical

/// Looks at the columns of one node after another.
final class NodeSearch {
  private let data: BinnedMatrix
  private let rules: ForestRules
  private let pool: WorkerPool
  /// Per row of the node: weight as a zero, weight as a one, 1, 0.
  private var payload = ScratchBuffer<SIMD4<Float>>(count: 0)
  private var total = SIMD4<Double>.zero
  /// Per column that is looked at 256 sums, all zero between searches.
  private let entries: ScratchBuffer<SIMD4<Double>>
  private let occupied: ScratchBuffer<UInt8>
  private let found: ScratchBuffer<Split>
  private let differs: ScratchBuffer<Bool>

  /// Rows times columns from which several threads share a node.
  private static let sharedWork = 65_536

  init(_ data: BinnedMatrix, rules: ForestRules, on pool: WorkerPool) {
    self.data = data
    self.rules = rules
    self.pool = pool
    let columns = max(1, rules.columnsPerNode ?? data.columnCount)
    entries = ScratchBuffer(count: columns * 256, repeating: .zero)
    occupied = ScratchBuffer(count: columns * 256)
    found = ScratchBuffer(count: columns, repeating: Split())
    differs = ScratchBuffer(count: columns, repeating: false)
  }

  func reserve(rows: Int) { payload = ScratchBuffer(count: rows) }

  /// Reads the rows that are searched next.
  ///
  /// - Returns: the weights of zeros and of ones.
  func read(_ rows: UnsafeBufferPointer<UInt64>, _ targets: ForestTargets) -> SIMD2<Double> {
    var sums = SIMD2<Double>.zero
    let (start, own) = (payload.start, targets.weights.start)
    for index in 0..<rows.count {
      let record = rows[index]
      let weights = own[rowNumber(record)] * Double(record &>> 32)
      sums += weights
      start[index] = SIMD4<Float>(lowHalf: SIMD2<Float>(weights), highHalf: SIMD2(1, 0))
    }
    total = SIMD4(lowHalf: sums, highHalf: SIMD2(Double(rows.count), 0))
    return sums
  }

  /// The division that gains most by some columns, of equal ones that of the first column.
  ///
  /// - Returns: also whether any of the columns differs among the rows.
  func best(
    _ rows: UnsafeBufferPointer<UInt64>, columns: ArraySlice<Int>, random: inout RandomSource
  ) -> (split: Split, hasDifference: Bool) {
    let key = rules.drawsDivisions ? random.next64() : 0
    let isShared = rows.count * columns.count >= Self.sharedWork
    (isShared ? pool : .serial).forEachChunk(count: columns.count) { place in
      look(at: columns[columns.startIndex + place], rows, place: place, key: key)
    }
    var best = Split()
    var hasDifference = false
    for place in 0..<columns.count {
      if differs.start[place] { hasDifference = true }
      if found.start[place].isBetter(than: best) { best = found.start[place] }
    }
    return (best, hasDifference)
  }

  private func look(
    at column: Int, _ rows: UnsafeBufferPointer<UInt64>, place: Int, key: UInt64
  ) {
    let entries = entries.start + place * 256
    let occupied = occupied.start + place * 256
    let bins = data.bins(ofColumn: column)
    let count = Self.sum(
      rows, payload.start, data.column(column), binCount: bins.count, to: entries,
      occupied: occupied)
    differs.start[place] = count > 1
    found.start[place] = Split()
    if count > 1 {
      let search = DivisionSearch(rules: rules, total: total)
      found.start[place] = search.split(
        UnsafeMutableBufferPointer(start: occupied, count: count), entries, bins, column: column,
        noise: RowNoise.bits(column, key: key))
    }
    for index in 0..<count { entries[Int(occupied[index])] = .zero }
  }

  /// Adds rows to the entries of their bins.
  ///
  /// - Returns: how many bins have rows; these are written to `occupied`, ascending.
  private static func sum(
    _ rows: UnsafeBufferPointer<UInt64>, _ payload: UnsafePointer<SIMD4<Float>>,
    _ bins: UnsafePointer<UInt8>, binCount: Int, to entries: UnsafeMutablePointer<SIMD4<Double>>,
    occupied: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var met = SIMD4<UInt64>.zero
    if rows.count < binCount {
      withUnsafeMutableBytes(of: &met) { words in
        guard let words = words.baseAddress?.assumingMemoryBound(to: UInt64.self) else { return }
        for index in 0..<rows.count {
          let bin = Int(bins[rowNumber(rows[index])])
          entries[bin] += SIMD4<Double>(payload[index])
          words[bin &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: bin & 63)
        }
      }
    } else {
      for index in 0..<rows.count {
        entries[Int(bins[rowNumber(rows[index])])] += SIMD4<Double>(payload[index])
      }
      for bin in 0..<binCount where entries[bin][2] > 0 {
        met[bin &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: bin & 63)
      }
    }
    var count = 0
    for word in 0..<4 {
      var bits = met[word]
      while bits != 0 {
        occupied[count] = UInt8(truncatingIfNeeded: word &* 64 &+ bits.trailingZeroBitCount)
        bits &= bits &- 1
        count &+= 1
      }
    }
    return count
  }
}
