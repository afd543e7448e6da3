import Numerical

/// The core rows of each cell.
struct CoreCells {
  let points: RadiusPoints
  /// The first core place of each cell, and last the number of core rows.
  let starts: ScratchBuffer<Int32>
  let isCore: ScratchBuffer<Bool>

  init(
    _ grid: CellGrid, _ all: RadiusPoints, isCore: ScratchBuffer<Bool>, on pool: WorkerPool
  ) {
    self.isCore = isCore
    starts = ScratchBuffer(count: grid.cellCount + 1)
    let kept = ScratchBuffer<Int32>(count: all.count)
    var count = 0
    for cell in 0..<grid.cellCount {
      starts.start[cell] = Int32(truncatingIfNeeded: count)
      for place in grid.places(ofCells: cell..<cell &+ 1) {
        kept.start[count] = Int32(truncatingIfNeeded: place)
        count &+= isCore.start[place] ? 1 : 0
      }
    }
    starts.start[grid.cellCount] = Int32(truncatingIfNeeded: count)
    points = RadiusPoints(all, keeping: kept, count: count, on: pool)
  }

  @inline(__always)
  func places(ofCells cells: Range<Int>) -> Range<Int> {
    Int(starts.start[cells.lowerBound])..<Int(starts.start[cells.upperBound])
  }

  @inline(__always)
  func isEmpty(_ cell: Int) -> Bool { starts.start[cell] == starts.start[cell &+ 1] }

  /// Whether some core row of one cell lies within the radius of some core row of the other.
  func areNear(_ a: Int, _ b: Int) -> Bool {
    var (few, many) = (places(ofCells: a..<a &+ 1), places(ofCells: b..<b &+ 1))
    if few.count > many.count { swap(&few, &many) }
    if few.count &* many.count > 4096 { return areNear(few, box: CoreBox(points, many)) }
    return few.contains { hasNeighbor($0, in: many) }
  }

  /// Rows farther from the box of the others than the radius need not be compared: two piles of copies
  /// in neighbouring cells take linear time.
  @inline(never)
  private func areNear(_ few: Range<Int>, box: CoreBox) -> Bool {
    few.contains {
      box.isNear(points.test, Int(points.rows.start[$0])) && hasNeighbor($0, in: box.places)
    }
  }

  @inline(__always)
  func hasNeighbor(_ place: Int, in others: Range<Int>) -> Bool {
    hasNeighbor(RadiusQuery(points, place: place), in: others)
  }

  @inline(__always)
  func hasNeighbor(_ query: RadiusQuery, in others: Range<Int>) -> Bool {
    var next = others.lowerBound
    while next < others.upperBound {
      if query.neighbors(among: points, from: next, to: others.upperBound) != 0 { return true }
      next &+= 8
    }
    return false
  }
}

/// The bounding box of the core rows of a cell.
private struct CoreBox {
  let places: Range<Int>
  private var low = SIMD3<Double>(repeating: .infinity)
  private var high = SIMD3<Double>(repeating: -.infinity)

  init(_ points: RadiusPoints, _ places: Range<Int>) {
    self.places = places
    for place in places {
      let row = points.test.rows + Int(points.rows.start[place]) * points.columnCount
      for j in 0..<points.columnCount {
        low[j] = min(low[j], row[j])
        high[j] = max(high[j], row[j])
      }
    }
  }

  func isNear(_ test: RadiusTest, _ row: Int) -> Bool {
    let values = test.rows + row * test.columnCount
    var sum = 0.0
    for j in 0..<test.columnCount {
      let gap = max(low[j] - values[j], values[j] - high[j], 0)
      sum += gap * gap
    }
    return sum <= test.squaredRadius
  }
}
