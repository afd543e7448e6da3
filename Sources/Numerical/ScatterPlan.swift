import COpenBLAS

/// How the rows and columns of a matrix are cut to sum its cross products.
///
/// Up to 64 columns our own register-blocked kernel beats BLAS, whose calls are too small to pay; above
/// that, tiles of columns go through `dsyrk` and `dgemm`. A task is one run of rows (a super-chunk) with
/// one pair of column tiles; every super-chunk has its own sums, joined in order.
struct ScatterPlan {
  static let kernelWidth = 64
  static let tileWidth = 256
  /// Rows per BLAS call: a packed tile of 256 columns then fills the second-level cache.
  static let blockRows = 256

  let superChunks: RowChunks
  let columns: RowChunks
  let width: Int

  init(rowCount: Int, columnCount: Int) {
    width = columnCount
    let affordable = rowCount / max(16 * columnCount, 1)
    let useful = (rowCount + 4095) / 4096
    superChunks = RowChunks(count: rowCount, parts: min(64, max(affordable, 1), useful))
    columns = RowChunks(count: columnCount, size: Self.tileWidth)
  }

  /// Pairs of column tiles of the upper triangle, off-diagonal pairs (twice the work) first.
  private var tilePairs: [(Int, Int)] {
    let tiles = 0..<columns.count
    return tiles.flatMap { i in tiles.filter { $0 > i }.map { (i, $0) } } + tiles.map { ($0, $0) }
  }

  func accumulate(_ x: Matrix, shift: [Double], on pool: WorkerPool) -> ([Double], [Double]) {
    let square = width * width
    var sums = [Double](repeating: 0, count: superChunks.count * width)
    var products = [Double](repeating: 0, count: superChunks.count * square)
    let pairs = tilePairs
    sums.withUnsafeMutableBufferPointer { sums in
      products.withUnsafeMutableBufferPointer { products in
        x.values.withUnsafeBufferPointer { x in
          shift.withUnsafeBufferPointer { shift in
            pool.forEachChunk(count: superChunks.count * pairs.count) { task in
              let part = task / pairs.count
              guard let source = x.baseAddress, let shift = shift.baseAddress,
                let sums = sums.baseAddress, let products = products.baseAddress
              else { return }
              let rows = Rows(
                source: source, range: superChunks[part], width: width, shift: shift)
              rows.accumulate(
                pairs[task % pairs.count], of: columns, sums: sums + part * width,
                products: products + part * square)
            }
          }
        }
      }
    }
    return (join(sums, width), join(products, square))
  }

  /// The sum of consecutive blocks of `count` numbers, in order.
  private func join(_ parts: [Double], _ count: Int) -> [Double] {
    guard parts.count > count else { return parts }
    var total = Array(parts[0..<count])
    total.withUnsafeMutableBufferPointer { total in
      parts.withUnsafeBufferPointer { parts in
        for start in stride(from: count, to: parts.count, by: count) {
          for j in 0..<count { total[j] += parts[start + j] }
        }
      }
    }
    return total
  }
}

/// A run of rows whose cross products are summed.
private struct Rows {
  let source: UnsafePointer<Double>
  let range: Range<Int>
  let width: Int
  let shift: UnsafePointer<Double>

  func accumulate(
    _ pair: (Int, Int), of columns: RowChunks, sums: UnsafeMutablePointer<Double>,
    products: UnsafeMutablePointer<Double>
  ) {
    if width <= ScatterPlan.kernelWidth {
      ScatterKernel(width: width).accumulate(
        source + range.lowerBound * width, rowCount: range.count, shift: shift, sums: sums,
        products: products)
    } else if pair.0 == pair.1 {
      accumulateDiagonal(columns[pair.0], sums: sums, products: products)
    } else {
      accumulateOffDiagonal(columns[pair.0], columns[pair.1], products: products)
    }
  }

  private func accumulateDiagonal(
    _ tile: Range<Int>, sums: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>
  ) {
    let side = OpenBLAS.size(tile.count)
    withBlocks(of: tile.count) { block, buffer in
      pack(block, tile, into: buffer, sums: sums)
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, CblasTrans, side, OpenBLAS.size(block.count), 1, buffer, side, 1,
        products + tile.lowerBound * width + tile.lowerBound, OpenBLAS.size(width))
    }
  }

  private func accumulateOffDiagonal(
    _ left: Range<Int>, _ right: Range<Int>, products: UnsafeMutablePointer<Double>
  ) {
    let (leftSide, rightSide) = (OpenBLAS.size(left.count), OpenBLAS.size(right.count))
    withBlocks(of: left.count + right.count) { block, buffer in
      let other = buffer + block.count * left.count
      pack(block, left, into: buffer, sums: nil)
      pack(block, right, into: other, sums: nil)
      cblas_dgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, leftSide, rightSide, OpenBLAS.size(block.count), 1,
        buffer, leftSide, other, rightSide, 1,
        products + left.lowerBound * width + right.lowerBound, OpenBLAS.size(width))
    }
  }

  /// Calls `body` for consecutive blocks of the run with a buffer of `columns` doubles per row.
  private func withBlocks(
    of columns: Int, _ body: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) {
    OpenBLAS.holdAtOneThread()
    let buffer = UnsafeMutablePointer<Double>.allocate(capacity: columns * ScatterPlan.blockRows)
    defer { buffer.deallocate() }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: ScatterPlan.blockRows) {
      body(start..<min(start + ScatterPlan.blockRows, range.upperBound), buffer)
    }
  }

  /// Copies a tile of shifted values, adding each column's to `sums` where given.
  private func pack(
    _ rows: Range<Int>, _ tile: Range<Int>, into buffer: UnsafeMutablePointer<Double>,
    sums: UnsafeMutablePointer<Double>?
  ) {
    for (index, row) in rows.enumerated() {
      let from = source + row * width + tile.lowerBound
      let to = buffer + index * tile.count
      for j in 0..<tile.count { to[j] = from[j] - shift[tile.lowerBound + j] }
      if let sums {
        for j in 0..<tile.count { sums[tile.lowerBound + j] += to[j] }
      }
    }
  }
}
