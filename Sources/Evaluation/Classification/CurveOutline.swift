/// Which points of a long curve draw the same picture.
///
/// Starting from its ends, the point farthest from the polygon so far joins it, until the limit is
/// reached or no point lies off the polygon (Douglas and Peucker, 1973, best first). Distance is measured
/// upright to the segment, in the unit of both axes; of equally far points the first joins. A curve of far
/// more points than the limit is first reduced to the lowest, highest and last point of equal runs.
///
/// - Complexity: O(n + limit²) time.
enum CurveOutline {
  /// Runs of a long curve per point of its outline: finer than a picture shows.
  private static let runsPerPoint = 16

  /// Ascending positions, the ends among them.
  ///
  /// - Throws: `.count` for a limit below 2.
  static func positions(_ x: [Double], _ y: [Double], limit: Int?) throws(EvaluationError) -> [Int]
  {
    guard let limit, limit < x.count else {
      if let limit, limit < 2 { throw .count(.points, needed: 2, found: limit) }
      return Array(x.indices)
    }
    guard limit >= 2 else { throw .count(.points, needed: 2, found: limit) }
    let candidates = candidates(y, runs: limit.multipliedReportingOverflow(by: runsPerPoint))
    let outline = Outline(candidates.map { x[$0] }, candidates.map { y[$0] }, limit: limit)
    return outline.kept.map { candidates[$0] }
  }

  private static func candidates(
    _ y: [Double], runs: (partialValue: Int, overflow: Bool)
  ) -> [Int] {
    guard !runs.overflow, y.count / 4 > runs.partialValue else { return Array(y.indices) }
    let size = (y.count + runs.partialValue - 1) / runs.partialValue
    var kept = [0]
    for start in stride(from: 0, to: y.count, by: size) {
      let run = start..<min(start + size, y.count)
      var (lowest, highest) = (start, start)
      for position in run {
        if y[position] < y[lowest] { lowest = position }
        if y[position] > y[highest] { highest = position }
      }
      for position in [min(lowest, highest), max(lowest, highest), run.upperBound - 1]
      where kept[kept.count - 1] < position {
        kept.append(position)
      }
    }
    return kept
  }
}

/// A polygon that grows point by point.
private struct Outline {
  private(set) var kept: [Int]

  private struct Segment {
    let start: Int
    let end: Int
    let farthest: Int
    let distance: Double
  }

  init(_ x: [Double], _ y: [Double], limit: Int) {
    func segment(_ start: Int, _ end: Int) -> Segment {
      var (farthest, greatest) = (start, 0.0)
      let (dx, dy) = (x[end] - x[start], y[end] - y[start])
      let length = (dx * dx + dy * dy).squareRoot()
      for position in start..<end {
        let (px, py) = (x[position] - x[start], y[position] - y[start])
        let distance =
          length > 0 ? abs(px * dy - py * dx) / length : (px * px + py * py).squareRoot()
        if distance > greatest { (farthest, greatest) = (position, distance) }
      }
      return Segment(start: start, end: end, farthest: farthest, distance: greatest)
    }
    var segments = [segment(0, x.count - 1)]
    while segments.count < limit - 1 {
      let widest = segments.indices.reduce(0) {
        segments[$1].distance > segments[$0].distance ? $1 : $0
      }
      let old = segments[widest]
      // A distance within rounding is a straight line.
      guard old.distance > 1e-12 else { break }
      segments[widest] = segment(old.start, old.farthest)
      segments.append(segment(old.farthest, old.end))
    }
    kept = segments.map(\.start).sorted() + [x.count - 1]
  }
}
