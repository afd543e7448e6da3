import CIntrinsics

/// Cross products of rows of at most 64 columns.
///
/// Rows are shifted into a buffer that stays in the first-level cache, padded with zeros to whole
/// vectors; then blocks of 4 × 12 products are held in twelve vector registers over all its rows. Each
/// product is a chain of fused multiply-adds in row order.
struct ScatterKernel {
  let width: Int
  /// The width in whole vectors of four.
  let stride: Int
  /// Rows per pass over the buffer of 12 KiB.
  let blockRows: Int

  init(width: Int) {
    self.width = width
    stride = (width + 3) / 4 * 4
    blockRows = max(8, 1536 / max(stride, 1) / 8 * 8)
  }

  /// Adds `rowCount` rows to `sums` (width) and to the upper triangle of `products` (width × width).
  func accumulate(
    _ rows: UnsafePointer<Double>, rowCount: Int, shift: UnsafePointer<Double>,
    sums: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>
  ) {
    let square = stride * stride
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: (square + stride * (blockRows + 2)) * MemoryLayout<Double>.stride, alignment: 64)
    defer { scratch.deallocate() }
    let totals = scratch.assumingMemoryBound(to: Double.self)
    totals.initialize(repeating: 0, count: square + stride * (blockRows + 2))
    let columnSums = totals + square
    let paddedShift = columnSums + stride
    let buffer = paddedShift + stride
    for j in 0..<width { paddedShift[j] = shift[j] }
    var row = 0
    while row < rowCount {
      let count = min(blockRows, rowCount &- row)
      pack(rows + row &* width, count, paddedShift, into: buffer, sums: columnSums)
      row = row &+ count
      let next = min(blockRows, rowCount &- row) &* width
      addProducts(of: buffer, count, to: totals, prefetching: rows + row &* width, next)
    }
    for i in 0..<width {
      sums[i] += columnSums[i]
      for j in i..<width { products[i &* width &+ j] += totals[i &* stride &+ j] }
    }
  }

  /// Writes rows less `shift` into `buffer` and adds them to `sums`.
  private func pack(
    _ rows: UnsafePointer<Double>, _ count: Int, _ shift: UnsafePointer<Double>,
    into buffer: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j &+ 8 <= width {
      let (shift0, shift1) = (load(shift + j), load(shift + j + 4))
      var (sum0, sum1) = (load(sums + j), load(sums + j + 4))
      for row in 0..<count {
        let from = rows + row &* width + j
        let to = buffer + row &* stride + j
        let value0 = load(from) - shift0
        let value1 = load(from + 4) - shift1
        sum0 += value0
        sum1 += value1
        store(value0, to)
        store(value1, to + 4)
      }
      store(sum0, sums + j)
      store(sum1, sums + j + 4)
      j = j &+ 8
    }
    while j < width {
      var sum = sums[j]
      for row in 0..<count {
        let value = rows[row &* width &+ j] - shift[j]
        sum += value
        buffer[row &* stride &+ j] = value
      }
      sums[j] = sum
      j = j &+ 1
    }
  }

  private func addProducts(
    of buffer: UnsafePointer<Double>, _ count: Int, to totals: UnsafeMutablePointer<Double>,
    prefetching next: UnsafePointer<Double>, _ nextCount: Int
  ) {
    var i = 0
    var fetched = 0
    while i < stride {
      // A share of the next rows, so that memory and multipliers work at the same time.
      let share = nextCount &* (i &+ 4) / stride
      while fetched < share {
        cohort_prefetch(next + fetched)
        fetched = fetched &+ 8
      }
      addBand(i, buffer, buffer, count, to: totals)
      i = i &+ 4
    }
  }

  /// Adds the products of columns i ..< i + 4 of `left` with the columns from i on of `right`.
  @inline(__always)
  func addBand(
    _ i: Int, _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int,
    to totals: UnsafeMutablePointer<Double>
  ) {
    var j = i
    while j < stride {
      let target = totals + i &* stride + j
      switch stride &- j {
      case 4: addTile4(left + i, right + j, count, stride, target)
      case 8, 16: addTile8(left + i, right + j, count, stride, target)
      default: addTile12(left + i, right + j, count, stride, target)
      }
      j = j &+ (stride &- j == 4 ? 4 : stride &- j == 8 || stride &- j == 16 ? 8 : 12)
    }
  }
}

@inline(__always)
private func load(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
}

@inline(__always)
private func store(_ value: SIMD4<Double>, _ address: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD4<Double>.self)
}

@inline(__always)
private func splat(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
  SIMD4(repeating: address.pointee)
}

/// Adds leftᵀ · right for 4 columns by 12.
@inline(never)
private func addTile12(
  _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int, _ stride: Int,
  _ target: UnsafeMutablePointer<Double>
) {
  var (a0, a1, a2) = (load(target), load(target + 4), load(target + 8))
  let row1 = target + stride
  var (b0, b1, b2) = (load(row1), load(row1 + 4), load(row1 + 8))
  let row2 = row1 + stride
  var (c0, c1, c2) = (load(row2), load(row2 + 4), load(row2 + 8))
  let row3 = row2 + stride
  var (d0, d1, d2) = (load(row3), load(row3 + 4), load(row3 + 8))
  var (p, q) = (left, right)
  for _ in 0..<count {
    let (x0, x1, x2) = (load(q), load(q + 4), load(q + 8))
    let y0 = splat(p)
    a0 = a0.addingProduct(y0, x0)
    a1 = a1.addingProduct(y0, x1)
    a2 = a2.addingProduct(y0, x2)
    let y1 = splat(p + 1)
    b0 = b0.addingProduct(y1, x0)
    b1 = b1.addingProduct(y1, x1)
    b2 = b2.addingProduct(y1, x2)
    let y2 = splat(p + 2)
    c0 = c0.addingProduct(y2, x0)
    c1 = c1.addingProduct(y2, x1)
    c2 = c2.addingProduct(y2, x2)
    let y3 = splat(p + 3)
    d0 = d0.addingProduct(y3, x0)
    d1 = d1.addingProduct(y3, x1)
    d2 = d2.addingProduct(y3, x2)
    p += stride
    q += stride
  }
  store(a0, target)
  store(a1, target + 4)
  store(a2, target + 8)
  store(b0, row1)
  store(b1, row1 + 4)
  store(b2, row1 + 8)
  store(c0, row2)
  store(c1, row2 + 4)
  store(c2, row2 + 8)
  store(d0, row3)
  store(d1, row3 + 4)
  store(d2, row3 + 8)
}

/// Adds leftᵀ · right for 4 columns by 8.
@inline(never)
private func addTile8(
  _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int, _ stride: Int,
  _ target: UnsafeMutablePointer<Double>
) {
  let (row1, row2, row3) = (target + stride, target + 2 &* stride, target + 3 &* stride)
  var (a0, a1) = (load(target), load(target + 4))
  var (b0, b1) = (load(row1), load(row1 + 4))
  var (c0, c1) = (load(row2), load(row2 + 4))
  var (d0, d1) = (load(row3), load(row3 + 4))
  var (p, q) = (left, right)
  for _ in 0..<count {
    let (x0, x1) = (load(q), load(q + 4))
    let (y0, y1, y2, y3) = (splat(p), splat(p + 1), splat(p + 2), splat(p + 3))
    a0 = a0.addingProduct(y0, x0)
    a1 = a1.addingProduct(y0, x1)
    b0 = b0.addingProduct(y1, x0)
    b1 = b1.addingProduct(y1, x1)
    c0 = c0.addingProduct(y2, x0)
    c1 = c1.addingProduct(y2, x1)
    d0 = d0.addingProduct(y3, x0)
    d1 = d1.addingProduct(y3, x1)
    p += stride
    q += stride
  }
  store(a0, target)
  store(a1, target + 4)
  store(b0, row1)
  store(b1, row1 + 4)
  store(c0, row2)
  store(c1, row2 + 4)
  store(d0, row3)
  store(d1, row3 + 4)
}

/// Adds leftᵀ · right for 4 columns by 4.
@inline(never)
private func addTile4(
  _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int, _ stride: Int,
  _ target: UnsafeMutablePointer<Double>
) {
  let (row1, row2, row3) = (target + stride, target + 2 &* stride, target + 3 &* stride)
  var (a, b, c, d) = (load(target), load(row1), load(row2), load(row3))
  var (p, q) = (left, right)
  for _ in 0..<count {
    let x = load(q)
    a = a.addingProduct(splat(p), x)
    b = b.addingProduct(splat(p + 1), x)
    c = c.addingProduct(splat(p + 2), x)
    d = d.addingProduct(splat(p + 3), x)
    p += stride
    q += stride
  }
  store(a, target)
  store(b, row1)
  store(c, row2)
  store(d, row3)
}
