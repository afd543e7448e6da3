import COpenBLAS

extension Matrix {
  /// Rows multiplied in one BLAS call: enough to fill the machine's vector unit, few enough to
  /// share work among threads.
  ///
  /// Fixed, so that bits do not depend on the number of threads.
  static let productRows = 1024
  /// As `productRows`, where rows are copied into cache first.
  static let shiftedRows = 256

  public var transposed: Matrix {
    Matrix(rowCount: columnCount, columnCount: rowCount) { target in
      for i in 0..<rowCount {
        for j in 0..<columnCount { target[j * rowCount + i] = values[i * columnCount + j] }
      }
    }
  }

  /// The product self · other, n × m from n × d and d × m.
  public func multiplied(by other: Matrix, on pool: WorkerPool = .serial) -> Matrix {
    precondition(columnCount == other.rowCount, "inner sides must agree")
    return product(other, isTransposed: false, width: other.columnCount, on: pool)
  }

  /// The product self · otherᵀ, n × m from n × d and m × d.
  public func multiplied(byTransposeOf other: Matrix, on pool: WorkerPool = .serial) -> Matrix {
    precondition(columnCount == other.columnCount, "inner sides must agree")
    return product(other, isTransposed: true, width: other.rowCount, on: pool)
  }

  private func product(_ other: Matrix, isTransposed: Bool, width: Int, on pool: WorkerPool)
    -> Matrix
  {
    guard rowCount > 0, width > 0, columnCount > 0 else {
      return Matrix(rowCount: rowCount, columnCount: width)
    }
    OpenBLAS.holdAtOneThread()
    let chunks = RowChunks(count: rowCount, size: Self.productRows)
    let inner = OpenBLAS.size(columnCount)
    let outer = OpenBLAS.size(width)
    return Matrix(rowCount: rowCount, columnCount: width) { target in
      values.withUnsafeBufferPointer { left in
        other.values.withUnsafeBufferPointer { right in
          pool.forEachChunk(count: chunks.count) { chunk in
            let rows = chunks[chunk]
            cblas_dgemm(
              CblasRowMajor, CblasNoTrans, isTransposed ? CblasTrans : CblasNoTrans,
              OpenBLAS.size(rows.count), outer, inner, 1,
              left.baseAddress! + rows.lowerBound * columnCount, inner, right.baseAddress!,
              isTransposed ? inner : outer, 0, target.baseAddress! + rows.lowerBound * width, outer)
          }
        }
      }
    }
  }

  /// The product (self − 1 · shift) · otherᵀ: every row is shifted before it is multiplied, so that a
  /// shift much larger than the differences from it costs no digits.
  package func multiplied(
    byTransposeOf other: Matrix, afterSubtracting shift: [Double], on pool: WorkerPool = .serial
  ) -> Matrix {
    precondition(columnCount == other.columnCount && shift.count == columnCount, "sides must agree")
    guard rowCount > 0, other.rowCount > 0, columnCount > 0 else {
      return Matrix(rowCount: rowCount, columnCount: other.rowCount)
    }
    OpenBLAS.holdAtOneThread()
    let width = other.rowCount
    let chunks = RowChunks(count: rowCount, size: Self.shiftedRows)
    let (inner, outer) = (OpenBLAS.size(columnCount), OpenBLAS.size(width))
    return Matrix(rowCount: rowCount, columnCount: width) { target in
      pool.forEachChunk(count: chunks.count) { chunk in
        let rows = chunks[chunk]
        let shifted = [Double](
          unsafeUninitializedCapacity: rows.count * columnCount
        ) { buffer, count in
          for (index, row) in rows.enumerated() {
            for j in 0..<columnCount {
              buffer[index &* columnCount &+ j] = values[row &* columnCount &+ j] - shift[j]
            }
          }
          count = rows.count * columnCount
        }
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, OpenBLAS.size(rows.count), outer, inner, 1,
          shifted, inner, other.values, inner, 0, target.baseAddress! + rows.lowerBound * width,
          outer)
      }
    }
  }
}
