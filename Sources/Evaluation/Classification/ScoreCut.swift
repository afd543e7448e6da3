/// Cuts that lie between scores.
///
/// Models of few distinct scores, such as trees, have rows exactly at the quantile or score that a cut is
/// chosen by, and another program that computes the score a rounding error lower would put them on the other
/// side.
public enum ScoreCut {
  /// The number half way between the least score at or above `limit` and the greatest below it.
  ///
  /// Where one of them is missing it lies a billionth beyond the other.
  ///
  /// - Parameter scores: ascending and finite, not empty.
  /// - Complexity: O(n).
  public static func between(ascending scores: [Double], at limit: Double) -> Double {
    let place = scores.firstIndex { $0 >= limit } ?? scores.count
    guard place > 0 else { return scores[0] - scores[0].magnitude * 1e-9 }
    let below = scores[place - 1]
    guard place < scores.count else { return max(below.nextUp, below + below.magnitude * 1e-9) }
    let middle = below + (scores[place] - below) / 2
    return middle > below ? middle : scores[place]
  }
}
