internal import Evaluation
internal import Tabular

/// What differs between two runs or two models, A and B, and whether B keeps the rules it was held to.
///
/// Everything is a count, a mean or a figure of merit: no id and no row of a customer is part of it.
/// Encoded, it is what `cohort compare --json` prints; keys that have no value are absent.
public struct Comparison: Hashable, Sendable, Encodable {
  public enum Kind: String, Hashable, Sendable, Encodable { case runs, models }

  public let kind: Kind
  public let sides: Pair<ComparisonSide>
  /// Settings of the studies, or of the models' trials, by dotted path.
  public let settings: [SettingChange]
  /// Nil for models.
  public let data: DataChange?
  /// By id: those of A in their order, then those that B alone has.
  public let experiments: [ExperimentComparison]
  /// Nil for runs.
  public let model: ArtifactComparison?
  /// In the order they were given.
  public internal(set) var rules: [RuleOutcome] = []

  private enum CodingKeys: String, CodingKey {
    case kind, sides, settings, data, experiments, model, rules
    case isSame = "same"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(isSame, forKey: .isSame)
    try container.encode(sides, forKey: .sides)
    try container.encode(settings, forKey: .settings)
    try container.encodeIfPresent(data, forKey: .data)
    if kind == .runs { try container.encode(experiments, forKey: .experiments) }
    try container.encodeIfPresent(model, forKey: .model)
    try container.encode(rules, forKey: .rules)
  }

  /// Whether nothing that is compared differs.
  public var isSame: Bool {
    sides.a.version == sides.b.version && settings.isEmpty
      && data?.isSame ?? true && experiments.allSatisfy(\.isSame) && model?.isSame ?? true
  }

  /// Rules that were broken.
  public var brokenRules: [RuleOutcome] { rules.filter(\.isBroken) }

  /// What was compared, with the experiment it belongs to.
  var candidates: [(experiment: String?, candidate: CandidateComparison)] {
    if let model { return [(nil, model.candidate)] }
    return experiments.compactMap { experiment in
      experiment.chosen.map { (experiment.id, $0) }
    }
  }
}

/// A value of A and the one of B.
public struct Pair<Value: Hashable & Sendable & Encodable>: Hashable, Sendable, Encodable {
  public let a: Value
  public let b: Value

  public init(_ a: Value, _ b: Value) {
    self.a = a
    self.b = b
  }

  public var differs: Bool { a != b }
}

/// One of the two that are compared.
public struct ComparisonSide: Hashable, Sendable, Encodable {
  /// As the user named it.
  public let name: String
  /// The study of a run, the algorithm of a model.
  public let title: String
  /// Of the engine.
  public let version: String
}

/// A setting that one side lacks or that the two have different values for.
public struct SettingChange: Hashable, Sendable, Encodable {
  /// Keys joined by dots; elements of a list go by their name, else by their place from 0.
  public let path: String
  /// As text; nil where the side does not have the setting.
  public let a: String?
  public let b: String?

  public init(path: String, a: String?, b: String?) {
    self.path = path
    self.a = a
    self.b = b
  }
}

/// How the table of B differs from the table of A.
public struct DataChange: Hashable, Sendable, Encodable {
  public struct ColumnChange: Hashable, Sendable, Encodable {
    public let name: String
    /// Nil where the table lacks the column.
    public let a: DataRecord.ColumnRecord?
    public let b: DataRecord.ColumnRecord?
  }

  public let fingerprint: Pair<String>
  public let rowCount: Pair<Int>
  public let columnCount: Pair<Int>
  /// Columns that one table lacks, or that differ in kind, role or missing values.
  public let columns: [ColumnChange]

  private enum CodingKeys: String, CodingKey {
    case fingerprint, columns
    case rowCount = "rows"
    case columnCount = "column_count"
  }

  public var isSame: Bool { !fingerprint.differs && !rowCount.differs && columns.isEmpty }

  init(_ a: DataRecord, _ b: DataRecord) {
    fingerprint = Pair(a.fingerprint, b.fingerprint)
    rowCount = Pair(a.rowCount, b.rowCount)
    columnCount = Pair(a.columns.count, b.columns.count)
    columns = matched(a.columns, b.columns, by: \.name).compactMap { name, a, b in
      a == b ? nil : ColumnChange(name: name, a: a, b: b)
    }
  }
}

/// Elements of two lists by name: those of `a` in their order, each with its like in `b`, then the others.
///
/// Of equal names in one list the first counts.
func matched<Element>(
  _ a: [Element], _ b: [Element], by name: (Element) -> String
) -> [(name: String, a: Element?, b: Element?)] {
  let inA = Dictionary(a.map { (name($0), $0) }) { first, _ in first }
  let inB = Dictionary(b.map { (name($0), $0) }) { first, _ in first }
  var met: Set<String> = []
  return (a + b).compactMap { element in
    let name = name(element)
    return met.insert(name).inserted ? (name, inA[name], inB[name]) : nil
  }
}
