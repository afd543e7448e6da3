/// A value from the command line that replaces one of the study: `limits.time_limit=1h`.
///
/// The key is a dotted path; a list is entered by index from 0, `experiments` also by id. A last name
/// that does not exist is added, so that the study's reader can judge it.
struct SourceOverride {
  private let text: String
  private let path: [String]
  private let value: SourceNode

  /// Keys that hold a dot themselves begin with one of these.
  private let stages: [String]

  init(_ text: String, stages: [String]) throws(StudyError) {
    let place = SourcePlace.commandLine("-S \(text)")
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw StudyError(.notAnOverride, at: place)
    }
    path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else { throw StudyError(.notAnOverride, at: place) }
    var parser = SourceParser { _, _ in place }
    do throws(StudyError) {
      value = try parser.parse(String(text[text.index(after: equals)...]))
    } catch {
      throw StudyError(error.problem, at: place)
    }
    self.text = text
    self.stages = stages
  }

  func apply(to root: inout SourceNode) throws(StudyError) {
    try replace(in: &root, path: path[...])
  }

  private func replace(in node: inout SourceNode, path: ArraySlice<String>) throws(StudyError) {
    guard let first = path.first else {
      node = value
      return
    }
    switch node.content {
    case .mapping(var entries):
      try replace(in: &entries, path: path)
      node.content = .mapping(entries)
    case .sequence(var items):
      guard let index = index(of: first, in: items) else {
        throw missing(first, known: items.isEmpty ? [] : ["0 to \(items.count - 1)"] + ids(items))
      }
      try replace(in: &items[index], path: path.dropFirst())
      node.content = .sequence(items)
    case .scalar:
      guard node.isNull else { throw missing(first, known: []) }
      node = SourceNode(content: .mapping([]), place: value.place)
      try replace(in: &node, path: path)
    }
  }

  private func replace(
    in entries: inout [SourceNode.Entry], path: ArraySlice<String>
  ) throws(StudyError) {
    for length in stride(from: path.count, through: 1, by: -1) {
      let key = path.prefix(length).joined(separator: ".")
      if let index = entries.firstIndex(where: { $0.key == key }) {
        return try replace(in: &entries[index].value, path: path.dropFirst(length))
      }
    }
    let isStage = path.first.map(stages.contains) ?? false
    let taken = isStage ? path.count : 1
    var added = SourceNode(content: .mapping([]), place: value.place)
    try replace(in: &added, path: path.dropFirst(taken))
    let key = path.prefix(taken).joined(separator: ".")
    entries.append(SourceNode.Entry(key: key, place: value.place, value: added))
  }

  private func index(of name: String, in items: [SourceNode]) -> Int? {
    if let index = Int(name) { return items.indices.contains(index) ? index : nil }
    return ids(items).firstIndex(of: name).flatMap { _ in items.firstIndex { id(of: $0) == name } }
  }

  private func ids(_ items: [SourceNode]) -> [String] { items.compactMap(id) }

  private func id(of item: SourceNode) -> String? {
    guard case .mapping(let entries) = item.content,
      let entry = entries.first(where: { $0.key == "id" }),
      case .scalar(let text, _) = entry.value.content
    else { return nil }
    return text
  }

  private func missing(_ name: String, known: [String]) -> StudyError {
    StudyError(
      .noSuchPath(path: path.joined(separator: "."), missing: name, known: known), at: value.place)
  }
}
