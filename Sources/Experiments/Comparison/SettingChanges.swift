package import Artifacts
internal import Learning

extension SettingChange {
  /// The leaves in which two documents differ, in the order of their paths' UTF-8 bytes.
  ///
  /// A list of plain values is one leaf. Elements of other lists go by what names them (an id, a model,
  /// the parameter of an axis, the metric of a gate) where no two have the same name, so that an element
  /// added in front does not shift the rest.
  package static func between(_ a: JSONValue, _ b: JSONValue) -> [SettingChange] {
    var (inA, inB) = (Leaves(), Leaves())
    inA.collect(a, at: "")
    inB.collect(b, at: "")
    let paths = Set(inA.texts.keys).union(inB.texts.keys)
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { path in
      let (a, b) = (inA.texts[path], inB.texts[path])
      return a == b ? nil : SettingChange(path: path, a: a, b: b)
    }
  }

  /// The change as it may be passed on.
  var withoutPassword: SettingChange {
    SettingChange(
      path: path, a: a.map(SourceAddress.withoutPassword), b: b.map(SourceAddress.withoutPassword))
  }

  /// The parameters in which two pipelines differ, as `step.parameter`.
  static func between(_ a: TrialRecord, _ b: TrialRecord) -> [SettingChange] {
    func leaves(_ trial: TrialRecord) -> [(name: String, text: String)] {
      [("model", trial.model)]
        + trial.stages.flatMap { stage in
          stage.parameters.names.map { name in
            ("\(stage.name).\(name)", stage.parameters[name]?.description ?? "")
          }
        }
    }
    return matched(leaves(a), leaves(b), by: \.name).compactMap { path, a, b in
      a?.text == b?.text ? nil : SettingChange(path: path, a: a?.text, b: b?.text)
    }
  }
}

/// The plain values of a document by their path.
private struct Leaves {
  var texts: [String: String] = [:]

  /// Documents come from strict readers, which bound their depth.
  mutating func collect(_ value: JSONValue, at path: String) {
    switch value {
    case .object(let members):
      for (key, member) in members { collect(member, at: path.isEmpty ? key : "\(path).\(key)") }
    case .array(let values):
      if values.allSatisfy(\.isPlain) {
        texts[path] = value.plainText
      } else {
        for (name, element) in zip(Self.names(of: values), values) {
          // A list of one goes by the name of its element, which then needs none of its own.
          if case .array(let only) = element, only.count == 1, only[0].elementName == name {
            collect(only[0], at: "\(path).\(name)")
          } else {
            collect(element, at: "\(path).\(name)")
          }
        }
      }
    default: texts[path] = value.plainText
    }
  }

  private static func names(of elements: [JSONValue]) -> [String] {
    let names = elements.compactMap(\.elementName)
    return names.count == elements.count && Set(names).count == names.count
      ? names : elements.indices.map(String.init)
  }
}

extension JSONValue {
  fileprivate var isPlain: Bool {
    switch self {
    case .object: false
    case .array(let values): values.allSatisfy(\.isPlain)
    default: true
    }
  }

  /// As a study would have it.
  fileprivate var plainText: String {
    switch self {
    case .null: "none"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .natural(let value): "\(value)"
    case .real(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .text(let value): value
    case .array(let values): "[" + values.map(\.plainText).joined(separator: ", ") + "]"
    case .object: ""
    }
  }

  /// What an element of a list is known by.
  fileprivate var elementName: String? {
    switch self {
    case .array(let values): return values.count == 1 ? values[0].elementName : nil
    case .object(let members):
      func text(_ key: String) -> String? {
        if case .text(let value) = members[key] { value } else { nil }
      }
      if let stage = text("stage"), let parameter = text("parameter") {
        return "\(stage).\(parameter)"
      }
      if case .object(let threshold) = members["threshold"],
        case .text(let metric) = threshold["metric"]
      {
        return [text("experiment"), text("split"), metric].compactMap { $0 }
          .joined(separator: ".")
      }
      return text("id") ?? text("model") ?? text("metric") ?? text("name")
    default: return nil
    }
  }
}
