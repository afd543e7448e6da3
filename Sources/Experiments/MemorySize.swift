/// An amount of memory as people write it: `500MB`, `8GB`, `1.5 GiB`, or plain bytes.
public struct MemorySize: Hashable, Sendable {
  public let bytes: Double

  public static let domain = "an amount of memory such as 500MB or 8GB"

  private static let units: [(String, Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1),
  ]

  /// Nil unless `text` is a positive number with or without a unit, in any case.
  public init?(_ text: String) {
    let folded = text.lowercased()
    let unit = Self.units.first { folded.hasSuffix($0.0) }
    let digits = folded.dropLast(unit?.0.count ?? 0)
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == " ") }),
      let number = Double(digits.filter { $0 != " " }), number > 0, number.isFinite
    else { return nil }
    bytes = number * (unit?.1 ?? 1)
  }
}
