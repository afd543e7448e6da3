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
/// w · d², where d is the distance to the nearest start so far. One pass over the rows measures all candidates; a
/// row x with start s is skipped where |candidate − s|² ≥ 4 d²(x), since then no candidate can be nearer
/// than s (Raff, 2021).
private struct GreedySeeding {
  private let data: KMeansData
  /// Squared distance to the nearest start so far, and which start that is.
  private let nearest: ScratchBuffer<Double>
  private let owner: ScratchBuffer<Int32>
  /// Σ w d² of every chunk of rows.
  private var potentials: [Double] = []
  private var chosen: [Int] = []

  init(_ data: KMeansData) {
    self.data = data
    nearest = ScratchBuffer(count: data.rowCount, repeating: .infinity)
    owner = ScratchBuffer(count: data.rowCount, repeating: 0)
  }

  /// Rows to start from, in the order of their choice.
  mutating func choose(_ count: Int, from random: inout RandomSource) -> [Int] {
    let trials = 2 + Int(log(Double(count)))
    potentials = (0..<KMeansData.chunkCount(data.rowCount)).map { chunk in
      rows(of: chunk).reduce(0) { $0 + data.weight($1) }
    }
    add(draw(from: &random) { data.weight($0) })
    while chosen.count < count {
      let candidates = (0..<trials).map { _ in
        draw(from: &random) { data.weight($0) * nearest.start[$0] }
      }
      add(best(of: candidates))
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

  /// The candidate that lowers the potential most; of equal ones the first.
  private func best(of candidates: [Int]) -> Int {
    let points = PackedPoints(Matrix(rows: candidates.map { data.start($0) }))
    let reach = chosen.map { start in
      candidates.map { candidate in
        DistanceTile.squaredDistance(
          data.row(start), data.row(candidate), dimension: data.columnCount)
      }.min() ?? 0
    }
    let parts = data.pool.map(count: potentials.count) { chunk in
      points.withView { potential(of: chunk, with: $0, reach: reach) }
    }
    let sums = candidates.indices.map { index in parts.reduce(0) { $0 + $1[index] } }
    let least = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
    return candidates[least]
  }

  /// Per candidate, Σ w min(d², |x − candidate|²) over the rows of a chunk.
  ///
  /// - Parameter reach: per start, the squared distance to the nearest candidate.
  private func potential(of chunk: Int, with points: PackedView, reach: [Double]) -> [Double] {
    let width = points.panelCount * PackedPoints.lanes
    let distances = ScratchBuffer<Double>(count: width)
    let sums = ScratchBuffer<Double>(count: width, repeating: 0)
    var untouched = 0.0
    reach.withUnsafeBufferPointer { reach in
      for row in rows(of: chunk) {
        let present = nearest.start[row]
        let weight = data.weight(row)
        if reach[Int(owner.start[row])] >= 4 * present {
          untouched += weight * present
          continue
        }
        DistanceTile.squaredDistances(from: data.row(row), to: points, into: distances.start)
        for index in 0..<width {
          let distance = distances.start[index]
          sums.start[index] += weight * (distance < present ? distance : present)
        }
      }
    }
    return sums.elements.map { $0 + untouched }
  }

  /// Makes a row the next start.
  private mutating func add(_ start: Int) {
    let index = chosen.count
    let reach = chosen.map {
      DistanceTile.squaredDistance(data.row(start), data.row($0), dimension: data.columnCount)
    }
    chosen.append(start)
    potentials = data.pool.map(count: potentials.count) { chunk in
      var sum = 0.0
      reach.withUnsafeBufferPointer { reach in
        for row in rows(of: chunk) {
          let present = nearest.start[row]
          if index == 0 || reach[Int(owner.start[row])] < 4 * present {
            let distance = DistanceTile.squaredDistance(
              data.row(row), data.row(start), dimension: data.columnCount)
            if distance < present {
              nearest.start[row] = distance
              owner.start[row] = Int32(truncatingIfNeeded: index)
            }
          }
          sum += data.weight(row) * nearest.start[row]
        }
      }
      return sum
    }
  }
}
