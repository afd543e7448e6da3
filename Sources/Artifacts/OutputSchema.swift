public import Tabular

/// The columns that scoring appends after the ids (`schema/outputs.json`), in order.
///
/// The only place that names them.
public struct OutputSchema: Hashable, Sendable, Codable {
  public enum Meaning: String, Hashable, Sendable, Codable, CaseIterable {
    /// The number of the segment, −1 if the row belongs to none.
    case segment
    case segmentName = "segment_name"
    /// How far the row lies from the segment's reference, in the units of the clustered matrix.
    case distance
    /// Whether values were filled in or levels unknown: a `RowStatus`.
    case status
  }

  public struct Column: Hashable, Sendable, Codable {
    public let name: String
    public let meaning: Meaning
    public let kind: ColumnKind
    public let levels: [String]?
  }

  public let columns: [Column]

  public static let segmentation = OutputSchema(columns: [
    Column(name: "segment", meaning: .segment, kind: .integer, levels: nil),
    Column(name: "segment_name", meaning: .segmentName, kind: .text, levels: nil),
    Column(name: "distance", meaning: .distance, kind: .real, levels: nil),
    Column(
      name: "status", meaning: .status, kind: .category,
      levels: RowStatus.allCases.map(\.rawValue)),
  ])
}

/// What a row's answer rests on.
public enum RowStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every value was given and known.
  case ok
  /// A missing value was filled in.
  case imputed
  /// A level was never seen in training.
  case unseen
  case imputedAndUnseen = "imputed+unseen"

  init(isImputed: Bool, isUnseen: Bool) {
    switch (isImputed, isUnseen) {
    case (false, false): self = .ok
    case (true, false): self = .imputed
    case (false, true): self = .unseen
    case (true, true): self = .imputedAndUnseen
    }
  }

  var isImputed: Bool { self == .imputed || self == .imputedAndUnseen }
  var isUnseen: Bool { self == .unseen || self == .imputedAndUnseen }
}
