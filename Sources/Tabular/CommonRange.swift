internal import CLibrary

/// A range that says what is usual in a column and names no customer: the ends belong to groups.
///
/// At and beyond either end lie twenty values (a quarter of them where there are fewer than eighty), and
/// ends are rounded inwards to hundredths of the range's order of magnitude.
struct CommonRange: Hashable, Sendable {
  let lower: Double
  let upper: Double

  /// Nil without a finite value.
  ///
  /// A boolean has the values it takes.
  ///
  /// - Complexity: O(n log n).
  init?(of numbers: [Double], kind: ColumnKind) {
    let sorted = numbers.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    guard kind != .boolean else {
      (lower, upper) = (first, last)
      return
    }
    let group = min(Disclosure.leastRows, (sorted.count + 3) / 4)
    let (low, high) = (sorted[group - 1], sorted[sorted.count - group])
    let span = high - low
    guard span > 0, span.isFinite else {
      (lower, upper) = (low, high)
      return
    }
    var step = pow(10, floor(log10(span)) - 2)
    if kind != .real { step = max(1, step) }
    let (up, down) = ((low / step).rounded(.up) * step, (high / step).rounded(.down) * step)
    let isUsable = up.isFinite && down.isFinite && low <= up && up <= down && down <= high
    (lower, upper) = isUsable ? (up, down) : (low, high)
  }
}
