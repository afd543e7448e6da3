internal import Artifacts
internal import Foundation
public import Learning
internal import Tabular

/// Turns the text of a study into a `Study`, or says where it is wrong.
///
/// Values come from the defaults, then the file, then the command line. Every key must be known; a
/// value must lie in its parameter's domain. Errors carry file, line and column, or the override.
public struct StudyReader: Sendable {
  private let catalog: Catalog

  public init(catalog: Catalog = .standard) { self.catalog = catalog }

  /// Reads the study in a file.
  ///
  /// - Parameters:
  ///   - overrides: `key=value` from the command line, applied in order.
  ///   - seed: replaces the study's seed.
  public func read(
    path: String, overrides: [String] = [], seed: UInt64? = nil
  ) throws(StudyError) -> StudyFile {
    let bytes: Data
    do throws(StorageError) {
      bytes = try RunStorage.contents(of: path, limit: SourceParser.byteLimit + 1)
    } catch {
      throw StudyError(.unreadable(path: path, reason: systemReason(error.code)))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StudyError(.unreadable(path: path, reason: "it is not UTF-8 text"))
    }
    return try read(text: text, path: path, overrides: overrides, seed: seed)
  }

  /// Reads a study's text; `path` names it in messages and places its data.
  public func read(
    text: String, path: String, overrides: [String] = [], seed: UInt64? = nil
  ) throws(StudyError) -> StudyFile {
    var parser = SourceParser { .file(path, line: $0, column: $1) }
    var root = try parser.parse(text)
    guard !root.isNull else { throw StudyError(.missingKey("name", section: "the study")) }
    let stages = PipelineStage.all(in: catalog).map(\.name)
    for text in overrides { try SourceOverride(text, stages: stages).apply(to: &root) }
    var study = try study(root)
    if let seed { study.seed = seed }
    return StudyFile(study: study, text: text, path: path, overrides: overrides)
  }

  private func study(_ root: SourceNode) throws(StudyError) -> Study {
    let section = try Section(
      root, "the study",
      keys: [
        "name", "seed", "data", "split", "experiments", "gates", "limits", "report", "card",
        "register",
      ],
      later: ["version"])
    let experiments = try experiments(try section.required("experiments"))
    let data = try data(try section.required("data"))
    let classifies = experiments.contains { $0.task == .classify }
    let usual = Study.Split(
      scheme: classifies ? .stratified : .random, holdout: nil, folds: 5, gap: 0)
    let split =
      try section["split"].map { (node) throws(StudyError) in
        try self.split(node, roles: data.roles, usual: usual)
      } ?? usual
    let hasHoldout = split.holdout != nil
    if data.roles.target == nil, classifies {
      throw StudyError(.missingKey("target", section: "data.roles"), at: section["data"]?.place)
    }
    return Study(
      name: try section.required("name").identifier("name"),
      seed: try seed(section["seed"]),
      data: data,
      split: split,
      experiments: experiments,
      gates: try gates(section["gates"], experiments: experiments, hasHoldout: hasHoldout),
      limits: try limits(section["limits"]),
      report: try report(section["report"]),
      card: try card(section["card"]),
      register: try registrations(section["register"], experiments: experiments))
  }

  private func seed(_ node: SourceNode?) throws(StudyError) -> UInt64 {
    guard let node else { return 0 }
    guard case .scalar(let text, false) = node.content, let seed = UInt64(text) else {
      throw node.refused("seed", expected: "a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  private func data(_ node: SourceNode) throws(StudyError) -> Study.DataSource {
    let section = try Section(
      node, "data", keys: ["source", "roles", "delimiter", "null_tokens", "kinds", "allow_pii"])
    let sourceNode = try section.required("source")
    let source = try sourceNode.text("source")
    let foreign = [".parquet", ".sqlite", ".db", ".xlsx", ".feather", ".arrow"]
    if source.contains("://") || foreign.contains(where: source.lowercased().hasSuffix) {
      throw StudyError(
        .notAvailable("a data.source other than delimited text"), at: sourceNode.place)
    }
    var delimiter: String?
    if let node = section["delimiter"] {
      let text = try node.text("delimiter")
      let written = ["tab": "\t", "\\t": "\t"][text] ?? text
      guard written.utf8.count == 1, let byte = written.utf8.first, byte < 128,
        byte != UInt8(ascii: "\""), byte != 10, byte != 13
      else { throw node.refused("delimiter", expected: "one ASCII character, or tab") }
      delimiter = written
    }
    var roles = try self.roles(section["roles"])
    roles.allowPII = try section["allow_pii"]?.texts("allow_pii") ?? []
    return Study.DataSource(
      source: source, roles: roles, delimiter: delimiter,
      nullTokens: try section["null_tokens"]?.texts("null_tokens"),
      kinds: try kinds(section["kinds"]))
  }

  private func kinds(_ node: SourceNode?) throws(StudyError) -> [String: ColumnKind] {
    guard let node else { return [:] }
    var kinds: [String: ColumnKind] = [:]
    for entry in try node.entries("kinds") {
      kinds[entry.key] = try entry.value.choice(entry.key, of: ColumnKind.self)
    }
    return kinds
  }

  private func experiments(_ node: SourceNode) throws(StudyError) -> [Study.Experiment] {
    let items = try node.items("experiments")
    guard !items.isEmpty else {
      throw node.refused("experiments", expected: "a list of at least one experiment")
    }
    let reader = ExperimentReader(catalog: catalog)
    var experiments: [Study.Experiment] = []
    for item in items {
      let experiment = try reader.read(item)
      guard !experiments.contains(where: { $0.id == experiment.id }) else {
        throw StudyError(.duplicateExperiment(experiment.id), at: item.place)
      }
      experiments.append(experiment)
    }
    return experiments
  }
}
