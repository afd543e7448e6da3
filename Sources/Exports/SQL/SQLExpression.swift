internal import CLibrary
import Tabular

/// A cell of a stage.
enum SQLValue: Hashable, Sendable {
  case null
  case number(Double)
  case text(String)

  var number: Double? { if case .number(let value) = self { value } else { nil } }
}

/// A value computed from a row; columns are places in the stage before.
///
/// Sums are lists, so that neither we nor a database descends once for every term.
indirect enum SQLExpression: Sendable {
  enum Function: String, Sendable {
    case exp, ln, sqrt

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .exp: CLibrary.exp(x)
      case .ln: CLibrary.log(x)
      case .sqrt: x.squareRoot()
      }
    }
  }

  case null
  case number(Double)
  case text(String)
  case column(Int)
  /// A column of the table, as a number or as a text.
  case cell(String, ColumnKind)
  /// From the left to the right.
  case sum([SQLExpression])
  case difference(SQLExpression, SQLExpression)
  case product(SQLExpression, SQLExpression)
  case quotient(SQLExpression, SQLExpression)
  case call(Function, SQLExpression)
  /// A whole number as the databases' own kind of it.
  case whole(SQLExpression)
  /// The first value whose condition holds.
  case choice([(when: SQLCondition, then: SQLExpression)], otherwise: SQLExpression)
}

/// What a row fulfils or not; a comparison with a missing value is neither, as SQL has it, and counts as
/// not fulfilled in a choice.
indirect enum SQLCondition: Sendable {
  enum Comparison: String, Sendable {
    case less = "<"
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
  }

  case compare(SQLExpression, Comparison, SQLExpression)
  case isNull(SQLExpression)
  /// Equal to one of these whole numbers.
  case isAmong(SQLExpression, [Int])
  /// A whole number, and none of these.
  case isNotAmong(SQLExpression, [Int])
  case isText(SQLExpression, [String])
  /// The rule's column has an answer that is consent.
  case permits(ConsentRule)
  case both([SQLCondition])
  case either(SQLCondition, SQLCondition)
}

extension SQLCondition {
  /// No text or the empty one, as tables that were read from text have it.
  static func isMissing(_ text: SQLExpression) -> SQLCondition {
    .either(.isNull(text), .isText(text, [""]))
  }
}

extension SQLExpression {
  /// e to the power of `x`, which is kept where no database refuses the result.
  static func exponential(_ x: SQLExpression) -> SQLExpression {
    .call(
      .exp,
      .choice(
        [
          (.compare(x, .less, .number(-708)), .number(-708)),
          (.compare(x, .less, .number(708)), x),
        ], otherwise: .number(708)))
  }

  static func negative(_ x: SQLExpression) -> SQLExpression { .difference(.number(0), x) }

  /// A value for each case of a whole number; nothing for others.
  static func byCase(_ number: SQLExpression, _ values: [SQLExpression]) -> SQLExpression {
    .choice(
      values.enumerated().map {
        (.compare(number, .equal, .number(Double($0.offset))), $0.element)
      }, otherwise: .null)
  }
}

/// What an expression reads.
struct SQLRow {
  let columns: [SQLValue]
  /// The cell of a column of the table.
  let cell: (_ name: String) -> SQLValue
}

extension SQLExpression {
  /// The value as a database computes it.
  ///
  /// - Complexity: descends once for every nested operation; trees nest as logarithms (`SQLTrees`).
  func value(in row: SQLRow) -> SQLValue {
    switch self {
    case .null: return .null
    case .number(let value): return .number(value)
    case .text(let value): return .text(value)
    case .column(let place): return row.columns[place]
    case .cell(let name, _): return row.cell(name)
    case .sum(let terms):
      guard let first = terms.first, var sum = first.value(in: row).number else { return .null }
      for term in terms.dropFirst() {
        guard let value = term.value(in: row).number else { return .null }
        sum += value
      }
      return .number(sum)
    case .difference(let a, let b): return Self.combine(a, b, in: row, -)
    case .product(let a, let b): return Self.combine(a, b, in: row, *)
    case .quotient(let a, let b): return Self.combine(a, b, in: row, /)
    case .call(let function, let x):
      return x.value(in: row).number.map { .number(function($0)) } ?? .null
    case .whole(let x): return x.value(in: row)
    case .choice(let branches, let otherwise):
      for branch in branches where branch.when.holds(in: row) { return branch.then.value(in: row) }
      return otherwise.value(in: row)
    }
  }

  private static func combine(
    _ a: SQLExpression, _ b: SQLExpression, in row: SQLRow, _ body: (Double, Double) -> Double
  ) -> SQLValue {
    guard let a = a.value(in: row).number, let b = b.value(in: row).number else { return .null }
    return .number(body(a, b))
  }
}

extension SQLCondition {
  func holds(in row: SQLRow) -> Bool {
    switch self {
    case .compare(let a, let comparison, let b):
      guard let a = a.value(in: row).number, let b = b.value(in: row).number else { return false }
      return switch comparison {
      case .less: a < b
      case .atMost: a <= b
      case .atLeast: a >= b
      case .equal: a == b
      }
    case .isNull(let x): return x.value(in: row) == .null
    case .isAmong(let x, let numbers):
      guard let value = x.value(in: row).number else { return false }
      return numbers.contains { Double($0) == value }
    case .isNotAmong(let x, let numbers):
      guard let value = x.value(in: row).number else { return false }
      return !numbers.contains { Double($0) == value }
    case .isText(let x, let texts):
      guard case .text(let value) = x.value(in: row) else { return false }
      return texts.contains { $0.utf8.elementsEqual(value.utf8) }
    case .permits(let rule):
      guard case .text(let answer) = row.cell(rule.column) else { return false }
      return rule.answer(answer) == .given
    case .both(let conditions): return conditions.allSatisfy { $0.holds(in: row) }
    case .either(let a, let b): return a.holds(in: row) || b.holds(in: row)
    }
  }
}
