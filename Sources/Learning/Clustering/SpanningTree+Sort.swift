import Numerical

extension [SpanningTree.Edge] {
  /// Sorts by (weight, a, b): by the bits of the weights, which are not negative, then runs of equal ones.
  mutating func sortByWeight() {
    var source = self
    var target = self
    for shift in stride(from: 0, to: 64, by: 11) {
      var places = [Int](repeating: 0, count: 1 << 11)
      for edge in source { places[edge.digit(at: shift)] += 1 }
      // All digits equal: nothing to move.
      if places[source.first?.digit(at: shift) ?? 0] == count { continue }
      var start = 0
      for digit in places.indices { (places[digit], start) = (start, start + places[digit]) }
      for edge in source {
        let digit = edge.digit(at: shift)
        target[places[digit]] = edge
        places[digit] += 1
      }
      swap(&source, &target)
    }
    source.sortRunsByRows()
    self = source
  }

  private mutating func sortRunsByRows() {
    var start = 0
    while start < count {
      var end = start + 1
      while end < count && self[end].weight == self[start].weight { end += 1 }
      if end - start > 1 { self[start..<end].sort { ($0.a, $0.b) < ($1.a, $1.b) } }
      start = end
    }
  }
}

extension SpanningTree.Edge {
  @inline(__always)
  fileprivate func digit(at shift: Int) -> Int {
    Int(truncatingIfNeeded: weight.bitPattern >> UInt64(shift)) & 0x7FF
  }
}
