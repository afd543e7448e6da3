internal import CLibrary

/// Nodes and weights that integrate polynomials of degree below 2 · count over 0…1 exactly.
struct GaussLegendre {
  private(set) var nodes: [Double] = []
  private(set) var weights: [Double] = []

  /// Newton's method on the Legendre polynomial, from Chebyshev's nodes.
  init(count: Int) {
    for index in 0..<count {
      var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      for _ in 0..<12 {
        let (value, slope) = Self.legendre(count, x)
        x -= value / slope
      }
      let slope = Self.legendre(count, x).slope
      nodes.append((1 + x) / 2)
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
  }

  private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, slope: Double) {
    var (previous, value) = (1.0, x)
    for k in 1..<max(1, degree) {
      let k = Double(k)
      (previous, value) = (value, ((2 * k + 1) * x * value - k * previous) / (k + 1))
    }
    return (value, Double(degree) * (x * value - previous) / (x * x - 1))
  }
}

/// Rules by their number of nodes, each found once however many paths ask for it.
struct QuadratureRules {
  private var found: [Int: GaussLegendre] = [:]

  subscript(count: Int) -> GaussLegendre {
    mutating get {
      if let rule = found[count] { return rule }
      let rule = GaussLegendre(count: count)
      found[count] = rule
      return rule
    }
  }
}
