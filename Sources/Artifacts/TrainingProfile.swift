import Tabular

/// What the training rows looked like (`evidence/profile.json`): what later rows are compared with to see
/// whether customers have changed.
///
/// Counts only, of `Disclosure.leastRows` rows and more: what is rarer is counted with something else, so that
/// it does not follow from the others by subtraction either. The counts of every column add up to `rowCount`.
public struct TrainingProfile: Hashable, Sendable, Codable {
  /// How many rows have numbers between edges.
  public struct Bins: Hashable, Sendable, Codable {
    /// Ascending; a bin takes the values above the edge before it, up to its own, and the last one the rest.
    public let edges: [Double]
    /// One more than there are edges; none where no row has a value.
    public let rowCounts: [Int]

    private enum CodingKeys: String, CodingKey {
      case edges
      case rowCounts = "rows"
    }
  }

  public struct Level: Hashable, Sendable, Codable {
    public let level: String
    public let rowCount: Int

    private enum CodingKeys: String, CodingKey {
      case level
      case rowCount = "rows"
    }
  }

  /// A column that the model reads.
  public struct Column: Hashable, Sendable, Codable {
    public let name: String
    /// Numbers as the encoder sees them: booleans 0 and 1, dates days since 1970-01-01; nil for a category.
    public let numbers: Bins?
    /// Levels that the input schema names, ascending by UTF-8 bytes; nil for numbers.
    public let levels: [Level]?
    /// Rows of all other levels; nil where there are none.
    public let other: Int?
    /// Rows without a value; nil where there are none or too few, which are in the first bin or in `other`.
    public let missing: Int?
  }

  /// A segment, or −1 for rows in none.
  public struct Segment: Hashable, Sendable, Codable {
    public let segment: Int
    public let rowCount: Int

    private enum CodingKeys: String, CodingKey {
      case segment
      case rowCount = "rows"
    }
  }

  public let rowCount: Int
  /// In the order of the input schema.
  public let columns: [Column]
  /// Calibrated probabilities of rows by models that had not seen them; nil for a segmentation, or where these
  /// are too few.
  public internal(set) var scores: Bins?
  /// By number; nil for a propensity model.
  public internal(set) var segments: [Segment]?
  /// Rows of all other segments; nil where there are none.
  public internal(set) var otherSegments: Int?

  private enum CodingKeys: String, CodingKey {
    case columns, scores, segments
    case rowCount = "rows"
    case otherSegments = "other_segments"
  }
}

extension TrainingProfile {
  static let file = "evidence/profile.json"

  /// Reads what an artifact has of it; one of a time before, or of fewer rows, has nothing.
  static func read(in files: ArtifactFiles) throws(ArtifactError) -> TrainingProfile? {
    guard files.manifest.files.contains(where: { $0.path == file }) else { return nil }
    return try files.decode(TrainingProfile.self, from: file)
  }

  func files() throws -> [DurableDirectory.File] {
    [.init(path: Self.file, bytes: try CanonicalJSON.encode(self))]
  }

  /// Whether it counts all rows of the columns that scoring reads, and all rows by segment.
  func check(inputs: InputSchema, segmentCount: Int) throws(ArtifactError) {
    try checkColumns(inputs)
    guard scores == nil else { throw .content(file: Self.file, place: "scores", .value) }
    let numbers = (segments ?? []).map(\.segment)
    let counts = (segments ?? []).map(\.rowCount) + [otherSegments].compactMap { $0 }
    guard segments != nil, numbers.allSatisfy({ (-1..<segmentCount).contains($0) }),
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }), Self.add(counts, to: rowCount)
    else { throw .content(file: Self.file, place: "segments", .value) }
  }

  /// Whether it counts all rows of the columns that scoring reads, and all rows with a score.
  func check(inputs: InputSchema, scoredRowCount: Int) throws(ArtifactError) {
    try checkColumns(inputs)
    guard segments == nil, otherSegments == nil else {
      throw .content(file: Self.file, place: "segments", .value)
    }
    if let scores, !(scores.isSound && Self.add(scores.rowCounts, to: scoredRowCount)) {
      throw .content(file: Self.file, place: "scores", .value)
    }
  }

  private func checkColumns(_ inputs: InputSchema) throws(ArtifactError) {
    // More rows than a double counts: shares of them stay numbers.
    guard rowCount > 0, rowCount <= 1 << 53 else {
      throw .content(file: Self.file, place: "rows", .value)
    }
    let fields = inputs.fields.filter { $0.role == .feature }
    guard columns.map(\.name) == fields.map(\.name) else {
      throw .content(file: Self.file, place: "columns", .value)
    }
    for (index, field) in fields.enumerated() {
      guard columns[index].describes(field), Self.add(columns[index].allCounts, to: rowCount) else {
        throw .content(file: Self.file, place: "columns.\(index)", .value)
      }
    }
  }

  /// Whether `counts` are positive and add up to `total`; no sum of theirs can overflow.
  private static func add(_ counts: [Int], to total: Int) -> Bool {
    var rest = total
    for count in counts {
      guard count > 0, count <= rest else { return false }
      rest -= count
    }
    return rest == 0
  }
}

extension TrainingProfile.Bins {
  fileprivate var isSound: Bool {
    let isEmpty = edges.isEmpty && rowCounts.isEmpty
    return (isEmpty || rowCounts.count == edges.count + 1)
      && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
  }
}

extension TrainingProfile.Column {
  /// Every row once.
  fileprivate var allCounts: [Int] {
    let own = numbers?.rowCounts ?? (levels ?? []).map(\.rowCount)
    return own + [other, missing].compactMap { $0 }
  }

  /// Whether it is of the kind of `field`, with ascending edges or levels.
  fileprivate func describes(_ field: InputSchema.Field) -> Bool {
    guard field.kind == .category else {
      return levels == nil && other == nil && (numbers?.isSound ?? false)
    }
    guard let levels, numbers == nil else { return false }
    let names = levels.map { Array($0.level.utf8) }
    let known = Set((field.levels ?? []).map { Array($0.utf8) })
    return names.allSatisfy { known.contains($0) }
      && zip(names, names.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
  }
}
