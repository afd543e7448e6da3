internal import Learning

/// Where a piece of a study stands, for messages.
public enum SourcePlace: Hashable, Sendable, CustomStringConvertible {
  /// Line and column count from 1.
  case file(String, line: Int, column: Int)
  /// A value given on the command line, as it was written there.
  case commandLine(String)

  public var description: String {
    switch self {
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .commandLine(let text): "in \(text)"
    }
  }
}

/// A value of a study before it is typed: what was written, and where.
struct SourceNode: Hashable, Sendable {
  indirect enum Content: Hashable, Sendable {
    case scalar(String, isQuoted: Bool)
    case sequence([SourceNode])
    case mapping([Entry])
  }

  struct Entry: Hashable, Sendable {
    var key: String
    var place: SourcePlace
    var value: SourceNode
  }

  var content: Content
  var place: SourcePlace

  /// What was found, as a phrase for messages.
  var kind: String {
    switch content {
    case .scalar(let text, _): isNull ? "nothing" : text.count > 40 ? "a longer text" : text
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether nothing was written, or one of the null words.
  var isNull: Bool {
    if case .scalar(let text, false) = content {
      return ["", "~", "null", "Null", "NULL"].contains(text)
    }
    return false
  }

  /// The value as an algorithm's parameter: YAML's core scalars, and `none` for the absence of one.
  var parameterValue: ParameterValue? {
    switch content {
    case .mapping: return nil
    case .sequence(let items):
      var values: [ParameterValue] = []
      for item in items {
        guard let value = item.parameterValue else { return nil }
        values.append(value)
      }
      return .list(values)
    case .scalar(let text, true): return .text(text)
    case .scalar(let text, false): return isNull ? ParameterValue.none : ParameterValue(plain: text)
    }
  }
}

extension ParameterValue {
  /// The value that unquoted text means: YAML's core scalars, and `none` for the absence of one.
  package init(plain text: String) {
    self =
      switch text {
      case "none": ParameterValue.none
      case "true", "false": .flag(text == "true")
      default:
        Int(text).map(ParameterValue.integer) ?? plainNumber(text).map(ParameterValue.real)
          ?? .text(text)
      }
  }
}

/// A decimal number without the words and hexadecimal forms that `Double` also reads.
func plainNumber(_ text: String) -> Double? {
  let allowed = text.utf8.allSatisfy { byte in
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
  }
  guard allowed, let number = Double(text), number.isFinite else { return nil }
  return number
}
