import CIntrinsics
import Numerical

/// Counts of pairs of items by how many runs had both and how many put them together.
struct ConsensusPairs: Sendable {
  /// Pairs of one consensus.
  struct Level: Hashable, Sendable {
    let consensus: Double
    let pairs: Int
  }

  let runCount: Int
  /// Entry both · (both + 1) / 2 + together: pairs.
  let counts: [Int]
  /// For each item the mean consensus with the others of its segment; nil where there is none.
  let items: [Double?]
  let segments: [Consensus.Segment]

  /// Counts of a thread's share of the rows may take this much memory together.
  private static let countLimit = 64 << 20
  private static let tileItems = 256

  init(
    _ runs: [Labeling], labels: [Int], on pool: WorkerPool
  ) throws(EvaluationError) {
    guard !runs.isEmpty else { throw .count(.replicates, needed: 1, found: 0) }
    let order = SegmentOrder(labels)
    let table = try RunLabels(runs, items: order.items)
    let cellCount = (runs.count + 1) * (runs.count + 2) / 2
    let size = order.items.count
    let chunkCount = max(1, min(64, size / 32, Self.countLimit / (8 * cellCount)))
    let ratios = Self.ratios(runs.count)
    let chunks = pool.map(count: chunkCount) { chunk in
      var pass = ConsensusPass(table, order, ratios: ratios)
      pass.count(size * chunk / chunkCount..<size * (chunk + 1) / chunkCount, tile: Self.tileItems)
      return pass
    }
    var counts = [Int](repeating: 0, count: cellCount)
    for chunk in chunks { for cell in counts.indices { counts[cell] += chunk.counts[cell] } }
    let sums = chunks.flatMap(\.sums)
    runCount = runs.count
    self.counts = counts
    var items = [Double?](repeating: nil, count: labels.count)
    for (item, sum) in zip(order.items, sums) where sum.pairs > 0 {
      items[item] = sum.consensus / Double(sum.pairs)
    }
    self.items = items
    segments = order.ranges.map { label, range in
      let pairs = sums[range].reduce(0) { $0 + $1.pairs }
      let consensus = sums[range].reduce(0) { $0 + $1.consensus }
      return .init(label: label, mean: pairs > 0 ? consensus / Double(pairs) : nil)
    }
  }

  /// together / both for every cell; 0 where there is no run with both.
  private static func ratios(_ runCount: Int) -> [Double] {
    (0...runCount).flatMap { both in
      (0...both).map { both == 0 ? 0 : Double($0) / Double(both) }
    }
  }

  /// Pairs by consensus, ascending; equal values of different fractions are one level.
  var levels: [Level] {
    let ratios = Self.ratios(runCount)
    var levels: [Level] = []
    for cell in counts.indices.dropFirst().filter({ counts[$0] > 0 }).sorted(by: {
      (ratios[$0], $0) < (ratios[$1], $1)
    }) {
      let last = levels.last
      if let last, last.consensus == ratios[cell] {
        levels[levels.count - 1] = Level(
          consensus: last.consensus, pairs: last.pairs + counts[cell])
      } else {
        levels.append(Level(consensus: ratios[cell], pairs: counts[cell]))
      }
    }
    return levels
  }
}

/// Items segment by segment, those in none at the end.
struct SegmentOrder: Sendable {
  let items: [Int]
  /// The places of each segment, ascending by label.
  let ranges: [(label: Int, places: Range<Int>)]
  /// For each place the places of its segment; empty for items in none.
  let own: [Range<Int>]

  init(_ labels: [Int]) {
    items = labels.indices.sorted { a, b in
      let (first, second) = (UInt(bitPattern: labels[a]), UInt(bitPattern: labels[b]))
      return (first, a) < (second, b)
    }
    var ranges: [(label: Int, places: Range<Int>)] = []
    var own: [Range<Int>] = []
    var start = 0
    while start < items.count {
      let label = labels[items[start]]
      let end = items[start...].firstIndex { labels[$0] != label } ?? items.count
      if label >= 0 { ranges.append((label, start..<end)) }
      own += [Range<Int>](repeating: label < 0 ? start..<start : start..<end, count: end - start)
      start = end
    }
    self.ranges = ranges
    self.own = own
  }
}

/// The pairs of some items with all that follow them, and with all of their own segment.
struct ConsensusPass: Sendable {
  private(set) var counts: [Int]
  /// Of each item the consensus with the others of its segment and the pairs it is summed over.
  private(set) var sums: [(consensus: Double, pairs: Int)] = []
  private let table: RunLabels
  private let order: SegmentOrder
  private let ratios: [Double]

  init(_ table: RunLabels, _ order: SegmentOrder, ratios: [Double]) {
    self.table = table
    self.order = order
    self.ratios = ratios
    counts = [Int](repeating: 0, count: ratios.count)
  }

  /// Tile by tile, so that the labels of a tile are read from near memory for every one of `places`.
  mutating func count(_ places: Range<Int>, tile: Int) {
    sums = [(consensus: Double, pairs: Int)](repeating: (0, 0), count: places.count)
    let lefts = places.map(table.left)
    let first = places.isEmpty ? 0 : order.own[places.lowerBound].lowerBound
    for start in stride(from: min(first, places.lowerBound), to: order.items.count, by: tile) {
      let block = start..<min(start + tile, order.items.count)
      for (index, place) in places.enumerated() {
        let own = order.own[place].clamped(to: block)
        let before = block.clamped(to: 0..<place)
        let after = block.clamped(to: min(place + 1, block.upperBound)..<block.upperBound)
        meet(place, lefts[index], index, own.clamped(to: before), .ownOnly)
        meet(place, lefts[index], index, own.clamped(to: after), .both)
        let rest = max(after.lowerBound, own.isEmpty ? after.lowerBound : own.upperBound)
        meet(place, lefts[index], index, rest..<max(rest, block.upperBound), .countOnly)
      }
    }
  }

  private enum Purpose { case ownOnly, both, countOnly }

  private mutating func meet(
    _ place: Int, _ left: [UInt8], _ index: Int, _ others: Range<Int>, _ purpose: Purpose
  ) {
    guard !others.isEmpty else { return }
    let table = table
    let ratios = ratios
    var sum = sums[index]
    counts.withUnsafeMutableBufferPointer { counts in
      left.withUnsafeBytes { left in
        table.bytes.withUnsafeBytes { bytes in
          table.presence.withUnsafeBufferPointer { presence in
            ratios.withUnsafeBufferPointer { ratios in
              let kernel = ConsensusKernel(
                left: left, bytes: bytes, presence: presence, ratios: ratios, counts: counts,
                vectorCount: table.vectorCount, wordCount: table.wordCount, place: place)
              switch purpose {
              case .ownOnly: kernel.run(others, counting: false, summing: true, &sum)
              case .both: kernel.run(others, counting: true, summing: true, &sum)
              case .countOnly: kernel.run(others, counting: true, summing: false, &sum)
              }
            }
          }
        }
      }
    }
    sums[index] = sum
  }
}

/// Compares one item's labels with those of others.
private struct ConsensusKernel {
  let left: UnsafeRawBufferPointer
  let bytes: UnsafeRawBufferPointer
  let presence: UnsafeBufferPointer<UInt64>
  let ratios: UnsafeBufferPointer<Double>
  let counts: UnsafeMutableBufferPointer<Int>
  let vectorCount: Int
  let wordCount: Int
  let place: Int

  @inline(__always)
  func run(
    _ others: Range<Int>, counting: Bool, summing: Bool,
    _ sum: inout (consensus: Double, pairs: Int)
  ) {
    let width = vectorCount &* 32
    for other in others where other != place {
      var together = 0
      for vector in 0..<vectorCount {
        let offset = vector &* 32
        let mine = left.loadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self)
        let theirs = bytes.loadUnaligned(
          fromByteOffset: other &* width &+ offset, as: SIMD32<UInt8>.self)
        together = together &+ cohort_equal_u8x32(mine, theirs).nonzeroBitCount
      }
      var both = 0
      for word in 0..<wordCount {
        both =
          both
          &+ (presence[place &* wordCount &+ word] & presence[other &* wordCount &+ word])
          .nonzeroBitCount
      }
      let cell = (both &* (both &+ 1)) >> 1 &+ together
      if counting { counts[cell] &+= 1 }
      if summing {
        sum.consensus += ratios[cell]
        sum.pairs &+= both > 0 ? 1 : 0
      }
    }
  }
}
