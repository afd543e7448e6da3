import Learning
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
    /// How strongly the row belongs to its segment, 0…1.
    case strength
    /// How unusual the row is, greater meaning more; what it measures is the assignment rule's.
    case anomaly
    /// How far the row lies from what the principal components keep of it.
    case reconstructionError = "reconstruction_error"
    /// The probability of the event as the classifier gives it, 0…1.
    case raw
    /// The same after calibration; equal to `raw` without one.
    case calibrated
    /// The `PropensityBand`.
    case band
    /// Whether the customer is to be contacted, by the cut.
    case contact
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

  /// The column, where asked for, that counts in how many columns a row lies outside the range of training.
  public static let outsideColumn = "outside"

  /// The answers of a segmentation.
  ///
  /// - Parameters:
  ///   - reconstructing: whether the rows pass principal components.
  ///   - suppressing: whether rows without consent are not scored.
  public static func segmentation(
    reconstructing: Bool, suppressing: Bool = false
  ) -> OutputSchema {
    let distances: [Meaning] = [.segment, .segmentName, .distance, .strength, .anomaly]
    let errors: [Meaning] = reconstructing ? [.reconstructionError] : []
    return OutputSchema(
      columns: (distances + errors + [.status]).map {
        $0.column(keepsMissing: false, suppressing: suppressing)
      })
  }

  /// The answers of a propensity model; reasons, where asked for, come before the status.
  ///
  /// - Parameters:
  ///   - keepsMissing: whether missing values are left to the model.
  ///   - suppressing: whether rows without consent are not scored.
  public static func propensity(keepsMissing: Bool, suppressing: Bool = false) -> OutputSchema {
    let meanings: [Meaning] = [.raw, .calibrated, .band, .contact, .status]
    return OutputSchema(
      columns: meanings.map { $0.column(keepsMissing: keepsMissing, suppressing: suppressing) })
  }

  /// The same as it was written while statuses did not name rejected rows; artifacts of that time load for ever.
  var withoutRejection: OutputSchema {
    OutputSchema(
      columns: columns.map { column in
        guard column.meaning == .status else { return column }
        return Column(
          name: column.name, meaning: column.meaning, kind: column.kind,
          levels: column.levels?.filter { $0 != RowStatus.rejected.rawValue })
      })
  }
}

extension OutputSchema.Meaning {
  fileprivate func column(keepsMissing: Bool, suppressing: Bool) -> OutputSchema.Column {
    switch self {
    case .segment: .init(name: rawValue, meaning: self, kind: .integer, levels: nil)
    case .segmentName: .init(name: rawValue, meaning: self, kind: .text, levels: nil)
    case .distance, .strength, .anomaly, .reconstructionError, .raw, .calibrated:
      .init(name: rawValue, meaning: self, kind: .real, levels: nil)
    case .band:
      .init(
        name: rawValue, meaning: self, kind: .category,
        levels: PropensityBand.allCases.map(\.rawValue))
    case .contact: .init(name: rawValue, meaning: self, kind: .boolean, levels: nil)
    case .status:
      .init(
        name: rawValue, meaning: self, kind: .category,
        levels: RowStatus.possible(keepsMissing: keepsMissing, suppressing: suppressing)
          .map(\.rawValue))
    }
  }
}

/// What a row's answer rests on.
public enum RowStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every value was given and known.
  case ok
  /// A missing value was filled in.
  case imputed
  /// A missing value was left to the model, which takes it as it is.
  case missing
  /// A level was never seen in training, or was too rare there to be kept.
  case unseen
  case imputedAndUnseen = "imputed+unseen"
  case missingAndUnseen = "missing+unseen"
  /// A cell is not what the model can be given: there is no answer.
  case rejected
  /// The customer has not consented: there is no answer.
  case suppressed

  init(isMissing: Bool, isUnseen: Bool, keepsMissing: Bool) {
    switch (isMissing, isUnseen) {
    case (false, false): self = .ok
    case (true, false): self = keepsMissing ? .missing : .imputed
    case (false, true): self = .unseen
    case (true, true): self = keepsMissing ? .missingAndUnseen : .imputedAndUnseen
    }
  }

  /// The statuses that rows may have where missing values are filled in, or left to the model.
  static func possible(keepsMissing: Bool, suppressing: Bool) -> [RowStatus] {
    let answered: [RowStatus] =
      keepsMissing
      ? [.ok, .missing, .unseen, .missingAndUnseen] : [.ok, .imputed, .unseen, .imputedAndUnseen]
    return answered + [.rejected] + (suppressing ? [.suppressed] : [])
  }

  var hasMissing: Bool {
    switch self {
    case .imputed, .missing, .imputedAndUnseen, .missingAndUnseen: true
    case .ok, .unseen, .rejected, .suppressed: false
    }
  }
  var isUnseen: Bool { self == .unseen || self == .imputedAndUnseen || self == .missingAndUnseen }
}

extension TableEncoder {
  /// Whether missing values are left to the model.
  var keepsMissing: Bool { form == .table }
}
