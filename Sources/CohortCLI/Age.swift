/// How long ago, as people write it: `90m`, `12h`, `30d`, `2w`.
struct Age {
  let seconds: Double

  static let domain = "an age such as 30d, 12h or 90m"

  private static let units: [Character: Double] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]

  init?(_ text: String) {
    guard let unit = text.last.flatMap({ Self.units[$0] }) else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      let number = Double(digits)
    else { return nil }
    seconds = number * unit
  }
}
