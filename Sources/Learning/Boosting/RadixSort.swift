import Numerical

/// Sorts doubles by the bytes of their bits: O(n), without comparisons.
enum RadixSort {
  /// - Precondition: no value is NaN. −0 comes before 0.
  static func sort(_ values: inout [Double]) {
    let count = values.count
    guard count > 256 else { return values.sort() }
    let keys = ScratchBuffer<UInt64>(count: count)
    let spare = ScratchBuffer<UInt64>(count: count)
    for index in 0..<count {
      let bits = values[index].bitPattern
      // Negative numbers are ordered by falling magnitude.
      keys.start[index] = bits ^ (bits >> 63 == 1 ? .max : 1 << 63)
    }
    var (source, target) = (keys.start, spare.start)
    for shift in stride(from: UInt64(0), to: 66, by: 11) {
      if scatter(source, to: target, count: count, shift: shift) { swap(&source, &target) }
    }
    for index in 0..<count {
      let key = source[index]
      values[index] = Double(bitPattern: key ^ (key >> 63 == 1 ? 1 << 63 : .max))
    }
  }

  /// One stable pass by eleven bits; false if all keys agree in them and nothing was moved.
  private static func scatter(
    _ source: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>, count: Int,
    shift: UInt64
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2048) { starts in
      starts.initialize(repeating: 0)
      for index in 0..<count { starts[Int((source[index] &>> shift) & 2047)] &+= 1 }
      if starts[Int((source[0] &>> shift) & 2047)] == count { return false }
      var next = 0
      for digit in 0..<2048 {
        let size = starts[digit]
        starts[digit] = next
        next &+= size
      }
      for index in 0..<count {
        let digit = Int((source[index] &>> shift) & 2047)
        target[starts[digit]] = source[index]
        starts[digit] &+= 1
      }
      return true
    }
  }
}
