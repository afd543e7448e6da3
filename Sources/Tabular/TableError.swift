/// Why a table was refused.
///
/// Cases carry places and counts, never cell values. Lines are those of the file, the first being 1; a quoted cell with a line break covers several.
/// Column positions count from 0 and are printed from 1.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `code` is the system's error number (`errno`).
  case unreadable(path: String, code: Int32)
  /// The file was truncated or rewritten between two looks at it.
  case changedWhileReading(path: String)
  case empty(path: String)
  /// There is a header and nothing below it.
  case noRows(path: String)
  case blankHeader(path: String, column: Int)
  case duplicateHeader(path: String, first: Int, second: Int)
  /// The text breaks the rules of a CSV file.
  case malformed(path: String, line: Int, fault: CSVFault)
  /// A numeric column holds a spelling of NaN or infinity, or a number beyond the range of doubles.
  case nonFinite(path: String, line: Int, column: String)
  /// A value does not fit the kind that was asked for.
  case unfit(path: String, line: Int, column: String, kind: ColumnKind)
  /// A quote, a line break or a character outside ASCII was given as delimiter.
  case unusableDelimiter(byte: UInt8)
  /// `place` says where the name was written: a role, an option.
  case unknownColumn(name: String, nearest: String?, place: String)
  /// Two roles that exclude each other name the same column.
  case conflictingRoles(column: String, first: String, second: String)
  /// A column was listed as a feature and its values look like personal data.
  case personalFeature(column: String, PersonalPattern)
  /// A model needs a column that the table to encode does not have.
  case missingColumn(name: String, nearest: String?)
  /// A column's kind differs from what a model was fitted on.
  case wrongKind(column: String, expected: ColumnKind, found: ColumnKind)
  /// A value that is infinite or outside what its kind allows; rows count from 1 after the header.
  case invalidValue(column: String, row: Int, expected: String)
  /// Missing values where the encoding refuses them.
  case missingValues(column: String, count: Int, firstRow: Int)
  /// Levels that training did not have, where the encoding refuses them.
  case unseenLevels(column: String, count: Int, firstRow: Int)
  case noTrainingRows
  case noFeatures
  /// No row says that it may be learnt from.
  case noConsent(column: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let code): "cannot read \(path); \(systemReason(code))"
    case .changedWhileReading(let path):
      "\(path) changed while it was being read; run again when it is complete"
    case .empty(let path): "\(path) is empty; a header line and at least one row are needed"
    case .noRows(let path): "\(path) has a header but no rows"
    case .blankHeader(let path, let column):
      "column \(column + 1) of \(path) has no name; \(Self.headerAdvice)"
    case .duplicateHeader(let path, let first, let second):
      "columns \(first + 1) and \(second + 1) of \(path) have the same name; \(Self.headerAdvice)"
    case .malformed(let path, let line, let fault): "\(fault); \(path), line \(line)"
    case .nonFinite(let path, let line, let column):
      "numeric column \(column) holds a value that is not a finite number; \(path), line \(line);"
        + " declare its spelling as a null token or correct the value"
    case .unfit(let path, let line, let column, let kind):
      "a value of column \(column) is not \(Self.phrase(kind)); \(path), line \(line);"
        + " correct the value or declare another kind"
    case .unusableDelimiter(let byte):
      "byte \(byte) cannot separate cells; use a comma, a semicolon, a tab or a bar"
    case .unknownColumn(let name, let nearest, let place):
      "there is no column \(name); \(place)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    default: useSentence
    }
  }

  /// What is wrong with how a table is used, once it has been read.
  private var useSentence: String {
    switch self {
    case .conflictingRoles(let column, let first, let second):
      "column \(column) cannot be both '\(first)' and '\(second)'; remove it from one of the roles"
    case .personalFeature(let column, let pattern):
      "column \(column) \(pattern); data.roles.features; leave it out, or name it under"
        + " data.allow_pii as well"
    case .missingColumn(let name, let nearest):
      "the table lacks column \(name), which the model needs" + Self.suggestion(nearest)
    case .wrongKind(let column, let expected, let found):
      "column \(column) holds \(found.rawValue) values; the model was fitted on"
        + " \(expected.rawValue) values"
    case .invalidValue(let column, let row, let expected):
      "column \(column), data row \(row): expected \(expected); correct or blank the cell"
    case .missingValues(let column, let count, let firstRow):
      "column \(column) has \(count) missing values, the first in data row \(firstRow);"
        + " fill them or choose an imputation"
    case .unseenLevels(let column, let count, let firstRow):
      "column \(column) has \(count) values of levels unseen in training, the first in data row"
        + " \(firstRow); retrain or choose another policy for unseen levels"
    case .noConsent(let column):
      "no row has consent by column \(column); data.roles.consent; check the answers under allow"
    case .noTrainingRows: "the table has no rows to learn from; at least one is needed"
    case .noFeatures: "no column is left to be a feature; check the roles"
    default: "the table is not usable"
    }
  }

  private static func suggestion(_ nearest: String?) -> String {
    nearest.map { "; did you mean \($0)?" } ?? "; check its spelling"
  }

  private static let headerAdvice = "the first line must give every column a name of its own"

  private static func phrase(_ kind: ColumnKind) -> String {
    switch kind {
    case .integer: "a whole number of 64 bits"
    case .real: "a finite number"
    case .boolean: "true or false"
    case .date: "a date (YYYY-MM-DD)"
    case .category, .text: "text"
    }
  }
}

/// A breach of the rules of a CSV file.
public enum CSVFault: Hashable, Sendable, CustomStringConvertible {
  case raggedRow(expected: Int, found: Int)
  /// A quote inside a cell that does not begin with one.
  case strayQuote
  /// Text between a closing quote and the end of its cell.
  case textAfterQuote
  case unterminatedQuote
  /// A carriage return outside quotes without a line feed after it.
  case loneCarriageReturn
  case nulByte
  case invalidUTF8
  case cellTooLong(limit: Int)
  case rowTooLong(limit: Int)

  public var description: String {
    switch self {
    case .raggedRow(let expected, let found):
      "a row has \(found) \(found == 1 ? "cell" : "cells") where the header has \(expected)"
    case .strayQuote:
      "a quote stands inside an unquoted cell; quote the whole cell and double the quotes in it"
    case .textAfterQuote: "text follows a closing quote; double the quotes inside a quoted cell"
    case .unterminatedQuote: "a quoted cell never ends"
    case .loneCarriageReturn:
      "a carriage return has no line feed after it; end lines with LF or CRLF"
    case .nulByte: "a NUL byte; the file is binary, damaged or UTF-16: save it as UTF-8 text"
    case .invalidUTF8: "the text is not UTF-8; save the file as UTF-8"
    case .cellTooLong(let limit): "a cell has more than \(limit) bytes"
    case .rowTooLong(let limit): "a row has more than \(limit) bytes"
    }
  }
}
