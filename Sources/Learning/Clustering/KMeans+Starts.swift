internal import CLibrary
import Numerical

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
/// w · d², where d is the distance to the nearest start so far. One pass in single precision says what
/// each candidate would take off the potential Σ w d² and which rows it may come near to; only those of
/// the best are measured exactly. Candidates that the pass cannot tell apart are compared in double
/// precision.
private struct GreedySeeding {
  private let data: KMeansData
  /// Squared distance to the nearest start so far.
  private let nearest: ScratchBuffer<Double>
  /// The rows that the new start may have come near to, from the start of each chunk on.
  private let touched: ScratchBuffer<Int32>
  /// Σ w d² of every chunk of rows; Σ w before the first start.
  private var potentials: [Double]
  private let totalWeight: Double
  private var chosen: [Int] = []

  init(_ data: KMeansData) {
    self.data = data
    nearest = ScratchBuffer(count: data.rowCount, repeating: .infinity)
    touched = ScratchBuffer(count: data.rowCount)
    potentials = (0..<KMeansData.chunkCount(data.rowCount)).map { chunk in
      Self.rows(of: chunk, in: data).reduce(0) { $0 + data.weight($1) }
    }
    totalWeight = potentials.reduce(0, +)
  }

  /// Rows to start from, in the order of their choice.
  mutating func choose(_ count: Int, from random: inout RandomSource) -> [Int] {
    let trials = 2 + Int(log(Double(count)))
    let octets = (data.rowCount + 15) / 16 * 2
    let near = ScratchBuffer<UInt8>(count: octets * CandidateScreen.slots(trials))
    add(draw(from: &random) { data.weight($0) }) { _ in .max }
    while chosen.count < count {
      let candidates = (0..<trials).map { _ in
        draw(from: &random) { data.weight($0) * nearest.start[$0] }
      }
      addBest(of: distinct(candidates), near: near)
    }
    return chosen
  }

  private static func rows(of chunk: Int, in data: KMeansData) -> Range<Int> {
    let start = chunk * KMeansData.chunkRows
    return start..<min(data.rowCount, start + KMeansData.chunkRows)
  }

  private func rows(of chunk: Int) -> Range<Int> { Self.rows(of: chunk, in: data) }

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

  /// Candidates without those that stand where an earlier one does.
  private func distinct(_ candidates: [Int]) -> [Int] {
    candidates.indices.filter { index in
      !candidates[..<index].contains { data.start($0) == data.start(candidates[index]) }
    }.map { candidates[$0] }
  }

  /// Makes the candidate that lowers the potential most the next start; of equal ones the first.
  private mutating func addBest(of candidates: [Int], near: ScratchBuffer<UInt8>) {
    let points = Matrix(rows: candidates.map { data.start($0) })
    let screen = CandidateScreen(points, rows: data.screened)
    let (nearest, weights) = (nearest.start, data.fitted.weights)
    let parts = data.pool.map(count: potentials.count) { chunk in
      screen.gains(rows(of: chunk), within: nearest, weights: weights, near: near.start)
    }
    let gains = candidates.indices.map { index in parts.reduce(0) { $0 + $1[index] } }
    let potential = potentials.reduce(0, +)
    let doubts = candidates.indices.map {
      screen.doubt(
        of: $0, weight: totalWeight, squares: data.totalSquares, potential: potential)
    }
    var best = gains.indices.max { (gains[$0], $1) < (gains[$1], $0) } ?? 0
    let isCertain = gains.indices.allSatisfy {
      $0 == best || gains[best] - doubts[best] > gains[$0] + doubts[$0]
    }
    if !isCertain { best = exactBest(of: points) }
    let (slots, bits) = (CandidateScreen.slots(candidates.count), near.start)
    add(candidates[best]) { bits[$0 &* slots &+ best] }
  }

  /// The point of least Σ w min(d², |x − point|²), measured in double precision.
  private func exactBest(of points: Matrix) -> Int {
    let packed = PackedPoints(points)
    let (nearest, fitted) = (nearest.start, data.fitted)
    let parts = data.pool.map(count: potentials.count) { chunk in
      packed.withView { view in
        let distances = ScratchBuffer<Double>(count: view.panelCount * PackedPoints.lanes)
        var sums = [Double](repeating: 0, count: view.count)
        for row in rows(of: chunk) {
          fitted.prefetch(row + 16)
          DistanceTile.squaredDistances(from: fitted.row(row), to: view, into: distances.start)
          for index in sums.indices {
            sums[index] += fitted.weight(row) * min(nearest[row], distances.start[index])
          }
        }
        return sums
      }
    }
    let sums = (0..<points.rowCount).map { index in parts.reduce(0) { $0 + $1[index] } }
    return sums.indices.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
  }

  /// Makes a row the next start.
  ///
  /// - Parameter near: of each octet, the rows that it may be nearer to than all starts before.
  private mutating func add(_ start: Int, near: (Int) -> UInt8) {
    chosen.append(start)
    potentials = data.pool.map(count: potentials.count) { chunk in
      approach(start, rows: rows(of: chunk), near: near)
    }
  }

  /// Measures how near a start is to the rows it may be nearest to; Σ w d² of the rows.
  private func approach(_ start: Int, rows: Range<Int>, near: (Int) -> UInt8) -> Double {
    // Pointers, since buffers would be retained and released for every row.
    let (list, nearest) = (touched.start + rows.lowerBound, nearest.start)
    let (fitted, width) = (data.fitted, data.columnCount)
    var count = 0
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
      var bits = near(first / 8)
      while bits != 0, first &+ bits.trailingZeroBitCount < rows.upperBound {
        list[count] = Int32(truncatingIfNeeded: first &+ bits.trailingZeroBitCount)
        count &+= 1
        bits &= bits &- 1
      }
    }
    let target = fitted.row(start)
    for index in 0..<count {
      if index &+ 24 < count { fitted.prefetch(Int(list[index &+ 24])) }
      let row = Int(list[index])
      nearest[row] = min(
        nearest[row], DistanceTile.squaredDistance(fitted.row(row), target, dimension: width))
    }
    var sum = 0.0
    for row in rows { sum.addProduct(fitted.weight(row), nearest[row]) }
    return sum
  }
}
