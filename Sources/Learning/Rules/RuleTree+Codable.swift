extension RuleTree: Codable {
  /// A node as it is stored; its children have greater numbers than it has.
  private struct StoredNode: Codable {
    var answer: Int?
    var column: Int?
    var limit: Double?
    var level: String?
    /// How a missing value is answered where there is a limit.
    var missing: Bool?
    var yes: Int?
    var no: Int?
  }

  private enum CodingKeys: String, CodingKey { case columns, nodes }

  public func encode(to encoder: any Encoder) throws {
    var nodes: [StoredNode] = []
    // What is still to be stored, the next one last, and where its number is to be written.
    var open: [(node: Node, parent: Int?, isYes: Bool)] = [(root, nil, false)]
    while let (node, parent, isYes) = open.popLast() {
      if let parent {
        if isYes { nodes[parent].yes = nodes.count } else { nodes[parent].no = nodes.count }
      }
      switch node {
      case .answer(let label): nodes.append(StoredNode(answer: label))
      case .question(let column, let question, let yes, let no):
        open.append((no, nodes.count, false))
        open.append((yes, nodes.count, true))
        nodes.append(Self.stored(question, of: column))
      }
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(columns, forKey: .columns)
    try container.encode(nodes, forKey: .nodes)
  }

  private static func stored(_ question: Question, of column: Int) -> StoredNode {
    switch question {
    case .atMost(let limit, let missing):
      StoredNode(column: column, limit: limit, missing: missing)
    case .level(let level): StoredNode(column: column, level: level)
    case .isMissing: StoredNode(column: column)
    }
  }

  /// - Throws: `DecodingError` unless the nodes are one tree whose questions are about the columns.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let columns = try container.decode([Column].self, forKey: .columns)
    let stored = try container.decode([StoredNode].self, forKey: .nodes)
    var built = [Node?](repeating: nil, count: stored.count)
    var heights = [Int](repeating: 0, count: stored.count)
    // Children before their parents; who has been taken by one parent is not there for another.
    for (index, node) in stored.enumerated().reversed() {
      built[index] = Self.node(node, at: index, of: columns, among: &built)
      if built[index] == nil { break }
      heights[index] = 1 + max(Self.height(node.yes, heights), Self.height(node.no, heights))
      // Giving a chain of nodes back calls itself once for each.
      guard heights[index] <= Self.deepestStored else { break }
    }
    guard let first = built.first, let root = first, built.count(where: { $0 != nil }) == 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .nodes, in: container, debugDescription: "nodes must be one tree of questions")
    }
    self.init(columns: columns, root: root)
  }

  private static let deepestStored = 64

  private static func height(_ child: Int?, _ heights: [Int]) -> Int {
    child.flatMap { heights.indices.contains($0) ? heights[$0] : nil } ?? 0
  }

  private static func node(
    _ stored: StoredNode, at index: Int, of columns: [Column], among built: inout [Node?]
  ) -> Node? {
    if let answer = stored.answer { return .answer(answer) }
    guard let column = stored.column, columns.indices.contains(column),
      let yes = stored.yes, let no = stored.no, yes != no,
      let (then, otherwise) = taken(yes, no, after: index, from: &built)
    else { return nil }
    let question: Question
    if let limit = stored.limit {
      guard limit.isFinite, let missing = stored.missing else { return nil }
      question = .atMost(limit, missing: missing)
    } else {
      question = stored.level.map(Question.level) ?? .isMissing
    }
    return .question(column: column, question, yes: then, no: otherwise)
  }

  private static func taken(
    _ yes: Int, _ no: Int, after index: Int, from built: inout [Node?]
  ) -> (Node, Node)? {
    guard yes > index, no > index, built.indices.contains(yes), built.indices.contains(no),
      let then = built[yes], let otherwise = built[no]
    else { return nil }
    built[yes] = nil
    built[no] = nil
    return (then, otherwise)
  }

  /// Every class that some answer gives, ascending.
  public var answers: [Int] {
    var found: Set<Int> = []
    var open = [root]
    while let node = open.popLast() {
      switch node {
      case .answer(let label): found.insert(label)
      case .question(_, _, let yes, let no): open += [yes, no]
      }
    }
    return found.sorted()
  }

  /// The same questions, of a table that has no column which none of them is about.
  public var withoutUnaskedColumns: RuleTree {
    var asked: [Int] = []
    var open = [root]
    while let node = open.popLast() {
      guard case .question(let column, _, let yes, let no) = node else { continue }
      if !asked.contains(column) { asked.append(column) }
      open += [yes, no]
    }
    asked.sort()
    return RuleTree(columns: asked.map { columns[$0] }, root: root.renumbered(asked))
  }

  /// The most questions before an answer.
  public var depth: Int {
    var deepest = 0
    var open = [(root, 0)]
    while let (node, depth) = open.popLast() {
      deepest = max(deepest, depth)
      if case .question(_, _, let yes, let no) = node {
        open += [(yes, depth + 1), (no, depth + 1)]
      }
    }
    return deepest
  }
}

extension RuleTree.Node {
  /// With the places of columns among `asked`; calls itself once for every question on a path.
  fileprivate func renumbered(_ asked: [Int]) -> Self {
    guard case .question(let column, let question, let yes, let no) = self else { return self }
    return .question(
      column: asked.firstIndex(of: column) ?? 0, question, yes: yes.renumbered(asked),
      no: no.renumbered(asked))
  }
}
