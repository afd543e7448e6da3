/// The answers of a tree as rules: for every class, which rows have it.
public struct RuleSet: Hashable, Sendable {
  /// Rows of a class: those that meet all conditions of any of the alternatives; none at all means
  /// every row.
  public struct Rule: Hashable, Sendable {
    public let label: Int
    public let alternatives: [[RuleCondition]]

    /// Alternatives such as `recency ≤ 30 and orders > 5`.
    public var words: [String] {
      alternatives.map { conditions in
        conditions.isEmpty ? "every row" : conditions.map(\.words).joined(separator: " and ")
      }
    }
  }

  /// Ascending by class; a class that no answer gives has no rule.
  public let rules: [Rule]

  public init(_ tree: RuleTree) {
    var found: [Int: [[RuleCondition]]] = [:]
    // Pairs of what is still to be walked and what holds there, the next one last.
    var open: [(RuleTree.Node, [RuleCondition])] = [(tree.root, [])]
    while let (node, conditions) = open.popLast() {
      switch node {
      case .answer(let label): found[label, default: []].append(conditions)
      case .question(let index, let question, let yes, let no):
        let column = tree.columns[index]
        open.append((no, conditions.narrowed(column, question, holds: false)))
        open.append((yes, conditions.narrowed(column, question, holds: true)))
      }
    }
    rules = found.keys.sorted().map { Rule(label: $0, alternatives: (found[$0] ?? []).joined) }
  }

  /// The rules as one SQL expression that gives every row the class that the tree gives it.
  ///
  /// Standard SQL: names in double quotes, texts in single ones, both doubled inside; NULL is
  /// answered as a missing value. The last class stands behind `ELSE`.
  ///
  /// - Parameters:
  ///   - names: what each class is called, for comments.
  ///   - booleans: columns whose levels are `true` and `false` and stored as truth values.
  public func sql(names: [Int: String], booleans: Set<String> = []) -> String {
    guard let last = rules.last else { return "NULL" }
    func note(_ rule: Rule) -> String { names[rule.label].map { " -- \(Self.comment($0))" } ?? "" }
    guard rules.count > 1 else { return "\(last.label)\(note(last))" }
    var lines = ["CASE"]
    for rule in rules.dropLast() {
      let alternatives = rule.alternatives.map { conditions in
        conditions.map { $0.sql(isBoolean: booleans.contains($0.column)) }
          .joined(separator: " AND ")
      }
      let test =
        alternatives.count == 1
        ? alternatives[0] : alternatives.map { "(\($0))" }.joined(separator: "\n    OR ")
      lines.append("  WHEN \(test)\n    THEN \(rule.label)\(note(rule))")
    }
    return (lines + ["  ELSE \(last.label)\(note(last))", "END"]).joined(separator: "\n")
  }

  /// A comment ends with its line, so a name must not.
  private static func comment(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : " " }))
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
