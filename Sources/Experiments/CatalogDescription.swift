public import Learning

/// The catalogue as `cohort describe` shows it: every step and model, its parameters, their domains
/// and defaults.
public struct CatalogDescription: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable {
    case preprocessing, clustering, classifier

    fileprivate var heading: String {
      switch self {
      case .preprocessing: "Preprocessing, in this order"
      case .clustering: "Models for task: cluster"
      case .classifier: "Models for task: classify"
      }
    }
  }

  public struct Entry: Hashable, Sendable, Codable {
    public let role: Role
    public let algorithm: SchemaDescription
    /// The parameter whose value `none` leaves the step out, where there is one.
    public let switchParameter: String?
    /// Whether a pipeline has the step unless a study says otherwise.
    public let isDefault: Bool

    public var name: String { algorithm.name }
  }

  /// Preprocessing in pipeline order, then models.
  public let entries: [Entry]

  public init(_ catalog: Catalog = .standard) {
    let steps = PipelineStage.all(in: catalog).map { stage in
      Entry(
        role: .preprocessing, algorithm: stage.description, switchParameter: stage.switchParameter,
        isDefault: !stage.isOptional)
    }
    let tasks: [(Role, Study.Experiment.Task)] = [
      (.clustering, .cluster), (.classifier, .classify),
    ]
    let models = tasks.flatMap { role, task in
      catalog.models(task).map { model in
        Entry(role: role, algorithm: model.description, switchParameter: nil, isDefault: false)
      }
    }
    entries = steps + models
  }

  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// One line for every algorithm.
  public var text: String {
    let width = entries.map(\.name.count).max() ?? 0
    var lines: [String] = []
    for role in [Role.preprocessing, .clustering, .classifier] {
      let members = entries.filter { $0.role == role }
      guard !members.isEmpty else { continue }
      if !lines.isEmpty { lines.append("") }
      lines.append(role.heading)
      lines += members.map { entry in
        let padding = String(repeating: " ", count: width - entry.name.count)
        return "  \(entry.name)\(padding)  \(entry.algorithm.summary)"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension CatalogDescription.Entry {
  /// The algorithm with all its parameters.
  public var text: String {
    var lines = ["\(name): \(algorithm.summary)"]
    if let switchParameter {
      lines.append(
        isDefault
          ? "Every pipeline has it unless \(name).\(switchParameter) is none."
          : "A pipeline has it if the study names one of its parameters.")
    }
    for field in algorithm.fields {
      lines += [
        "", "  \(parameterPrefix)\(field.name)  \(field.help)",
        "    \(field.domain); default \(field.defaultValue)",
      ]
      if !field.aliases.isEmpty {
        lines.append("    also written \(field.aliases.joined(separator: ", "))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var parameterPrefix: String { role == .preprocessing ? "\(name)." : "" }
}
