import Numerical

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension KMeans {
  /// The centres one run starts from.
  func starts(in data: KMeansData, seed: Seed) -> Matrix {
    var random = RandomSource(seed: seed)
    switch initialization {
    case .given(let starts): return starts
    case .random:
      return Matrix(rows: data.sampleRows(k, from: &random).map { data.start($0) })
    case .plusPlus:
      var seeding = GreedySeeding(data)
      return Matrix(rows: seeding.choose(k, from: &random).map { data.start($0) })
    }
  }
}

extension KMeansData {
  /// Distinct rows, each next one drawn by weight from those that remain.
  ///
  /// Weighted draws give every row the key −ln(u)/w and take the smallest keys (Efraimidis and
  /// Spirakis, 2006).
  fileprivate func sampleRows(_ count: Int, from random: inout RandomSource) -> [Int] {
    guard let weights else { return random.sample(count, outOf: rowCount) }
    let keys = weights.enumerated().compactMap { row, weight -> (Double, Int)? in
      let draw = 1 - random.uniform()
      return weight > 0 ? (-log(draw) / weight, row) : nil
    }
    return keys.sorted { $0 < $1 }.prefix(count).map { $0.1 }
  }
}

/// Greedy k-means++ (Arthur and Vassilvitskii, 2007; candidates as in scikit-learn).
///
/// Every start but the first is the best of 2 + ⌊ln k⌋ rows drawn with probability proportional to
/// w · d², where d is the distance to the nearest start so far. One pass over the rows measures all
/// candidates of a start. The screen leaves only those rows to measure that some candidate may be nearer
/// to than every start so far; the others keep their share of the potential.
private struct GreedySeeding {
  private let data: KMeansData
  /// Squared distance to the nearest start so far.
  private let nearest: ScratchBuffer<Double>
  /// Per chunk, the rows that the last candidates may have come near to, and their count; and for
  /// each, bit by bit, which candidates did.
  private let touched: ScratchBuffer<Int32>
  private let nearer: ScratchBuffer<UInt16>
  private var touchedCounts: [Int] = []
  /// Σ w d² of every chunk of rows.
  private var potentials: [Double] = []
  private var chosen: [Int] = []

  init(_ data: KMeansData) {
    self.data = data
    nearest = ScratchBuffer(count: data.rowCount, repeating: .infinity)
    touched = ScratchBuffer(count: data.rowCount)
    nearer = ScratchBuffer(count: data.rowCount)
  }

  /// Rows to start from, in the order of their choice.
  mutating func choose(_ count: Int, from random: inout RandomSource) -> [Int] {
    let trials = 2 + Int(log(Double(count)))
    potentials = (0..<KMeansData.chunkCount(data.rowCount)).map { chunk in
      rows(of: chunk).reduce(0) { $0 + data.weight($1) }
    }
    addBest(of: [draw(from: &random) { data.weight($0) }])
    while chosen.count < count {
      let candidates = (0..<trials).map { _ in
        draw(from: &random) { data.weight($0) * nearest.start[$0] }
      }
      addBest(of: candidates)
    }
    return chosen
  }

  private func rows(of chunk: Int) -> Range<Int> {
    let start = chunk * KMeansData.chunkRows
    return start..<min(data.rowCount, start + KMeansData.chunkRows)
  }

  /// A row with probability proportional to `mass`, whose sums per chunk are `potentials`.
  private func draw(from random: inout RandomSource, mass: (Int) -> Double) -> Int {
    var rest = random.uniform() * potentials.reduce(0, +)
    var chosenChunk = 0
    for chunk in potentials.indices where potentials[chunk] > 0 {
      chosenChunk = chunk
      if rest < potentials[chunk] { break }
      rest -= potentials[chunk]
    }
    var last = rows(of: chosenChunk).lowerBound
    for row in rows(of: chosenChunk) where mass(row) > 0 {
      last = row
      rest -= mass(row)
      if rest < 0 { break }
    }
    return last
  }

  /// Makes the candidate that lowers the potential most the next start; of equal ones the first.
  private mutating func addBest(of candidates: [Int]) {
    let points = Matrix(rows: candidates.map { data.start($0) })
    let screen = CandidateScreen(points, rows: data.screened)
    let packed = PackedPoints(points)
    let parts = data.pool.map(count: potentials.count) { chunk in
      packed.withView { potential(of: chunk, with: $0, screen: screen) }
    }
    let sums = candidates.indices.map { index in parts.reduce(0) { $0 + $1.sums[index] } }
    let least = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
    potentials = parts.map { $0.sums[least] }
    touchedCounts = parts.map(\.touched)
    add(candidates[least], bit: UInt16(1) << UInt16(least))
  }

  /// Per candidate, Σ w min(d², |x − candidate|²) over the rows of a chunk.
  private func potential(of chunk: Int, with points: PackedView, screen: CandidateScreen)
    -> (sums: [Double], touched: Int)
  {
    let width = points.panelCount * PackedPoints.lanes
    let distances = ScratchBuffer<Double>(count: width)
    let sums = ScratchBuffer<Double>(count: width, repeating: 0)
    let range = rows(of: chunk)
    let list = touched.start + range.lowerBound
    let nearer = nearer.start + range.lowerBound
    let (nearest, fitted) = (nearest.start, data.fitted)
    // Of one candidate it is known that it will be taken.
    let isOnly = points.count == 1
    let count = screen.list(range, within: nearest, into: list)
    var untouched = 0.0
    var next = 0
    for row in range {
      let present = nearest[row]
      let weight = fitted.weight(row)
      guard next < count, Int(list[next]) == row else {
        untouched += weight * present
        continue
      }
      if next &+ 16 < count { fitted.prefetch(Int(list[next &+ 16])) }
      DistanceTile.squaredDistances(from: fitted.row(row), to: points, into: distances.start)
      let bits = Self.add(
        distances.start, count: width, present: present, weight: weight, to: sums.start)
      nearer[next] = isOnly ? 0 : bits
      if isOnly { nearest[row] = min(present, distances.start[0]) }
      next &+= 1
    }
    return (sums.elements.map { $0 + untouched }, count)
  }

  /// Adds w min(d², present) of every candidate to its sum, and says bit by bit which came nearer.
  ///
  /// - Parameter count: a multiple of four.
  @inline(__always)
  private static func add(
    _ distances: UnsafePointer<Double>, count: Int, present: Double, weight: Double,
    to sums: UnsafeMutablePointer<Double>
  ) -> UInt16 {
    let limit = SIMD4<Double>(repeating: present)
    var bits = SIMD4<Int64>()
    var lanes = SIMD4<Int64>(1, 2, 4, 8)
    var index = 0
    while index < count {
      let distance = UnsafeRawPointer(distances + index).loadUnaligned(as: SIMD4<Double>.self)
      let isNearer = distance .< limit
      let share = limit.replacing(with: distance, where: isNearer) * weight
      let sum = UnsafeRawPointer(sums + index).loadUnaligned(as: SIMD4<Double>.self)
      UnsafeMutableRawPointer(sums + index).storeBytes(of: sum + share, as: SIMD4<Double>.self)
      bits |= SIMD4<Int64>().replacing(with: lanes, where: isNearer)
      lanes = lanes &<< 4
      index &+= 4
    }
    return UInt16(truncatingIfNeeded: bits.wrappedSum())
  }

  /// Makes a row the next start: the candidate with this bit.
  private mutating func add(_ start: Int, bit: UInt16) {
    chosen.append(start)
    // Pointers, since buffers would be retained and released for every row.
    let (touched, nearer, nearest) = (touched.start, nearer.start, nearest.start)
    let (fitted, width) = (data.fitted, data.columnCount)
    data.pool.forEachChunk(count: touchedCounts.count) { chunk in
      let first = rows(of: chunk).lowerBound
      let end = first + touchedCounts[chunk]
      for index in first..<end where nearer[index] & bit != 0 {
        if index + 24 < end { fitted.prefetch(Int(touched[index + 24])) }
        let row = Int(touched[index])
        nearest[row] = DistanceTile.squaredDistance(
          fitted.row(row), fitted.row(start), dimension: width)
      }
    }
  }
}
