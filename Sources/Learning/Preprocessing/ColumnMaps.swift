package import Numerical

extension Matrix {
  /// A matrix of the same shape whose rows `body` writes, given the rows of this one.
  package func mapRows(
    on pool: WorkerPool,
    _ body: (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> Matrix {
    let chunks = RowChunks(count: rowCount, size: 2048)
    return Matrix(rowCount: rowCount, columnCount: columnCount) { target in
      values.withUnsafeBufferPointer { source in
        pool.forEachChunk(count: chunks.count) { chunk in
          for row in chunks[chunk] {
            let place = row &* columnCount..<(row &+ 1) &* columnCount
            body(
              UnsafeBufferPointer(rebasing: source[place]),
              UnsafeMutableBufferPointer(rebasing: target[place]))
          }
        }
      }
    }
  }

  /// `body` of every column, in order.
  ///
  /// A column is handed over as a copy that `body` may reorder.
  package func mapColumns<Value: Sendable>(
    on pool: WorkerPool, _ body: (UnsafeMutableBufferPointer<Double>) -> Value
  ) -> [Value] {
    // Four columns are gathered at a time: a cache line of a row-major matrix serves them all.
    let groups = RowChunks(count: columnCount, size: 4)
    return pool.map(count: groups.count) { group in
      let columns = groups[group]
      let gathered = UnsafeMutableBufferPointer<Double>.allocate(capacity: columns.count * rowCount)
      defer { gathered.deallocate() }
      values.withUnsafeBufferPointer { source in
        for row in 0..<rowCount {
          for (index, column) in columns.enumerated() {
            gathered[index &* rowCount &+ row] = source[row &* columnCount &+ column]
          }
        }
      }
      return (0..<columns.count).map { index in
        body(
          UnsafeMutableBufferPointer(
            rebasing: gathered[index * rowCount..<(index + 1) * rowCount]))
      }
    }.flatMap { $0 }
  }

  /// Refuses values that are not finite: blames `source` for its own, else the size of its values.
  package func requireFinite(asImageOf source: Matrix) throws(LearningError) {
    guard let (_, column) = firstNonFinite else { return }
    try source.requireFinite()
    throw .numerical(.overflow(column: min(column, source.columnCount - 1)))
  }
}
