/// How the number of segments follows from the gaps of several.
///
/// Only with the gap of one segment at the front can a rule answer that the rows have none.
public enum GapRule: String, Hashable, Sendable, Codable, CaseIterable {
  /// The first local maximum, or the least k whose gap is within one standard error of it (clusGap's usual
  /// rule).
  case firstMaximum = "first-se-max"
  /// The least k whose gap is at least the next one's less its standard error (Tibshirani, Walther and
  /// Hastie, 2001).
  case nextWithinError = "tibs-2001-se-max"

  /// The index of the choice among gaps of ascending k; nil of none.
  public func choice(gaps: [Double], standardErrors: [Double]) -> Int? {
    precondition(gaps.count == standardErrors.count, "every gap has a standard error")
    guard !gaps.isEmpty else { return nil }
    let last = gaps.count - 1
    switch self {
    case .nextWithinError:
      return (0..<last).first { gaps[$0] >= gaps[$0 + 1] - standardErrors[$0 + 1] } ?? last
    case .firstMaximum:
      let peak = (0..<last).first { gaps[$0 + 1] <= gaps[$0] } ?? last
      return (0..<peak).first { gaps[$0] >= gaps[peak] - standardErrors[peak] } ?? peak
    }
  }
}
