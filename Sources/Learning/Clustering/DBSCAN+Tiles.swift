import CIntrinsics
import Numerical

/// Rows of the cells of a tree in single precision, compared eight with eight.
///
/// With many columns boxes rule out little, and nearly every pair of rows must be compared. A tile of 64 pairs
/// costs one multiplication per pair and column: half the squared distance of a and b is
/// |a|²/2 + |b|²/2 − a·b. With M = |a|²/2 + |b|²/2, the rounding of coordinates, products, sums and norms
/// moves that by less than γ M, where γ = n u / (1 − n u), n = 2 (d + 16), u = 2⁻²⁴. Pairs nearer to the
/// radius than that are compared exactly.
final class CellTiles: Sendable {
  static let lanes = 8
  /// With fewer columns comparing row by row, and skipping by boxes, is as fast.
  static let leastColumns = 12

  private let cells: TreeCells
  private let dimension: Int
  /// The first panel of each cell, and last their number.
  private let firstPanels: [Int32]
  /// Coordinate j of lane l of panel p stands at (p d + j) 8 + l.
  private let values: ScratchBuffer<Float>
  /// (1 + γ) and (1 − γ) times half the squared norm; huge for lanes without a row.
  private let upper: ScratchBuffer<Float>
  private let lower: ScratchBuffer<Float>
  /// Half squared distances up to the first are within the radius, above the second beyond.
  private let within: Float
  private let beyond: Float

  /// Nil where tiles would not pay: few columns, or a radius small against the extent of the data.
  init?(_ cells: TreeCells, radius: Double, on pool: WorkerPool) {
    let tree = cells.tree
    guard tree.dimension >= Self.leastColumns, cells.squaredRadius > 1e-280 else { return nil }
    let frame = TileFrame(tree, on: pool)
    let half = (radius * frame.scale) * (radius * frame.scale) / 2
    let linear = Double(2 * (tree.dimension + 16)) * 0x1p-24
    guard linear < 0.01, half.isFinite else { return nil }
    let gamma = linear / (1 - linear)
    guard half > 1e-30, half < 1e30, 4 * gamma * frame.meanHalfNorm <= 0.1 * half else {
      return nil
    }
    self.cells = cells
    dimension = tree.dimension
    within = Float(half * (1 - 1e-9)).nextDown
    beyond = Float(half * (1 + 1e-9)).nextUp
    var panelCount: Int32 = 0
    firstPanels =
      (0..<cells.count).map { cell in
        defer { panelCount += Int32((cells.slots(of: cell).count + Self.lanes - 1) / Self.lanes) }
        return panelCount
      } + [panelCount]
    values = ScratchBuffer(count: Int(panelCount) * dimension * Self.lanes, repeating: 0)
    upper = ScratchBuffer(count: Int(panelCount) * Self.lanes, repeating: Self.huge)
    lower = ScratchBuffer(count: Int(panelCount) * Self.lanes, repeating: Self.huge)
    let chunks = RowChunks(count: cells.count, size: 16)
    pool.forEachChunk(count: chunks.count) { chunk in
      for cell in chunks[chunk] { fill(cell, frame, gamma) }
    }
  }

  private static let huge = Float.greatestFiniteMagnitude / 8

  private func fill(_ cell: Int, _ frame: TileFrame, _ gamma: Double) {
    let tree = cells.tree
    for (index, slot) in cells.slots(of: cell).enumerated() where tree.rowOfSlot[slot] != .max {
      let panel = Int(firstPanels[cell]) + index / Self.lanes
      let target = values.start + (panel * dimension * Self.lanes + index % Self.lanes)
      var square = 0.0
      for j in 0..<dimension {
        let value = (tree.coordinate(j, ofSlot: slot) - frame.middle[j]) * frame.scale
        square.addProduct(value, value)
        target[j * Self.lanes] = Float(value)
      }
      let place = panel * Self.lanes + index % Self.lanes
      upper.start[place] = Float(square / 2 * (1 + gamma))
      lower.start[place] = Float(square / 2 * (1 - gamma))
    }
  }

  @inline(__always)
  func panels(of cell: Int) -> Range<Int> {
    Int(firstPanels[cell])..<Int(firstPanels[cell &+ 1])
  }

  /// The slot of the first lane of a panel of a cell.
  @inline(__always)
  func slot(ofPanel panel: Int, in cell: Int) -> Int {
    cells.slots(of: cell).lowerBound &+ (panel &- Int(firstPanels[cell])) &* Self.lanes
  }
}

/// Where and how large the data are.
private struct TileFrame: Sendable {
  private(set) var middle: [Double]
  /// A power of two that brings the farthest coordinate to about 1.
  let scale: Double
  /// The mean over rows of half the squared norm, from the middle and scaled.
  let meanHalfNorm: Double

  init(_ tree: NeighborTree, on pool: WorkerPool) {
    let width = tree.dimension
    var middle = [Double](repeating: 0, count: width)
    let share = 1 / Double(tree.rowCount)
    for slot in 0..<tree.slotCount where tree.rowOfSlot[slot] != .max {
      for j in 0..<width { middle[j] += tree.coordinate(j, ofSlot: slot) * share }
    }
    self.middle = middle
    let extent = (0..<width).reduce(0) { extent, j in
      max(extent, tree.boxes[width + j] - middle[j], middle[j] - tree.boxes[j])
    }
    let isOrdinary = extent > 0x1p-480 && extent.isFinite
    scale = isOrdinary ? Double(sign: .plus, exponent: -extent.exponent - 1, significand: 1) : 1
    var sum = 0.0
    for slot in 0..<tree.slotCount where tree.rowOfSlot[slot] != .max {
      for j in 0..<width {
        let value = (tree.coordinate(j, ofSlot: slot) - middle[j]) * scale
        sum += value * value
      }
    }
    meanHalfNorm = sum / 2 * share
  }
}

// MARK: - Comparing panels

extension CellTiles {
  /// Byte i holds a bit for each lane of panel `b` within the radius of lane i of panel `a`.
  ///
  /// - Parameters:
  ///   - slotA, slotB: the slots of the panels' first lanes.
  func neighbors(_ a: Int, _ slotA: Int, _ b: Int, _ slotB: Int) -> UInt64 {
    let dots = products(a, b)
    var sure: UInt64 = 0
    var possible: UInt64 = 0
    let upperB = load(upper.start + b &* Self.lanes)
    let lowerB = load(lower.start + b &* Self.lanes)
    @inline(__always) func include(_ lane: Int, _ dot: SIMD8<Float>) {
      let place = a &* Self.lanes &+ lane
      let most = upperB + SIMD8(repeating: upper.start[place]) - dot
      let least = lowerB + SIMD8(repeating: lower.start[place]) - dot
      let shift = UInt64(lane &* 8)
      sure |= UInt64(cohort_not_above_f32x8(most, SIMD8(repeating: within))) &<< shift
      possible |= UInt64(cohort_not_above_f32x8(least, SIMD8(repeating: beyond))) &<< shift
    }
    include(0, dots.0)
    include(1, dots.1)
    include(2, dots.2)
    include(3, dots.3)
    include(4, dots.4)
    include(5, dots.5)
    include(6, dots.6)
    include(7, dots.7)
    if possible & ~sure != 0 { sure |= exact(possible & ~sure, slotA, slotB) }
    return sure
  }

  private typealias Dots = (
    SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>,
    SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>
  )

  /// The products of each lane of panel `a` with the lanes of panel `b`.
  @inline(__always)
  private func products(_ a: Int, _ b: Int) -> Dots {
    var dots: Dots = (
      SIMD8(), SIMD8(), SIMD8(), SIMD8(), SIMD8(), SIMD8(), SIMD8(), SIMD8()
    )
    var own = values.start + a &* dimension &* Self.lanes
    var other = values.start + b &* dimension &* Self.lanes
    for _ in 0..<dimension {
      let y = load(other)
      dots.0.addProduct(SIMD8(repeating: own[0]), y)
      dots.1.addProduct(SIMD8(repeating: own[1]), y)
      dots.2.addProduct(SIMD8(repeating: own[2]), y)
      dots.3.addProduct(SIMD8(repeating: own[3]), y)
      dots.4.addProduct(SIMD8(repeating: own[4]), y)
      dots.5.addProduct(SIMD8(repeating: own[5]), y)
      dots.6.addProduct(SIMD8(repeating: own[6]), y)
      dots.7.addProduct(SIMD8(repeating: own[7]), y)
      own += Self.lanes
      other += Self.lanes
    }
    return dots
  }

  @inline(__always)
  private func load(_ values: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(values).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(never)
  private func exact(_ undecided: UInt64, _ slotA: Int, _ slotB: Int) -> UInt64 {
    var found: UInt64 = 0
    var left = undecided
    while left != 0 {
      let bit = left.trailingZeroBitCount
      left &= left &- 1
      if isWithin(slotA &+ bit / 8, slotB &+ bit % 8) { found |= 1 &<< UInt64(bit) }
    }
    return found
  }

  /// As `RadiusTest` decides it, by the coordinates that the tree has.
  private func isWithin(_ slotA: Int, _ slotB: Int) -> Bool {
    var sum = 0.0
    for j in 0..<dimension {
      let difference =
        cells.tree.coordinate(j, ofSlot: slotA) - cells.tree.coordinate(j, ofSlot: slotB)
      sum += difference * difference
    }
    return sum <= cells.squaredRadius
  }
}
