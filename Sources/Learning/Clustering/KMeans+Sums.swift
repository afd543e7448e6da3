import Numerical

/// Sums of the rows of each cluster, exact until they are read.
///
/// Every value is split into two parts that are multiples of fixed powers of two, chosen per column so
/// that sums of n such parts never round (Demmel and Nguyen, 2013). Additions are then associative:
/// rows may be added, removed and joined in any order and by any number of threads, and the sums are
/// the same bits. With n rows a value keeps 2 · (52 − log₂ n) bits below the column's largest.
final class ClusterSums {
  let clusterCount: Int
  /// Columns of the data and, last, the weight.
  let columnCount: Int
  let origin: ScratchBuffer<Double>
  /// Adding and subtracting these rounds to the column's coarse and fine multiples.
  private let coarse: ScratchBuffer<Double>
  private let fine: ScratchBuffer<Double>
  private let total: ScratchBuffer<Double>
  private let partials: [ScratchBuffer<Double>]

  /// How many pieces of work may add at a time; depends on the shape of the data only.
  var partialCount: Int { partials.count }

  /// All partial sums together stay within the second-level cache, unless there are only eight.
  private static let partialElements = 1 << 18

  /// - Parameters:
  ///   - origin: subtracted from the rows before they are weighed and added.
  ///   - reach: the largest magnitude of a weighed value in each column.
  init(
    clusterCount: Int, rowCount: Int, origin: [Double], reach: [Double], weightReach: Double
  ) {
    self.clusterCount = clusterCount
    columnCount = origin.count + 1
    self.origin = ScratchBuffer(count: columnCount, repeating: 0)
    coarse = ScratchBuffer(count: columnCount)
    fine = ScratchBuffer(count: columnCount)
    let size = clusterCount * columnCount * 2
    total = ScratchBuffer(count: size, repeating: 0)
    let affordable = max(8, Self.partialElements / size)
    let useful = (rowCount + KMeansData.chunkRows - 1) / KMeansData.chunkRows
    partials = (0..<min(64, affordable, useful)).map { _ in
      ScratchBuffer(count: size, repeating: 0)
    }
    let countBits = Int.bitWidth - rowCount.leadingZeroBitCount + 1
    for column in 0..<columnCount {
      let isWeight = column == origin.count
      let largest = isWeight ? weightReach : reach[column]
      if !isWeight { self.origin[column] = origin[column] }
      let step = largest > 0 ? largest.exponent + 1 + countBits - 53 : -1000
      coarse[column] = Self.rounder(step: step)
      fine[column] = Self.rounder(step: step - 1 + countBits - 53)
    }
  }

  /// 1.5 · 2⁵² · 2^step: the sum of it and a small number keeps the multiples of 2^step.
  private static func rounder(step: Int) -> Double {
    guard step + 52 > -1022 else { return 0 }
    return Double(sign: .plus, exponent: step + 52, significand: 1.5)
  }

  /// Moves one row between clusters; −1 stands for none.
  @inline(__always)
  func move(
    _ row: UnsafePointer<Double>, weight: Double, from old: Int, to new: Int, partial: Int
  ) {
    let width = columnCount &- 1
    let (origin, coarse, fine) = (origin.start, coarse.start, fine.start)
    let base = partials[partial].start
    let target = base + new &* (width &+ 1) &* 2
    let source = old < 0 ? nil : base + old &* (width &+ 1) &* 2
    let below = width &+ 1
    var j = 0
    while j &+ 4 <= width {
      let value = (load(row + j) - load(origin + j)) * weight
      let big = (value + load(coarse + j)) - load(coarse + j)
      let small = ((value - big) + load(fine + j)) - load(fine + j)
      store(load(target + j) + big, target + j)
      store(load(target + below + j) + small, target + below + j)
      if let source {
        store(load(source + j) - big, source + j)
        store(load(source + below + j) - small, source + below + j)
      }
      j &+= 4
    }
    while j <= width {
      let value = j == width ? weight : (row[j] - origin[j]) * weight
      let big = (value + coarse[j]) - coarse[j]
      let small = ((value - big) + fine[j]) - fine[j]
      target[j] += big
      target[below &+ j] += small
      if let source {
        source[j] -= big
        source[below &+ j] -= small
      }
      j &+= 1
    }
  }

  @inline(__always)
  private func load(_ place: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(place).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inline(__always)
  private func store(_ value: SIMD4<Double>, _ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD4<Double>.self)
  }

  /// Joins what the threads have added into the total.
  func join(on pool: WorkerPool) {
    let piece = 8192
    let size = total.count
    pool.forEachChunk(count: (size + piece - 1) / piece) { chunk in
      for partial in partials {
        for index in chunk * piece..<min(size, (chunk + 1) * piece) {
          total.start[index] += partial.start[index]
          partial.start[index] = 0
        }
      }
    }
  }

  /// Σ w (x − origin) over the cluster, and last Σ w.
  func sums(of cluster: Int) -> [Double] {
    let base = total.start + cluster * columnCount * 2
    return (0..<columnCount).map { base[$0] + base[columnCount + $0] }
  }
}
