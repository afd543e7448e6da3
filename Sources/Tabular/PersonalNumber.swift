/// What the values of a column have of personal data.
public enum PersonalPattern: String, Hashable, Sendable, Codable, CustomStringConvertible {
  case email, phone, account, card
  case nearlyUnique = "nearly unique"

  public var description: String {
    switch self {
    case .email: "seems to hold e-mail addresses"
    case .phone: "seems to hold telephone numbers"
    case .account: "seems to hold account numbers"
    case .card: "seems to hold card numbers"
    case .nearlyUnique: "has a text of its own in nearly every row"
    }
  }
}

/// Numbers of persons that carry check digits.
enum PersonalNumber {
  private static let separators: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "-")]

  /// An international bank account number: country, two check digits, up to thirty letters and digits, with
  /// remainder 1 modulo 97 (ISO 13616), with or without blanks.
  static func isAccount(_ text: String) -> Bool {
    let bytes = text.utf8.filter { !separators.contains($0) }.map { byte in
      byte >= 97 && byte <= 122 ? byte & 0xDF : byte
    }
    guard (15...34).contains(bytes.count), bytes[..<2].allSatisfy(isLetter),
      bytes[2..<4].allSatisfy(isDigit), bytes.allSatisfy({ isLetter($0) || isDigit($0) })
    else { return false }
    var remainder = 0
    for byte in bytes[4...] + bytes[..<4] {
      remainder =
        isDigit(byte)
        ? (remainder * 10 + Int(byte) - 48) % 97 : (remainder * 100 + Int(byte) - 55) % 97
    }
    return remainder == 1
  }

  /// Thirteen to nineteen digits with the check digit of Luhn (ISO/IEC 7812), with or without separators.
  static func isCard(_ text: String) -> Bool {
    let digits = text.utf8.filter { !separators.contains($0) }
    guard (13...19).contains(digits.count), digits.allSatisfy(isDigit), digits.first != 48 else {
      return false
    }
    var sum = 0
    for (place, byte) in digits.reversed().enumerated() {
      let digit = Int(byte) - 48
      let doubled = place % 2 == 1 ? 2 * digit : digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return sum % 10 == 0
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte >= 65 && byte <= 90 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
