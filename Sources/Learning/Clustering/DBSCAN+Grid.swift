import Numerical

/// DBSCAN on the cells of a grid, for up to three columns.
///
/// The side of a cell is the radius over √d, less a little for rounding: all rows of a cell are
/// neighbours, so a cell with rows enough is all core, and the core rows of a cell share a cluster.
/// Everything near a cell is a few runs of cells, each a run of places in memory.
struct GridDensity {
  private let grid: CellGrid
  private let points: RadiusPoints
  private let rule: CoreRule
  private let pool: WorkerPool
  /// Cells per piece of work.
  private static let chunkCells = 512

  init(_ grid: CellGrid, _ points: RadiusPoints, rule: CoreRule, on pool: WorkerPool) {
    self.grid = grid
    self.points = points
    self.rule = rule
    self.pool = pool
  }

  /// Nil if cancelled.
  func clusters(isCancelled: () -> Bool) -> CoreClusters? {
    let cores = CoreCells(grid, points, isCore: coreFlags(), on: pool)
    if isCancelled() { return nil }
    let sets = joined(cores)
    if isCancelled() { return nil }
    let numbers = ClusterNumbers(sets) { cell in
      cores.isEmpty(cell) ? nil : cores.points.rows.start[Int(cores.starts.start[cell])]
    }
    return CoreClusters(
      labels: labels(cores, numbers), clusterCount: numbers.count, order: grid.rows.elements)
  }

  private func forEachCell(_ body: (Int) -> Void) {
    let chunks = RowChunks(count: grid.cellCount, size: Self.chunkCells)
    pool.forEachChunk(count: chunks.count) { chunk in
      for cell in chunks[chunk] { body(cell) }
    }
  }

  private var runs: Range<Int> { 0..<grid.runOffsets.count }
}

// MARK: - Core rows

extension GridDensity {
  /// Whether the row in each place is a core row.
  private func coreFlags() -> ScratchBuffer<Bool> {
    let flags = ScratchBuffer<Bool>(count: points.count)
    let weights = rule.weights.map { weights in
      points.rows.elements.map { weights[Int($0)] }
    }
    forEachCell { cell in
      let own = grid.places(ofCells: cell..<cell &+ 1)
      guard let weights else { return markCores(of: own, near: cell, in: flags) }
      weights.withUnsafeBufferPointer { markCores(of: own, near: cell, weights: $0, in: flags) }
    }
    return flags
  }

  @inline(__always)
  private func markCores(
    of own: Range<Int>, near cell: Int, in flags: ScratchBuffer<Bool>
  ) {
    if own.count >= rule.minimum {
      return (flags.start + own.lowerBound).update(repeating: true, count: own.count)
    }
    if rule.isDecided {
      for place in own { flags.start[place] = rule.admits(Int(points.rows.start[place])) }
      return
    }
    var candidates = 0
    for run in runs {
      candidates &+= grid.places(ofCells: grid.cells(ofRun: run, around: cell)).count
    }
    for place in own {
      flags.start[place] =
        candidates >= rule.minimum && rule.admits(Int(points.rows.start[place]))
        && hasNeighbors(place, near: cell, candidates: candidates)
    }
  }

  @inline(__always)
  private func hasNeighbors(_ place: Int, near cell: Int, candidates: Int) -> Bool {
    let query = RadiusQuery(points, place: place)
    var found = 0
    var left = candidates
    for run in runs {
      let places = grid.places(ofCells: grid.cells(ofRun: run, around: cell))
      var next = places.lowerBound
      while next < places.upperBound {
        found &+= query.neighbors(among: points, from: next, to: places.upperBound).nonzeroBitCount
        next &+= 8
      }
      left &-= places.count
      if found >= rule.minimum { return true }
      if found &+ left < rule.minimum { return false }
    }
    return false
  }

  /// The neighbours of every row, counted up to `rule.minimum` or a little beyond.
  func neighborCounts() -> NeighborCounts {
    let counts = NeighborCounts(rowCount: points.count)
    forEachCell { cell in
      let own = grid.places(ofCells: cell..<cell &+ 1)
      for place in own {
        let isCrowded = own.count >= rule.minimum
        counts.note(
          isCrowded ? own.count : neighborCount(place, near: cell),
          ofRow: Int(points.rows.start[place]))
      }
    }
    return counts
  }

  /// How many rows lie near a row, counted up to `rule.minimum` or a little beyond.
  private func neighborCount(_ place: Int, near cell: Int) -> Int {
    let query = RadiusQuery(points, place: place)
    var found = 0
    for run in runs {
      let places = grid.places(ofCells: grid.cells(ofRun: run, around: cell))
      var next = places.lowerBound
      while next < places.upperBound && found < rule.minimum {
        found &+= query.neighbors(among: points, from: next, to: places.upperBound).nonzeroBitCount
        next &+= 8
      }
    }
    return found
  }

  private func markCores(
    of own: Range<Int>, near cell: Int, weights: UnsafeBufferPointer<Double>,
    in flags: ScratchBuffer<Bool>
  ) {
    var sum = WideSum()
    for place in own { sum.add(weights[place]) }
    let isDense = sum.isAtLeast(Double(rule.minimum))
    for place in own {
      flags.start[place] =
        isDense || hasWeight(place, beside: own, weighing: sum, near: cell, weights)
    }
  }

  /// - Parameter own: the places of the row's cell, all of them neighbours, which together weigh `sum`.
  private func hasWeight(
    _ place: Int, beside own: Range<Int>, weighing sum: WideSum, near cell: Int,
    _ weights: UnsafeBufferPointer<Double>
  ) -> Bool {
    let query = RadiusQuery(points, place: place)
    var sum = sum
    for run in runs {
      let places = grid.places(ofCells: grid.cells(ofRun: run, around: cell))
      if run == 0 {
        add(query, in: places.lowerBound..<own.lowerBound, weights, to: &sum)
        add(query, in: own.upperBound..<places.upperBound, weights, to: &sum)
      } else {
        add(query, in: places, weights, to: &sum)
      }
      if sum.isAtLeast(Double(rule.minimum)) { return true }
    }
    return false
  }

  private func add(
    _ query: RadiusQuery, in places: Range<Int>, _ weights: UnsafeBufferPointer<Double>,
    to sum: inout WideSum
  ) {
    var next = places.lowerBound
    while next < places.upperBound {
      var lanes = query.neighbors(among: points, from: next, to: places.upperBound)
      while lanes != 0 {
        sum.add(weights[next &+ lanes.trailingZeroBitCount])
        lanes &= lanes &- 1
      }
      next &+= 8
    }
  }
}

// MARK: - Clusters

extension GridDensity {
  /// Joins cells whose core rows are connected.
  private func joined(_ cores: CoreCells) -> ConcurrentSets {
    let sets = ConcurrentSets(count: grid.cellCount)
    forEachCell { cell in
      if cores.isEmpty(cell) { return }
      for run in runs where run == 0 || grid.isAhead(run) {
        let others = grid.cells(ofRun: run, around: cell)
        for other in max(others.lowerBound, run == 0 ? cell &+ 1 : 0)..<others.upperBound
        where !cores.isEmpty(other) && !sets.areJoined(cell, other) && cores.areNear(cell, other) {
          sets.join(cell, other)
        }
      }
    }
    return sets
  }

  /// The cluster of each row if it is a core row, otherwise −1.
  private func labels(_ cores: CoreCells, _ numbers: ClusterNumbers) -> [Int32] {
    let labels = ScratchBuffer<Int32>(count: points.count)
    forEachCell { cell in
      let number = numbers.ofMember.start[cell]
      for place in grid.places(ofCells: cell..<cell &+ 1) {
        labels.start[Int(points.rows.start[place])] = cores.isCore.start[place] ? number : -1
      }
    }
    return labels.elements
  }
}
