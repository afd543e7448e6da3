/// Consecutive runs of rows whose bounds depend on the row count alone.
package struct RowChunks: Sendable {
  package let total: Int
  package let size: Int

  package init(count total: Int, size: Int) {
    precondition(total >= 0 && size > 0, "chunks have a positive size")
    self.total = total
    self.size = size
  }

  /// `count` rows in at most `parts` runs of equal size, the last one shorter.
  package init(count total: Int, parts: Int) {
    self.init(count: total, size: max(1, (total + max(parts, 1) - 1) / max(parts, 1)))
  }

  package var count: Int { (total + size - 1) / size }

  package subscript(index: Int) -> Range<Int> {
    let start = index * size
    return start..<min(start + size, total)
  }
}
