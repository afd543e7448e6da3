internal import Yams

/// Reads YAML text into `SourceNode`s with places, within bounds that no honest study meets.
struct SourceParser {
  static let byteLimit = 1 << 20
  /// Nodes after aliases are expanded; small texts can otherwise grow without end.
  static let nodeLimit = 100_000
  static let depthLimit = 32

  /// The file's name in messages, or nil for text from the command line.
  let place: @Sendable (_ line: Int, _ column: Int) -> SourcePlace
  private var nodeCount = 0

  init(place: @escaping @Sendable (_ line: Int, _ column: Int) -> SourcePlace) {
    self.place = place
  }

  /// The root of `text`; empty text is a null scalar.
  mutating func parse(_ text: String) throws(StudyError) -> SourceNode {
    guard text.utf8.count <= Self.byteLimit else {
      throw StudyError(.tooLarge(byteLimit: Self.byteLimit))
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw study(error)
    } catch {
      throw StudyError(.notYAML(problem: "it cannot be parsed"))
    }
    guard let root else {
      return SourceNode(content: .scalar("", isQuoted: false), place: place(1, 1))
    }
    return try convert(root, depth: 0)
  }

  private mutating func convert(_ node: Node, depth: Int) throws(StudyError) -> SourceNode {
    let here = node.mark.map { place($0.line, $0.column) } ?? place(1, 1)
    nodeCount += 1
    guard nodeCount <= Self.nodeLimit else {
      throw StudyError(.tooManyNodes(limit: Self.nodeLimit), at: here)
    }
    guard depth <= Self.depthLimit else {
      throw StudyError(.tooDeep(limit: Self.depthLimit), at: here)
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      return SourceNode(content: .scalar(scalar.string, isQuoted: isQuoted), place: here)
    case .sequence(let sequence):
      var items: [SourceNode] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1)) }
      return SourceNode(content: .sequence(items), place: here)
    case .mapping(let mapping):
      return SourceNode(content: .mapping(try entries(mapping, depth: depth)), place: here)
    case .alias:
      throw StudyError(.notYAML(problem: "an alias stands for nothing"), at: here)
    }
  }

  /// Own keys first, then those of `<<` that are not among them.
  private mutating func entries(
    _ mapping: Node.Mapping, depth: Int
  ) throws(StudyError) -> [SourceNode.Entry] {
    var entries: [SourceNode.Entry] = []
    var merged: [SourceNode] = []
    for (key, value) in mapping {
      let here = key.mark.map { place($0.line, $0.column) } ?? place(1, 1)
      guard case .scalar(let scalar) = key else {
        throw StudyError(.notYAML(problem: "a key must be a plain name"), at: here)
      }
      let node = try convert(value, depth: depth + 1)
      if scalar.string == "<<", scalar.style == .plain {
        merged.append(node)
      } else if entries.contains(where: { $0.key == scalar.string }) {
        throw StudyError(.duplicateKey(scalar.string), at: here)
      } else {
        entries.append(SourceNode.Entry(key: scalar.string, place: here, value: node))
      }
    }
    for node in merged { try merge(node, into: &entries) }
    return entries
  }

  private func merge(
    _ node: SourceNode, into entries: inout [SourceNode.Entry]
  ) throws(StudyError) {
    switch node.content {
    case .mapping(let added):
      for entry in added where !entries.contains(where: { $0.key == entry.key }) {
        entries.append(entry)
      }
    case .sequence(let items):
      for item in items {
        guard case .mapping = item.content else { throw notMergeable(item) }
        try merge(item, into: &entries)
      }
    case .scalar:
      throw notMergeable(node)
    }
  }

  private func notMergeable(_ node: SourceNode) -> StudyError {
    StudyError(
      .wrongValue(key: "<<", expected: "a mapping or a list of mappings", found: node.kind),
      at: node.place)
  }

  private func study(_ error: YamlError) -> StudyError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      StudyError(.notYAML(problem: problem), at: place(mark.line, mark.column))
    case .duplicatedKeysInMapping(let duplicates, let context):
      StudyError(
        .duplicateKey(duplicates.first ?? "a key"),
        at: place(context.mark.line, context.mark.column))
    case .reader(let problem, _, _, _):
      StudyError(.notYAML(problem: problem))
    default:
      StudyError(.notYAML(problem: "it cannot be parsed"))
    }
  }
}
