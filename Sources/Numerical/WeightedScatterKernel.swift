import COpenBLAS

/// Weighted cross products of selected rows about a point.
///
/// Rows less the point are packed twice, plain and weighed, into buffers that stay in cache; up to 64
/// columns the tiles of `ScatterKernel` multiply them, above that `dsyrk` does, of rows scaled by the
/// roots of their weights.
///
/// - Layout: products are `stride` × `stride`, row-major, of which the upper triangle of the first
///   `width` columns is meaningful; they need not be set apart from being zero at first.
package struct WeightedScatterKernel: Sendable {
  package let width: Int
  /// The width in whole vectors of four.
  package let stride: Int
  package let usesBLAS: Bool
  private let blockRows: Int

  /// - Parameter usesBLAS: nil decides by the width.
  package init(width: Int, usesBLAS: Bool? = nil) {
    self.width = width
    stride = (width + 3) / 4 * 4
    self.usesBLAS = usesBLAS ?? (width > ScatterPlan.kernelWidth)
    blockRows = self.usesBLAS ? ScatterPlan.blockRows : max(8, 1536 / max(stride, 1) / 8 * 8)
  }

  /// What `accumulate` needs to work in; one per thread.
  package func makeScratch() -> ScratchBuffer<Double> {
    ScratchBuffer(count: 2 * stride * blockRows, repeating: 0)
  }

  /// Adds `count` rows with their weights to `sums`, Σ w (x − point), and to `products`,
  /// Σ w (x − point)(x − point)ᵀ.
  ///
  /// - Parameters:
  ///   - selection: indices of rows in `rows`, which is row-major.
  ///   - weights: one per selected row, not negative.
  package func accumulate(
    _ rows: UnsafePointer<Double>, selection: UnsafePointer<Int32>,
    weights: UnsafePointer<Double>, count: Int, about point: UnsafePointer<Double>,
    sums: UnsafeMutablePointer<Double>, products: UnsafeMutablePointer<Double>,
    scratch: ScratchBuffer<Double>
  ) {
    let plain = scratch.start
    let weighed = plain + stride &* blockRows
    var done = 0
    while done < count {
      let block = min(blockRows, count &- done)
      let selected = Selection(rows: rows, indices: selection + done, weights: weights + done)
      if usesBLAS {
        packRoots(selected, block, point, into: plain, sums: sums)
        let (order, side) = (OpenBLAS.size(width), OpenBLAS.size(stride))
        cblas_dsyrk(
          CblasRowMajor, CblasUpper, CblasTrans, order, OpenBLAS.size(block), 1, plain, side, 1,
          products, side)
      } else {
        pack(selected, block, point, plain: plain, weighed: weighed, sums: sums)
        let kernel = ScatterKernel(width: width)
        var band = 0
        while band < stride {
          kernel.addBand(band, weighed, plain, block, to: products)
          band = band &+ 4
        }
      }
      done = done &+ block
    }
  }

  /// As `accumulate`, of the squares alone: `squares` receives Σ w (x_j − point_j)² per column j.
  package func accumulateSquares(
    _ rows: UnsafePointer<Double>, selection: UnsafePointer<Int32>,
    weights: UnsafePointer<Double>, count: Int, about point: UnsafePointer<Double>,
    sums: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j &+ 4 <= width {
      let middle = load(point + j)
      var (sum, square) = (load(sums + j), load(squares + j))
      for index in 0..<count {
        let value = load(rows + Int(selection[index]) &* width + j) - middle
        let part = value * SIMD4(repeating: weights[index])
        sum += part
        square = square.addingProduct(part, value)
      }
      store(sum, sums + j)
      store(square, squares + j)
      j = j &+ 4
    }
    while j < width {
      for index in 0..<count {
        let value = rows[Int(selection[index]) &* width &+ j] - point[j]
        let part = value * weights[index]
        sums[j] += part
        squares[j].addProduct(part, value)
      }
      j = j &+ 1
    }
  }

  private struct Selection {
    let rows: UnsafePointer<Double>
    let indices: UnsafePointer<Int32>
    let weights: UnsafePointer<Double>
  }

  private func pack(
    _ selected: Selection, _ count: Int, _ point: UnsafePointer<Double>,
    plain: UnsafeMutablePointer<Double>, weighed: UnsafeMutablePointer<Double>,
    sums: UnsafeMutablePointer<Double>
  ) {
    var j = 0
    while j &+ 8 <= width {
      let (middle0, middle1) = (load(point + j), load(point + j + 4))
      var (sum0, sum1) = (load(sums + j), load(sums + j + 4))
      for index in 0..<count {
        let from = selected.rows + Int(selected.indices[index]) &* width + j
        let weight = SIMD4(repeating: selected.weights[index])
        let (value0, value1) = (load(from) - middle0, load(from + 4) - middle1)
        let (part0, part1) = (value0 * weight, value1 * weight)
        sum0 += part0
        sum1 += part1
        let place = index &* stride &+ j
        store(value0, plain + place)
        store(value1, plain + place + 4)
        store(part0, weighed + place)
        store(part1, weighed + place + 4)
      }
      store(sum0, sums + j)
      store(sum1, sums + j + 4)
      j = j &+ 8
    }
    while j < width {
      for index in 0..<count {
        let value = selected.rows[Int(selected.indices[index]) &* width &+ j] - point[j]
        let part = value * selected.weights[index]
        sums[j] += part
        plain[index &* stride &+ j] = value
        weighed[index &* stride &+ j] = part
      }
      j = j &+ 1
    }
  }

  private func packRoots(
    _ selected: Selection, _ count: Int, _ point: UnsafePointer<Double>,
    into scaled: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<count {
      let from = selected.rows + Int(selected.indices[index]) &* width
      let to = scaled + index &* stride
      let weight = selected.weights[index]
      let root = weight.squareRoot()
      for j in 0..<width {
        let value = from[j] - point[j]
        sums[j] += value * weight
        to[j] = value * root
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
}
