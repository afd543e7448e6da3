import Numerical

/// Finds among at most 255 ascending bounds how many lie below a value, without branches.
struct BoundSearch: Sendable {
  /// Padded to 256 with +∞.
  private let bounds: [Double]
  private let firstStep: Int

  init(_ ascending: [Double]) {
    precondition(ascending.count <= 255, "ranks are bytes")
    bounds = ascending + [Double](repeating: .infinity, count: 256 - ascending.count)
    var step = 1
    while step < ascending.count { step *= 2 }
    firstStep = step
  }

  /// Writes the rank of every value plus `offset`, and `missing` for NaN.
  func ranks(
    _ values: UnsafePointer<Double>, count: Int, offset: UInt8, missing: UInt8,
    to ranks: UnsafeMutablePointer<UInt8>
  ) {
    bounds.withUnsafeBufferPointer { bounds in
      guard let bounds = bounds.baseAddress else { return }
      let whole = count & ~3
      for index in stride(from: 0, to: whole, by: 4) {
        Self.four(values + index, bounds, firstStep, offset, missing, ranks + index)
      }
      for index in whole..<count {
        let rank = UInt8(truncatingIfNeeded: Self.rank(values[index], bounds, firstStep))
        ranks[index] = values[index].isNaN ? missing : rank &+ offset
      }
    }
  }

  @inline(__always)
  private static func rank(_ value: Double, _ bounds: UnsafePointer<Double>, _ firstStep: Int)
    -> Int
  {
    var base = 0
    var step = firstStep
    while step > 0 {
      base = bounds[base &+ step &- 1] < value ? base &+ step : base
      step &>>= 1
    }
    return base
  }

  /// Four searches side by side hide each other's latency.
  @inline(__always)
  private static func four(
    _ values: UnsafePointer<Double>, _ bounds: UnsafePointer<Double>, _ firstStep: Int,
    _ offset: UInt8, _ missing: UInt8, _ ranks: UnsafeMutablePointer<UInt8>
  ) {
    let (v0, v1, v2, v3) = (values[0], values[1], values[2], values[3])
    var (b0, b1, b2, b3) = (0, 0, 0, 0)
    var step = firstStep
    while step > 0 {
      let probe = bounds + (step &- 1)
      b0 = probe[b0] < v0 ? b0 &+ step : b0
      b1 = probe[b1] < v1 ? b1 &+ step : b1
      b2 = probe[b2] < v2 ? b2 &+ step : b2
      b3 = probe[b3] < v3 ? b3 &+ step : b3
      step &>>= 1
    }
    ranks[0] = v0.isNaN ? missing : UInt8(truncatingIfNeeded: b0) &+ offset
    ranks[1] = v1.isNaN ? missing : UInt8(truncatingIfNeeded: b1) &+ offset
    ranks[2] = v2.isNaN ? missing : UInt8(truncatingIfNeeded: b2) &+ offset
    ranks[3] = v3.isNaN ? missing : UInt8(truncatingIfNeeded: b3) &+ offset
  }
}
