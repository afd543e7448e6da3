import Numerical

/// Columns whose distances are held at a time: four rows of them stay in the first cache.
private let stripWidth = 256

extension DistanceSums {
  /// Adds the distances between two blocks to the rows of both; of a block to itself, to its rows.
  func meet(_ first: Int, _ second: Int) {
    let columns = layout.blocks[second]
    let columnRoom = points[second].panelCount * PackedPoints.lanes
    let capacity = 4 * stripWidth + columnRoom + 4 * columns.segments.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
      scratch.initialize(repeating: 0)
      guard let base = scratch.baseAddress else { return }
      points[first].values.withUnsafeBufferPointer { rowValues in
        points[second].values.withUnsafeBufferPointer { columnValues in
          guard let rows = rowValues.baseAddress, let panels = columnValues.baseAddress else {
            return
          }
          var meeting = BlockMeeting(
            layout: layout, rowBlock: layout.blocks[first], columnBlock: columns, rows: rows,
            panels: panels, dimension: points[first].dimension, distances: base,
            columnSums: base + 4 * stripWidth, rowSums: base + 4 * stripWidth + columnRoom)
          for segment in layout.blocks[first].segments {
            meeting.add(segment, to: self)
            if first != second { addColumnSums(of: segment, meeting) }
          }
        }
      }
    }
  }

  /// Adds what the columns' rows have summed over `segment`, a part of the row block.
  private func addColumnSums(of segment: Int, _ meeting: BlockMeeting) {
    let cluster = layout.segments[segment].cluster
    let start = meeting.columnBlock.positions.lowerBound
    let count = meeting.columnBlock.positions.count
    if let slot = layout.slots[cluster] {
      let target = slot * layout.rowCount + start
      for column in 0..<count { splitSums[target &+ column] += meeting.columnSums[column] }
    } else {
      let size = Double(layout.index.counts[cluster])
      for column in 0..<count {
        let mean = meeting.columnSums[column] / size
        if mean < nearestMeans[start &+ column] { nearestMeans[start &+ column] = mean }
      }
    }
  }

  /// Adds what up to four rows of `cluster` from `position` on have summed over the column segments.
  fileprivate func addRowSums(position: Int, count: Int, cluster: Int, _ meeting: BlockMeeting) {
    for (ordinal, segment) in meeting.columnBlock.segments.enumerated() {
      let other = layout.segments[segment].cluster
      for row in 0..<count {
        let sum = meeting.rowSums[4 * ordinal + row]
        if let slot = layout.slots[other] {
          splitSums[slot * layout.rowCount + position + row] += sum
        } else if other == cluster {
          ownSums[position + row] = sum
        } else {
          let mean = sum / Double(layout.index.counts[other])
          nearestMeans[position + row] = min(nearestMeans[position + row], mean)
        }
      }
    }
  }
}

/// One pair of blocks at work: four rows at a time against strips of columns.
private struct BlockMeeting {
  let layout: ClusterLayout
  let rowBlock: ClusterLayout.Block
  let columnBlock: ClusterLayout.Block
  let rows: UnsafePointer<Double>
  let panels: UnsafePointer<Double>
  let dimension: Int
  /// Four rows of `stripWidth` distances.
  let distances: UnsafeMutablePointer<Double>
  /// Per column, the sum over the rows of the current row segment.
  let columnSums: UnsafeMutablePointer<Double>
  /// Per column segment, the sums of four rows.
  let rowSums: UnsafeMutablePointer<Double>
  private var farthest = SIMD4<Double>()
  private var closest = SIMD4<Double>(repeating: .infinity)

  init(
    layout: ClusterLayout, rowBlock: ClusterLayout.Block, columnBlock: ClusterLayout.Block,
    rows: UnsafePointer<Double>, panels: UnsafePointer<Double>, dimension: Int,
    distances: UnsafeMutablePointer<Double>, columnSums: UnsafeMutablePointer<Double>,
    rowSums: UnsafeMutablePointer<Double>
  ) {
    self.layout = layout
    self.rowBlock = rowBlock
    self.columnBlock = columnBlock
    self.rows = rows
    self.panels = panels
    self.dimension = dimension
    self.distances = distances
    self.columnSums = columnSums
    self.rowSums = rowSums
  }

  /// Meets the rows of a segment of the row block with all columns and hands the row sums to `sums`.
  mutating func add(_ segment: Int, to sums: DistanceSums) {
    let (cluster, positions) = (
      layout.segments[segment].cluster, layout.segments[segment].positions
    )
    columnSums.update(repeating: 0, count: columnBlock.positions.count)
    farthest = SIMD4()
    closest = SIMD4(repeating: .infinity)
    for position in stride(from: positions.lowerBound, to: positions.upperBound, by: 4) {
      let count = min(4, positions.upperBound - position)
      rowSums.update(repeating: 0, count: 4 * columnBlock.segments.count)
      addStrips(firstRow: position - rowBlock.positions.lowerBound, count: count, cluster: cluster)
      sums.addRowSums(position: position, count: count, cluster: cluster, self)
    }
    sums.diameters[segment] = max(sums.diameters[segment], farthest.max())
    sums.separations[segment] = min(sums.separations[segment], closest.min())
  }

  private mutating func addStrips(firstRow: Int, count: Int, cluster: Int) {
    let columnCount = columnBlock.positions.count
    var segment = columnBlock.segments.lowerBound
    for start in stride(from: 0, to: columnCount, by: stripWidth) {
      let end = min(start + stripWidth, columnCount)
      writeDistances(firstRow: firstRow, count: count, columns: start..<end)
      var column = start
      while column < end {
        let (other, positions) = (
          layout.segments[segment].cluster, layout.segments[segment].positions
        )
        let segmentEnd = positions.upperBound - columnBlock.positions.lowerBound
        let runEnd = min(end, segmentEnd)
        addRun(
          column..<runEnd, strip: start, count: count, isOwn: other == cluster,
          ordinal: segment - columnBlock.segments.lowerBound)
        if runEnd == segmentEnd { segment += 1 }
        column = runEnd
      }
    }
  }

  private func writeDistances(firstRow: Int, count: Int, columns: Range<Int>) {
    let strip = panels + columns.lowerBound * dimension
    let panelCount = (columns.count + PackedPoints.lanes - 1) / PackedPoints.lanes
    func row(_ ordinal: Int) -> UnsafePointer<Double> {
      rows
        + PairwiseDistances.offset(
          ofPoint: firstRow + min(ordinal, count - 1), dimension: dimension)
    }
    if count == 1 {
      PairwiseDistances.write(
        fromRow: row(0), toPanels: strip, panelCount: panelCount, dimension: dimension,
        into: distances)
    } else {
      PairwiseDistances.write(
        fromRows: (row(0), row(1), row(2), row(3)), toPanels: strip, panelCount: panelCount,
        dimension: dimension, into: distances, stride: stripWidth)
    }
  }

  /// Adds a run of columns of one cluster to the row and column sums and to the extremes.
  private mutating func addRun(
    _ columns: Range<Int>, strip: Int, count: Int, isOwn: Bool, ordinal: Int
  ) {
    let source = distances + (columns.lowerBound - strip)
    let target = columnSums + columns.lowerBound
    let sums = rowSums + 4 * ordinal
    if count == 4 {
      let added =
        isOwn
        ? addFourRows(source, columns.count, target) { farthest = larger(farthest, $0) }
        : addFourRows(source, columns.count, target) { closest = smaller(closest, $0) }
      for row in 0..<4 { sums[row] += added[row] }
    } else {
      for row in 0..<count {
        let source = source + row * stripWidth
        sums[row] +=
          isOwn
          ? addRow(source, columns.count, target) { farthest = larger(farthest, $0) }
          : addRow(source, columns.count, target) { closest = smaller(closest, $0) }
      }
    }
  }
}

/// Adds four rows of distances to the columns' sums and returns the rows' sums.
@inline(__always)
private func addFourRows(
  _ distances: UnsafePointer<Double>, _ count: Int, _ columnSums: UnsafeMutablePointer<Double>,
  _ note: (SIMD4<Double>) -> Void
) -> SIMD4<Double> {
  var a = SIMD4<Double>(), b = a, c = a, d = a
  var column = 0
  while column &+ 4 <= count {
    let da = load(distances + column)
    let db = load(distances + column + stripWidth)
    let dc = load(distances + column + 2 &* stripWidth)
    let dd = load(distances + column + 3 &* stripWidth)
    a += da
    b += db
    c += dc
    d += dd
    note(da)
    note(db)
    note(dc)
    note(dd)
    let target = UnsafeMutableRawPointer(columnSums + column)
    target.storeBytes(
      of: load(columnSums + column) + ((da + db) + (dc + dd)), as: SIMD4<Double>.self)
    column &+= 4
  }
  var sums = SIMD4(sum(a), sum(b), sum(c), sum(d))
  while column < count {
    let four = SIMD4(
      distances[column], distances[column &+ stripWidth], distances[column &+ 2 &* stripWidth],
      distances[column &+ 3 &* stripWidth])
    sums += four
    note(four)
    columnSums[column] += sum(four)
    column &+= 1
  }
  return sums
}

/// Adds one row of distances to the columns' sums and returns the row's sum.
@inline(__always)
private func addRow(
  _ distances: UnsafePointer<Double>, _ count: Int, _ columnSums: UnsafeMutablePointer<Double>,
  _ note: (SIMD4<Double>) -> Void
) -> Double {
  var total = SIMD4<Double>()
  var column = 0
  while column &+ 4 <= count {
    let four = load(distances + column)
    total += four
    note(four)
    UnsafeMutableRawPointer(columnSums + column).storeBytes(
      of: load(columnSums + column) + four, as: SIMD4<Double>.self)
    column &+= 4
  }
  var rowSum = sum(total)
  while column < count {
    rowSum += distances[column]
    note(SIMD4(repeating: distances[column]))
    columnSums[column] += distances[column]
    column &+= 1
  }
  return rowSum
}

@inline(__always)
private func load(_ values: UnsafePointer<Double>) -> SIMD4<Double> {
  UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Double>.self)
}

@inline(__always)
private func sum(_ v: SIMD4<Double>) -> Double { (v[0] + v[1]) + (v[2] + v[3]) }

@inline(__always)
private func larger(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
  a.replacing(with: b, where: b .> a)
}

@inline(__always)
private func smaller(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
  a.replacing(with: b, where: b .< a)
}
