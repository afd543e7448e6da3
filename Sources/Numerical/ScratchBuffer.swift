/// Memory of fixed size that several threads fill in disjoint parts.
///
/// Starts at a cache line. Elements are undefined until written, so that the thread which fills a
/// part is the one that touches its pages first.
package final class ScratchBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  package let start: UnsafeMutablePointer<Element>
  package let count: Int

  package init(count: Int) {
    precondition(count >= 0, "a buffer has no negative size")
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    start = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  package convenience init(count: Int, repeating value: Element) {
    self.init(count: count)
    start.update(repeating: value, count: count)
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index out of range")
      return start[index]
    }
    set {
      precondition(index >= 0 && index < count, "index out of range")
      start[index] = newValue
    }
  }

  package var elements: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }
}
