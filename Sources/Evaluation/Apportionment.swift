/// Divides `total` over parts in proportion to `weights` by largest remainders.
///
/// Each part gets the floor of its exact share; what is left goes to the largest fractional parts, the
/// earlier part first among equals. Integer arithmetic throughout; no part exceeds its weight when
/// `total` does not exceed their sum.
///
/// - Complexity: O(p log p) for p parts.
func apportion(_ total: Int, by weights: [Int]) -> [Int] {
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
