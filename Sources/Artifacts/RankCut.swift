import Tabular

/// What rows are ranked by: calibration may give many rows one probability; what it maps tells them apart.
public struct Promise: Hashable, Sendable, Codable, Comparable, BitwiseCopyable {
  public let calibrated: Double
  public let raw: Double

  public init(calibrated: Double, raw: Double) {
    self.calibrated = calibrated
    self.raw = raw
  }

  public static func < (a: Promise, b: Promise) -> Bool {
    a.calibrated == b.calibrated ? a.raw < b.raw : a.calibrated < b.calibrated
  }
}

/// The last of the most promising rows that make up a share of all.
public struct RankCut: Hashable, Sendable, Codable {
  public let promise: Promise

  /// Finds the best rows that make up at most `share` of all; nil without rows.
  ///
  /// Where the best ones that cannot be told apart are more than that, they alone.
  ///
  /// - Complexity: O(n log n) time, 8 bytes a row beside `promises`, which is sorted in place.
  public init?(_ share: Double, of promises: consuming [Promise]) {
    var order = promises
    order.sort(by: >)
    guard let best = order.first, let least = order.last else { return nil }
    // Shares such as 0.07 of 100 rows come out a rounding error short.
    let wanted = (share * Double(order.count) * (1 + 1e-12)).rounded(.down)
    let room = max(0, Int(exactly: wanted) ?? 0)
    guard room < order.count else {
      promise = least
      return
    }
    // Those that cannot be told from the first one too many stay out.
    let end = order.partitioningPoint { $0 <= order[room] }
    promise = end > 0 ? order[end - 1] : best
  }
}
