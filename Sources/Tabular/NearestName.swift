/// Finds the name a user probably meant.
public enum NearestName {
  /// The candidate with the fewest typing errors from `name`, or nil if none is near.
  ///
  /// Near means at most one error for every three characters, and at least one. Letter case counts
  /// as no error. Ties go to the earlier candidate. Names above 200 characters are never near.
  ///
  /// - Complexity: O(candidates · length²).
  public static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = characters(of: name)
    guard !wanted.isEmpty, wanted.count <= 200 else { return nil }
    let limit = max(1, wanted.count / 3)
    var best: (name: String, errors: Int)?
    for candidate in candidates {
      let found = characters(of: candidate)
      guard abs(found.count - wanted.count) <= limit else { continue }
      let errors = distance(wanted, found)
      if errors <= limit, errors < best?.errors ?? .max { best = (candidate, errors) }
    }
    return best?.name
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
  ///
  /// The restricted form of the Damerau-Levenshtein distance: no part is edited twice.
  ///
  /// - Source: Damerau (1964); Wagner and Fischer (1974).
  public static func distance(_ a: String, _ b: String) -> Int {
    distance(Array(a.unicodeScalars), Array(b.unicodeScalars))
  }

  private static func characters(of name: String) -> [Unicode.Scalar] {
    Array(name.lowercased().unicodeScalars)
  }

  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      current.reserveCapacity(b.count + 1)
      for j in b.indices {
        let replaced = last[j] + (a[i] == b[j] ? 0 : 1)
        var errors = min(replaced, last[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          errors = min(errors, beforeLast[j - 1] + 1)
        }
        current.append(errors)
      }
      (beforeLast, last) = (last, current)
    }
    return last[b.count]
  }
}
