extension NumberFormat {
  /// A time in the unit that keeps it short: `85 µs`, `1.2 ms`, `3.4 s`, `12 min`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds > 0 else { return significant(seconds) + " s" }
    let units = [(1e-6, "µs"), (1e-3, "ms"), (1, "s")]
    for (unit, name) in units where seconds < 995 * unit && (unit < 1 || seconds < 120) {
      return significant(rounded(seconds / unit, digits: 2), digits: 2) + " " + name
    }
    return significant((seconds / 60).rounded(), digits: 2) + " min"
  }

  /// A size in powers of a thousand: `512 bytes`, `48 kB`, `1.2 MB`.
  package static func bytes(_ count: Int) -> String {
    let value = Double(count)
    for (unit, name) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] where value >= 0.9995 * unit {
      return significant(rounded(value / unit, digits: 3), digits: 3) + " " + name
    }
    return "\(Self.count(count)) bytes"
  }
}
