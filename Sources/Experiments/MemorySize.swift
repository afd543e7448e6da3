/// An amount of memory as people write it: `500MB`, `8GB`, `1.5 GiB`, or plain bytes.
public struct MemorySize: Hashable, Sendable, CustomStringConvertible {
  public let bytes: Double

  public static let domain = "an amount of memory such as 500MB or 8GB"

  private static let units: [(String, Double)] = [
    ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1),
  ]

  public init(bytes: Double) { self.bytes = bytes }

  /// In the largest decimal unit that keeps it from 1.
  public var description: String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
    let (name, size) = units.first { bytes >= $0.1 } ?? ("B", 1)
    let number = (bytes / size * 100).rounded() / 100
    return (Int(exactly: number).map(String.init) ?? "\(number)") + " " + name
  }

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
