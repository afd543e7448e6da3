/// Row numbers under keys, sorted by (key, row).
///
/// A stable radix sort from the least digit up; chunks of fixed size count and place their rows, so the
/// order is the same at any number of threads.
package struct KeyedRows: Sendable {
  package struct Entry: BitwiseCopyable, Sendable {
    package var key: UInt64
    package var row: UInt32

    package init(key: UInt64, row: UInt32) {
      self.key = key
      self.row = row
    }
  }

  package let entries: ScratchBuffer<Entry>

  private static let digitBits = 11
  private static let chunkRows = 1 << 15

  /// - Parameters:
  ///   - largest: no key is greater.
  ///   - key: the key of a row.
  /// - Complexity: O(count · bits of `largest` / 11).
  package init(
    count: Int, largest: UInt64, on pool: WorkerPool, key: (Int) -> UInt64
  ) {
    precondition(count <= Int(UInt32.max), "rows are numbered in 32 bits")
    var source = ScratchBuffer<Entry>(count: count)
    let chunks = RowChunks(count: count, size: Self.chunkRows)
    pool.forEachChunk(count: chunks.count) { chunk in
      for row in chunks[chunk] {
        source.start[row] = Entry(key: key(row), row: UInt32(truncatingIfNeeded: row))
      }
    }
    let bits = UInt64.bitWidth - largest.leadingZeroBitCount
    let passes = max(1, (bits + Self.digitBits - 1) / Self.digitBits)
    let width = (bits + passes - 1) / passes
    if bits > 0 {
      var target = ScratchBuffer<Entry>(count: count)
      for pass in 0..<passes {
        Self.pass(from: source, to: target, shift: pass * width, bits: width, chunks, on: pool)
        swap(&source, &target)
      }
    }
    entries = source
  }

  /// Moves entries to where the digit at `shift` puts them, equal digits in their present order.
  private static func pass(
    from source: ScratchBuffer<Entry>, to target: ScratchBuffer<Entry>, shift: Int, bits: Int,
    _ chunks: RowChunks, on pool: WorkerPool
  ) {
    let digits = 1 << bits
    let mask = UInt64(digits - 1)
    let places = ScratchBuffer<UInt32>(count: digits * chunks.count, repeating: 0)
    pool.forEachChunk(count: chunks.count) { chunk in
      let counts = places.start + chunk * digits
      for index in chunks[chunk] {
        counts[Int((source.start[index].key &>> UInt64(shift)) & mask)] &+= 1
      }
    }
    var place: UInt32 = 0
    for digit in 0..<digits {
      for chunk in 0..<chunks.count {
        let count = places.start[chunk * digits + digit]
        places.start[chunk * digits + digit] = place
        place += count
      }
    }
    pool.forEachChunk(count: chunks.count) { chunk in
      let next = places.start + chunk * digits
      for index in chunks[chunk] {
        let entry = source.start[index]
        let digit = Int((entry.key &>> UInt64(shift)) & mask)
        target.start[Int(next[digit])] = entry
        next[digit] &+= 1
      }
    }
  }
}
