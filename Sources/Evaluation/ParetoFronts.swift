/// Sorts candidates by several figures at once, none of which outweighs another.
public enum ParetoFronts {
  /// The front of each candidate, from 1.
  ///
  /// A candidate is beaten by another that is no worse in any figure and better in one. Front 1 holds those
  /// that nobody beats, front 2 those that only front 1 beats, and so on.
  ///
  /// - Parameters:
  ///   - figures: candidates × figures.
  ///   - directions: of each figure.
  /// - Throws: `.lengths`, `.missingValue` with the number of the candidate.
  /// - Complexity: O(c² · figures) for c candidates, and as many rounds as there are fronts.
  public static func of(
    _ figures: [[Double]], directions: [Direction]
  ) throws(EvaluationError) -> [Int] {
    for (candidate, values) in figures.enumerated() {
      guard values.count == directions.count else {
        throw .lengths(expected: directions.count, found: values.count)
      }
      guard values.allSatisfy(\.isFinite) else { throw .missingValue(row: candidate) }
    }
    var fronts = [Int](repeating: 0, count: figures.count)
    var (left, front) = (Array(figures.indices), 1)
    while !left.isEmpty {
      let unbeaten = left.filter { one in
        !left.contains { beats(figures[$0], figures[one], directions) }
      }
      for one in unbeaten { fronts[one] = front }
      left.removeAll { fronts[$0] == front }
      front += 1
    }
    return fronts
  }

  private static func beats(
    _ one: [Double], _ other: [Double], _ directions: [Direction]
  ) -> Bool {
    var isBetter = false
    for (index, direction) in directions.enumerated() {
      if direction.isBetter(other[index], than: one[index]) { return false }
      isBetter = isBetter || direction.isBetter(one[index], than: other[index])
    }
    return isBetter
  }
}
