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
  let surplus = parts.reduce(0, +) - total
  if surplus > 0 { parts = levelled(parts, taking: surplus) }
  if surplus < 0 {
    let rooms = levelled(zip(ceilings, parts).map { $0 - $1 }, taking: -surplus)
    parts = zip(ceilings, rooms).map { $0 - $1 }
  }
  return parts
}

/// What is left of `amounts` when `count` units are taken one by one from the largest, the earlier
/// among equals.
private func levelled(_ amounts: [Int], taking count: Int) -> [Int] {
  func taken(above level: Int) -> Int { amounts.reduce(0) { $0 + max(0, $1 - level) } }
  var low = 0
  var level = amounts.max() ?? 0
  while low < level {
    let middle = low + (level - low) / 2
    if taken(above: middle) <= count { level = middle } else { low = middle + 1 }
  }
  var rest = count - taken(above: level)
  return amounts.map { amount in
    guard amount >= level, rest > 0 else { return min(amount, level) }
    rest -= 1
    return level - 1
  }
}
