internal import Foundation
internal import Learning

/// The forms in which a study writes the values of an axis.
///
/// A scalar is one value and a list is several; `{value: x}` is x as it stands, list or not;
/// `{range: [a, b], step: s}` runs from a to b inclusive; `{log: [a, b], n: count}` is a geometric
/// sequence with both ends.
enum AxisValues {
  static func read(
    _ node: SourceNode, key: String, limit: Int
  ) throws(StudyError) -> [(value: ParameterValue, place: SourcePlace)] {
    switch node.content {
    case .scalar:
      return [(try literal(node, key), node.place)]
    case .sequence(let items):
      guard !items.isEmpty, items.count <= limit else {
        throw node.refused(key, expected: "a list of 1 to \(limit) values")
      }
      var values: [(ParameterValue, SourcePlace)] = []
      for item in items { values.append((try literal(item, key), item.place)) }
      return values
    case .mapping(let entries):
      return try generated(node, entries, key: key, limit: limit).map { ($0, node.place) }
    }
  }

  /// The ends of `{uniform: [a, b]}` or `{log_uniform: [a, b]}`; nil for every other form.
  static func drawn(
    _ node: SourceNode, key: String
  ) throws(StudyError) -> (low: ParameterValue, high: ParameterValue, isLogarithmic: Bool)? {
    guard case .mapping(let entries) = node.content, let form = entries.first?.key,
      ["uniform", "log_uniform"].contains(form)
    else { return nil }
    let section = try Section(node, key, keys: [form])
    let ends = try section.required(form)
    let isLogarithmic = form == "log_uniform"
    guard case .list(let values)? = ends.parameterValue, values.count == 2,
      let low = number(values[0]), let high = number(values[1]), low < high,
      (high - low).isFinite, !isLogarithmic || low > 0
    else {
      let bound = isLogarithmic ? "0 below first below last" : "first below last"
      throw ends.refused("\(key).\(form)", expected: "[first, last] with \(bound)")
    }
    return (values[0], values[1], isLogarithmic)
  }

  private static func literal(_ node: SourceNode, _ key: String) throws(StudyError)
    -> ParameterValue
  {
    if case .scalar("", false) = node.content { throw node.refused(key, expected: "a value") }
    guard let value = node.parameterValue else {
      throw node.refused(key, expected: "a value or a list of values")
    }
    return value
  }

  private static func generated(
    _ node: SourceNode, _ entries: [SourceNode.Entry], key: String, limit: Int
  ) throws(StudyError) -> [ParameterValue] {
    switch entries.first?.key {
    case "value":
      let section = try Section(node, key, keys: ["value"])
      return [try literal(try section.required("value"), key)]
    case "range", "step":
      let section = try Section(node, key, keys: ["range", "step"])
      return try range(section, key: key, limit: limit)
    case "log", "n":
      let section = try Section(node, key, keys: ["log", "n"])
      return try geometric(section, key: key, limit: limit)
    default:
      throw node.refused(
        key,
        expected:
          "a value, a list, {value: …}, {range: …}, {log: …}, {uniform: …} or {log_uniform: …}")
    }
  }

  private static func range(
    _ section: Section, key: String, limit: Int
  ) throws(StudyError) -> [ParameterValue] {
    let node = try section.required("range")
    let expected = "[first, last] with first up to last"
    guard case .list(let ends)? = node.parameterValue, ends.count == 2,
      let low = number(ends[0]), let high = number(ends[1]), low <= high
    else { throw node.refused("\(key).range", expected: expected) }
    var stepValue = ParameterValue.integer(1)
    if let step = section["step"] {
      guard let value = step.parameterValue, let number = number(value), number > 0 else {
        throw step.refused("\(key).step", expected: "a number above 0")
      }
      stepValue = value
    } else if !ends.allSatisfy(isInteger) {
      throw StudyError(.missingKey("step", section: "\(key).range"), at: node.place)
    }
    let step = number(stepValue) ?? 1
    // Half a millionth of a step forgives what 0.1 + 0.1 + … loses to rounding.
    guard let steps = Int(exactly: ((high - low) / step + 5e-7).rounded(.down)), steps < limit
    else {
      throw node.refused("\(key).range", expected: "a range of at most \(limit) values")
    }
    if case .integer(let first) = ends[0], case .integer(let stride) = stepValue {
      return (0...steps).map { .integer(first + $0 * stride) }
    }
    return (0...steps).map { .real((low + Double($0) * step).rounded(toDigits: 12)) }
  }

  private static func geometric(
    _ section: Section, key: String, limit: Int
  ) throws(StudyError) -> [ParameterValue] {
    let node = try section.required("log")
    guard case .list(let ends)? = node.parameterValue, ends.count == 2,
      let low = number(ends[0]), let high = number(ends[1]), low > 0, low < high
    else {
      throw node.refused("\(key).log", expected: "[first, last] with 0 below first below last")
    }
    let countNode = try section.required("n")
    guard case .integer(let count)? = countNode.parameterValue, count >= 2, count <= limit else {
      throw countNode.refused("\(key).n", expected: "a whole number from 2 to \(limit)")
    }
    let ratio = high / low
    return (0..<count).map { index in
      let value = (low * pow(ratio, Double(index) / Double(count - 1))).rounded(toDigits: 12)
      return Int(exactly: value).map { .integer($0) } ?? .real(value)
    }
  }

  static func number(_ value: ParameterValue) -> Double? {
    switch value {
    case .integer(let value): value.magnitude <= 1 << 53 ? Double(value) : nil
    case .real(let value): value
    default: nil
    }
  }

  private static func isInteger(_ value: ParameterValue) -> Bool {
    if case .integer = value { true } else { false }
  }
}

extension Double {
  /// The nearest number with so many significant decimal digits: what a person would write.
  func rounded(toDigits digits: Int) -> Double {
    Double(String(format: "%.\(digits)g", self)) ?? self
  }
}
