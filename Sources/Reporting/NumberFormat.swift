internal import Foundation

/// Numbers as text: a point for decimals, commas between thousands, whatever the locale.
package enum NumberFormat {
  /// A whole number with a comma between thousands.
  package static func count(_ value: Int) -> String {
    (value < 0 ? "-" : "") + grouped(String(value.magnitude))
  }

  /// A place in a row: 1st, 2nd, 3rd, 4th, 11th.
  package static func ordinal(_ value: Int) -> String {
    let isTeen = (11...13).contains(value % 100)
    let suffix = isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][value % 10] ?? "th"
    return count(value) + suffix
  }

  /// At least `digits` significant digits; digits left of the point are never rounded away.
  ///
  /// Whole numbers lose their decimals. From 1e15 up and below 1e-5 the form is `1.23e20`.
  /// NaN is `undefined`, infinity `∞`.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return nonFinite(value) }
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(of: value, digits: digits)
    guard (-5..<15).contains(exponent) else { return scientific(value, digits: digits) }
    if value == value.rounded() { return fixed(value, decimals: 0) }
    return fixed(value, decimals: max(0, digits - 1 - exponent))
  }

  /// Three significant digits, from ten thousand up with a suffix: 1,234, 12.3k, 4.56M, 7.8B.
  package static func compact(_ value: Double) -> String {
    guard value.isFinite else { return nonFinite(value) }
    let short = rounded(value, digits: 3)
    for (unit, suffix) in [(1e9, "B"), (1e6, "M"), (1e3, "k")]
    where abs(short) >= max(unit, 1e4) && abs(short) < 1e12 {
      return significant(short / unit, digits: 3) + suffix
    }
    return significant(abs(value) >= 1e3 && abs(value) < 1e4 ? value.rounded() : short, digits: 3)
  }

  /// A fraction as percent with one decimal: `27.3%`, `<0.1%` for the smallest; `0%` and `100%` are exact.
  package static func percent(_ fraction: Double) -> String {
    guard fraction.isFinite else { return nonFinite(fraction) }
    if fraction > 0 && fraction < 0.0005 { return "<0.1%" }
    if fraction == 0 || fraction == 1 { return fixed(fraction * 100, decimals: 0) + "%" }
    return fixed(fraction * 100, decimals: 1) + "%"
  }

  /// The number nearest to `value` with `digits` significant digits, to keep inline data short.
  package static func rounded(_ value: Double, digits: Int) -> Double {
    guard value.isFinite else { return value }
    return Double(scientificText(value, digits: digits)) ?? value
  }

  private static func nonFinite(_ value: Double) -> String {
    value.isNaN ? "undefined" : value < 0 ? "-∞" : "∞"
  }

  /// The exponent after rounding to `digits`, so that 9.9996 counts as 10.00.
  private static func decimalExponent(of value: Double, digits: Int) -> Int {
    let text = scientificText(value, digits: digits)
    guard let mark = text.firstIndex(of: "e") else { return 0 }
    return Int(text[text.index(after: mark)...]) ?? 0
  }

  private static func scientificText(_ value: Double, digits: Int) -> String {
    String(format: "%.*e", max(0, digits - 1), value)
  }

  private static func scientific(_ value: Double, digits: Int) -> String {
    let text = scientificText(value, digits: digits)
    guard let mark = text.firstIndex(of: "e") else { return text }
    return text[..<mark] + "e\(decimalExponent(of: value, digits: digits))"
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.*f", decimals, abs(value))
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let whole = grouped(String(parts.first ?? "0"))
    let body = parts.count > 1 ? whole + "." + parts[1] : whole
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return value < 0 && !isZero ? "-" + body : body
  }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0 && (digits.count - offset).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
