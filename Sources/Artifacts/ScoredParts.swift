public import Tabular

/// The answers to some consecutive rows.
public struct ScoredPart: Sendable {
  /// The row of the table with which the part begins.
  public let firstRow: Int
  /// Columns that passed through.
  public let passthrough: [Column]
  /// The scorer's columns; a row without an answer is missing in all but the last, its status.
  public let answers: [Column]
  /// Rows of the part without an answer, ascending.
  public let refused: [Int]

  public var rowCount: Int { answers.first?.rowCount ?? 0 }

  public init(firstRow: Int, passthrough: [Column], answers: [Column], refused: [Int]) {
    self.firstRow = firstRow
    self.passthrough = passthrough
    self.answers = answers
    self.refused = refused
  }
}

/// How far a batch has come.
public struct ScoringProgress: Hashable, Sendable, Codable {
  /// Parts that are done, from the first one on.
  public internal(set) var partCount = 0
  /// What is to be said of their rows; nil before the first.
  public internal(set) var summary: ScoringSummary?
  /// Where the most promising rows begin, once that is known and if it is asked for.
  public var rankCut: RankCut?

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case summary
    case partCount = "parts"
    case rankCut = "rank_cut"
  }
}

/// A place for scored parts: a file, a stream, a database.
public protocol ScoredPartSink: SendableMetatype {
  /// A part in the form in which it is stored.
  associatedtype Prepared: Sendable

  /// Brings a part into that form; called from several threads.
  var preparation: @Sendable (ScoredPart) -> Prepared { get }

  /// Stores the parts that follow those stored before.
  ///
  /// - Parameter progress: What is reached with them.
  mutating func append(_ parts: [Prepared], reaching progress: ScoringProgress) throws
}
