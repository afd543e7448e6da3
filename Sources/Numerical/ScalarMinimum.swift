/// The least value of a function of one variable in an interval (Brent's method).
///
/// Golden-section steps, replaced by parabolic ones where three points fit a parabola. Finds a local
/// minimum; the global one if the function has only one. A value of NaN counts as worse than any number.
///
/// - Source: Brent (1973), chapter 5.
package struct ScalarMinimum {
  package let location: Double
  package let value: Double

  package init(
    in interval: ClosedRange<Double>, tolerance: Double = 1.5e-8, maximumSteps: Int = 500,
    of function: (Double) -> Double
  ) {
    var search = Search(interval, of: function)
    for _ in 0..<maximumSteps where !search.isDone(tolerance) {
      search.step(tolerance, of: function)
    }
    location = search.best.x
    value = search.best.value
  }

  private struct Point {
    let x: Double
    let value: Double

    init(_ x: Double, _ function: (Double) -> Double) {
      self.x = x
      let value = function(x)
      self.value = value.isNaN ? .infinity : value
    }
  }

  private struct Search {
    static let golden = (3 - 5.0.squareRoot()) / 2

    var (low, high): (Double, Double)
    var best: Point
    var second: Point
    var third: Point
    /// The step before last, and the last one.
    var (earlierStep, lastStep) = (0.0, 0.0)

    init(_ interval: ClosedRange<Double>, of function: (Double) -> Double) {
      (low, high) = (interval.lowerBound, interval.upperBound)
      best = Point(low + Self.golden * (high - low), function)
      second = best
      third = best
    }

    var middle: Double { (low + high) / 2 }

    func margin(_ tolerance: Double) -> Double { tolerance * abs(best.x) + tolerance / 10 }

    func isDone(_ tolerance: Double) -> Bool {
      abs(best.x - middle) <= 2 * margin(tolerance) - (high - low) / 2
    }

    mutating func step(_ tolerance: Double, of function: (Double) -> Double) {
      let margin = margin(tolerance)
      let length: Double
      if let parabolic = parabolicStep(margin) {
        earlierStep = lastStep
        length = parabolic
      } else {
        earlierStep = best.x < middle ? high - best.x : low - best.x
        length = Self.golden * earlierStep
      }
      lastStep = length
      let isLong = abs(length) >= margin
      take(Point(best.x + (isLong ? length : length < 0 ? -margin : margin), function))
    }

    /// The way from the best point to the vertex of the parabola through three points, if it leads
    /// inside and shrinks fast enough.
    private func parabolicStep(_ margin: Double) -> Double? {
      guard abs(earlierStep) > margin else { return nil }
      let r = (best.x - second.x) * (best.value - third.value)
      let q = (best.x - third.x) * (best.value - second.value)
      let numerator = (best.x - third.x) * q - (best.x - second.x) * r
      let denominator = 2 * (q - r)
      let step = -numerator / denominator
      let target = best.x + step
      guard step.isFinite, abs(step) < abs(earlierStep / 2), target > low, target < high else {
        return nil
      }
      if target - low < 2 * margin || high - target < 2 * margin {
        return best.x < middle ? margin : -margin
      }
      return step
    }

    private mutating func take(_ point: Point) {
      if point.value <= best.value {
        if point.x >= best.x { low = best.x } else { high = best.x }
        (third, second, best) = (second, best, point)
        return
      }
      if point.x < best.x { low = point.x } else { high = point.x }
      if point.value <= second.value || second.x == best.x {
        (third, second) = (second, point)
      } else if point.value <= third.value || third.x == best.x || third.x == second.x {
        third = point
      }
    }
  }
}
