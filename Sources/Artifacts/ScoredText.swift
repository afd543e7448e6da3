import Tabular

/// Scored parts as the text of a CSV file.
///
/// Texts that pass through and words of answers are kept from being run by spreadsheets; numbers are as they
/// are.
public struct ScoredText: ScoredPartSink {
  private let put: ([[UInt8]], ScoringProgress) throws -> Void
  private let isRaw: Bool

  /// - Parameters:
  ///   - isRaw: Whether texts pass through unchanged, even those that a spreadsheet would run.
  ///   - put: Takes the texts of the parts that follow those before.
  public init(isRaw: Bool, put: @escaping ([[UInt8]], ScoringProgress) throws -> Void) {
    self.isRaw = isRaw
    self.put = put
  }

  /// The first line.
  public static func header(_ columns: [String], isRaw: Bool) -> [UInt8] {
    var writer = CSVWriter(defusesFormulas: !isRaw)
    writer.append(columns)
    return writer.bytes
  }

  public var preparation: @Sendable (ScoredPart) -> [UInt8] {
    let isRaw = isRaw
    return { part in
      let passed = part.passthrough.map { (column: $0, isDefused: !isRaw) }
      let answers = part.answers.map { (column: $0, isDefused: true) }
      var writer = CSVWriter()
      writer.append(passed + answers)
      return writer.bytes
    }
  }

  public mutating func append(_ parts: [[UInt8]], reaching progress: ScoringProgress) throws {
    try put(parts, progress)
  }
}

/// Two places for the same scored parts.
public struct ScoredPartPair<First: ScoredPartSink, Second: ScoredPartSink>: ScoredPartSink {
  public struct Prepared: Sendable {
    let first: First.Prepared
    let second: Second.Prepared
  }

  public private(set) var first: First
  public private(set) var second: Second

  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public var preparation: @Sendable (ScoredPart) -> Prepared {
    let (first, second) = (first.preparation, second.preparation)
    return { Prepared(first: first($0), second: second($0)) }
  }

  public mutating func append(_ parts: [Prepared], reaching progress: ScoringProgress) throws {
    try first.append(parts.map(\.first), reaching: progress)
    try second.append(parts.map(\.second), reaching: progress)
  }
}
