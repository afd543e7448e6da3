/// Whether `a` and `b` agree to `tolerance`, relative above 1 and absolute below.
public func isClose(_ a: Double, _ b: Double, within tolerance: Double) -> Bool {
  a == b || abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
