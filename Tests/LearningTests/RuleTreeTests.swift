import Foundation
import Learning
import Testing

@Suite struct RuleTreeTests {
  private static let tree = RuleTree(
    columns: [.init(name: "age", hasMissing: true), .init(name: "x"), .init(name: "plan")],
    root: .question(
      column: 0, .atMost(40, missing: true),
      yes: .question(column: 2, .level("a"), yes: .answer(0), no: .answer(-1)),
      no: .question(column: 0, .isMissing, yes: .answer(2), no: .answer(0))))

  @Test func `a tree is the same after storing`() throws {
    let stored = try JSONEncoder().encode(Self.tree)
    #expect(try JSONDecoder().decode(RuleTree.self, from: stored) == Self.tree)
    let answer = RuleTree(columns: [], root: .answer(3))
    #expect(
      try JSONDecoder().decode(RuleTree.self, from: JSONEncoder().encode(answer)) == answer)
  }

  @Test func `answers and depth are those of all paths`() {
    #expect(Self.tree.answers == [-1, 0, 2])
    #expect(Self.tree.depth == 2)
    #expect(RuleTree(columns: [], root: .answer(3)).depth == 0)
  }

  @Test func `columns that no question is about can be left out`() {
    let asked = Self.tree.withoutUnaskedColumns
    #expect(asked.columns.map(\.name) == ["age", "plan"])
    guard
      case .question(0, _, .question(1, .level("a"), _, _), .question(0, .isMissing, _, _)) =
        asked.root
    else {
      Issue.record("the questions are about other columns: \(asked.root)")
      return
    }
  }

  @Test(arguments: [
    // No node; a child before its parent; a child of two parents; a node of no parent; no such column; a
    // limit without a word about missing values; an endless limit.
    "[]", #"[{"column":0,"yes":0,"no":1},{"answer":1}]"#,
    #"[{"column":0,"yes":1,"no":1},{"answer":1}]"#,
    #"[{"column":0,"yes":1,"no":2},{"answer":1},{"answer":2},{"answer":3}]"#,
    #"[{"column":9,"yes":1,"no":2},{"answer":1},{"answer":2}]"#,
    #"[{"column":0,"limit":1,"yes":1,"no":2},{"answer":1},{"answer":2}]"#,
    #"[{"column":0,"yes":1,"no":7},{"answer":1}]"#,
    #"[{"column":-1,"yes":1,"no":-2},{"answer":1}]"#,
  ])
  func `what is not one tree is refused`(nodes: String) {
    let text = #"{"columns":[{"name":"age","has_missing":false,"pair":[]}],"nodes":"# + nodes + "}"
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RuleTree.self, from: Data(text.utf8))
    }
  }

  @Test func `a chain of questions is refused before it is too long to be given back`() {
    let length = 200_000
    let chain = (0..<length).map {
      #"{"column":0,"yes":\#(2 * $0 + 1),"no":\#(2 * $0 + 2)},{"answer":1}"#
    }
    let nodes = chain.joined(separator: ",") + #",{"answer":0}"#
    let text = #"{"columns":[{"name":"age","has_missing":false,"pair":[]}],"nodes":[\#(nodes)]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RuleTree.self, from: Data(text.utf8))
    }
  }
}
