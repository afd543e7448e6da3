public import Tabular

/// What a table must hold to be scored (`schema/inputs.json`).
///
/// It says in one place, for people and other programs, what the encoder inside the pipeline does; a
/// reader refuses an artifact where the two disagree.
public struct InputSchema: Hashable, Sendable, Codable {
  public struct Field: Hashable, Sendable, Codable {
    /// A feature enters the model; an id passes through unread.
    public enum Role: String, Hashable, Sendable, Codable { case feature, id }

    /// What happens to a missing value: refused, replaced by `fill` or `fillLevel`, a level of its own, or
    /// left to the model.
    public enum Missing: String, Hashable, Sendable, Codable { case refuse, impute, level, keep }

    public let name: String
    public let kind: ColumnKind
    public let role: Role
    public let missing: Missing
    public let fill: Double?
    public let fillLevel: String?
    /// A range that many training values share, without its rare ends.
    public let minimum: Double?
    public let maximum: Double?
    /// Levels with a meaning of their own, and those that share one.
    public let levels: [String]?
    public let pooledLevels: [String]?
    /// What happens to a level that training did not have.
    public let unseen: EncodingOptions.UnseenPolicy?

    private enum CodingKeys: String, CodingKey {
      case name, kind, role, missing, fill, minimum, maximum, levels, unseen
      case fillLevel = "fill_level"
      case pooledLevels = "pooled_levels"
    }
  }

  public let fields: [Field]
  /// Spellings of a missing value in text.
  public let nullTokens: [String]
  /// Who may be scored; nil for everybody.
  public let consent: ConsentRule?

  private enum CodingKeys: String, CodingKey {
    case fields, consent
    case nullTokens = "null_tokens"
  }

  /// The contract of `encoder`, after the columns in `passthrough`.
  public init(
    encoder: TableEncoder, passthrough: [String], nullTokens: [String],
    consent: ConsentRule? = nil
  ) {
    fields = passthrough.map(Field.init(id:)) + encoder.inputs.map(Field.init(feature:))
    self.nullTokens = nullTokens
    self.consent = consent
  }

  /// Names of the columns that pass through, in output order.
  public var passthrough: [String] { fields.filter { $0.role == .id }.map(\.name) }

  /// The kinds to read the columns of a text file as; ids are text, so that they pass unchanged, and so
  /// are answers to the question of consent.
  public var kinds: [String: ColumnKind] {
    let answers = consent.map { [($0.column, ColumnKind.category)] } ?? []
    return Dictionary(
      fields.map { ($0.name, $0.kind) } + answers, uniquingKeysWith: { first, _ in first })
  }
}

extension InputSchema.Field {
  fileprivate init(id name: String) {
    self.name = name
    kind = .text
    role = .id
    missing = .refuse
    (fill, minimum, maximum) = (nil, nil, nil)
    (fillLevel, levels, pooledLevels, unseen) = (nil, nil, nil, nil)
  }

  fileprivate init(feature input: EncoderInput) {
    name = input.name
    kind = input.kind
    role = .feature
    switch input.coding {
    case .number(let number):
      missing = number.keepsMissing ? .keep : number.fill == nil ? .refuse : .impute
      fill = number.fill
      minimum = number.minimum
      maximum = number.maximum
      (fillLevel, levels, pooledLevels, unseen) = (nil, nil, nil, nil)
    case .category(let category):
      let isLevel = category.hasMissingLevel && category.fill == category.levels.count
      missing =
        category.keepsMissing ? .keep : category.fill == nil ? .refuse : isLevel ? .level : .impute
      fillLevel = isLevel ? nil : category.fill.map { category.positionNames[$0] }
      levels = category.levels
      pooledLevels = category.pooledLevels
      unseen = category.unseen
      (fill, minimum, maximum) = (nil, nil, nil)
    }
  }
}
