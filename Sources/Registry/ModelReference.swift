import Foundation

/// How a registered model is named: `bank`, `bank/7`, `bank@champion`, `bank@2026-08-01`.
public struct ModelReference: Hashable, Sendable, CustomStringConvertible {
  public enum Selector: Hashable, Sendable {
    case version(Int)
    case alias(String)
    /// Whatever was champion when that day ended in UTC, as `yyyy-mm-dd`.
    case day(String)
  }

  public let name: String
  public let selector: Selector

  /// A name alone means its champion.
  public static let champion = "champion"
  /// What was champion before; it moves by itself.
  public static let previous = "previous"

  public init(name: String, _ selector: Selector) {
    self.name = name
    self.selector = selector
  }

  /// - Throws: `.unreadableReference`.
  public init(_ text: String) throws(RegistryError) {
    let end = text.firstIndex { $0 == "/" || $0 == "@" } ?? text.endIndex
    name = String(text[..<end])
    let rest = text[end...].dropFirst()
    guard Self.isName(name), let selector = Self.selector(mark: text[end...].first, String(rest))
    else { throw .unreadableReference(text) }
    self.selector = selector
  }

  public var description: String {
    switch selector {
    case .version(let number): "\(name)/\(number)"
    case .alias(let alias): "\(name)@\(alias)"
    case .day(let day): "\(name)@\(day)"
    }
  }

  private static func selector(mark: Character?, _ text: String) -> Selector? {
    switch mark {
    case nil: .alias(champion)
    case "/":
      text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int(text).flatMap { $0 > 0 ? .version($0) : nil } : nil
    default: isAlias(text) ? .alias(text) : isDay(text) ? .day(text) : nil
    }
  }

  /// Whether a model may have the name: 1 to 64 of `a-z`, `0-9` and `-`.
  public static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
      }
  }

  /// A name that begins with a letter and is not what others take for a version: `latest`, `v7`.
  public static func isAlias(_ text: String) -> Bool {
    guard isName(text), let first = text.utf8.first, (0x61...0x7A).contains(first) else {
      return false
    }
    let number = text.dropFirst()
    let isNumbered = first == 0x76 && !number.isEmpty && number.allSatisfy(\.isNumber)
    return text != "latest" && !isNumbered
  }

  static func isDay(_ text: String) -> Bool {
    text.utf8.count == 10 && (try? Date("\(text)T00:00:00Z", strategy: .iso8601)) != nil
  }
}
