/// Divides `total` over parts in proportion to `weights` by largest remainders.
///
/// Each part gets the floor of its exact share; what is left goes to the largest fractional parts, the
/// earlier part first among equals. Integer arithmetic throughout; no part exceeds its weight when
/// `total` does not exceed their sum.
///
/// - Complexity: O(p log p) for p parts.
package func apportion(_ total: Int, by weights: [Int]) -> [Int] {
  let sum = weights.reduce(0, +)
  guard sum > 0 else { return weights.map { _ in 0 } }
  let divided = weights.map { weight in
    sum.dividingFullWidth(total.multipliedFullWidth(by: weight))
  }
  var parts = divided.map(\.quotient)
  let order = parts.indices.sorted {
    (divided[$1].remainder, $0) < (divided[$0].remainder, $1)
  }
  for part in order.prefix(total - parts.reduce(0, +)) { parts[part] += 1 }
  return parts
}

/// Divides as `apportion(_:by:)`, then takes from the fullest parts what others need to keep within bounds.
///
/// `total` must lie between p · `floor` and the sum of `ceilings`, and each ceiling reach the floor.
package func apportion(_ total: Int, by weights: [Int], atLeast floor: Int, atMost ceilings: [Int])
  -> [Int]
{
  var parts = zip(apportion(total, by: weights), ceilings).map { min(max($0, floor), $1) }
  var surplus = parts.reduce(0, +) - total
  while surplus > 0 {
    let fullest = parts.indices.reduce(0) { parts[$1] > parts[$0] ? $1 : $0 }
    parts[fullest] -= 1
    surplus -= 1
  }
  while surplus < 0 {
    func room(_ part: Int) -> Int { ceilings[part] - parts[part] }
    let emptiest = parts.indices.reduce(0) { room($1) > room($0) ? $1 : $0 }
    parts[emptiest] += 1
    surplus += 1
  }
  return parts
}
