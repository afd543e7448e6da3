internal import Evaluation
internal import Experiments
internal import Learning

/// The parameters that tell the trials of one experiment apart, `k` aside.
struct VaryingParameters {
  struct Axis {
    /// The column's heading: `pca.components`, or the bare name for the model's own parameters.
    let name: String
    /// The word before the value in a setting's label.
    let label: String
    let stage: String
    /// Nil when trials differ in having the stage at all.
    let parameter: String?
    let isModel: Bool
  }

  let axes: [Axis]
  /// False when one model was tried.
  let hasSeveralModels: Bool
  /// The stages that pipelines of a model may have.
  private let stagesByModel: [String: Set<String>]

  init(of trials: [TrialRecord]) {
    let stagesByModel = Dictionary(grouping: trials, by: \.model).mapValues { trials in
      Set(trials.flatMap { $0.stages.map(\.name) })
    }
    self.stagesByModel = stagesByModel
    hasSeveralModels = stagesByModel.count > 1
    var found: [(stage: String, isModel: Bool, parameters: [String])] = []
    for trial in trials {
      for (index, stage) in trial.stages.enumerated() {
        let names = stage.parameters.names
        if let index = found.firstIndex(where: { $0.stage == stage.name }) {
          found[index].parameters += names.filter { !found[index].parameters.contains($0) }
        } else {
          found.append((stage.name, index == trial.stages.count - 1, names))
        }
      }
    }
    axes = found.flatMap { stage, isModel, parameters in
      let able = trials.filter { stagesByModel[$0.model]?.contains(stage) ?? false }
      return Self.axes(of: stage, isModel: isModel, parameters, in: able)
    }
  }

  private static func axes(
    of stage: String, isModel: Bool, _ parameters: [String], in trials: [TrialRecord]
  ) -> [Axis] {
    let having = trials.compactMap { trial in trial.stages.first { $0.name == stage } }
    let varying = parameters.filter { name in
      !(isModel && name == "k") && Set(having.compactMap { $0.parameters[name] }).count > 1
    }
    if varying.isEmpty && !isModel && having.count < trials.count {
      return [Axis(name: stage, label: stage, stage: stage, parameter: nil, isModel: false)]
    }
    return varying.map { name in
      let full = isModel ? name : "\(stage).\(name)"
      let label = isModel ? name : varying.count == 1 ? stage : full
      return Axis(name: full, label: label, stage: stage, parameter: name, isModel: isModel)
    }
  }

  /// The trial's value on `axis`: `none` where its pipeline lacks the stage, nil where the stage
  /// lacks the parameter or pipelines of the model never have the stage.
  func value(_ axis: Axis, of trial: TrialRecord) -> String? {
    let stage = trial.stages.first { $0.name == axis.stage }
    if !axis.isModel, stagesByModel[trial.model]?.contains(axis.stage) != true { return nil }
    guard let parameter = axis.parameter else { return stage == nil ? "no" : "yes" }
    guard let stage else { return axis.isModel ? nil : "none" }
    return stage.parameters[parameter]?.description
  }

  /// Everything but `k` that tells this trial from the others: `k-means · standardize robust · pca 0.8`.
  func setting(of trial: TrialRecord) -> String {
    ([trial.model] + labels(of: trial, axes)).joined(separator: " · ")
  }

  /// The steps before the model that tell this trial from the others: `standardize robust · pca 0.8`.
  func preparation(of trial: TrialRecord) -> String {
    labels(of: trial, axes.filter { !$0.isModel }).joined(separator: " · ")
  }

  /// What tells the model from its like, or else its name: `covariance full`.
  func modelSetting(of trial: TrialRecord) -> String {
    let values = labels(of: trial, axes.filter(\.isModel))
    return values.isEmpty ? trial.model : values.joined(separator: " · ")
  }

  /// The model's own parameters, `k` aside, that vary or are not the defaults: what a table of several
  /// models shows in one cell.
  func ownParameters(of trial: TrialRecord) -> String {
    guard let stage = trial.stages.last else { return "" }
    let defaults = Catalog.standard.description(of: stage.name)?.fields ?? []
    let varying = axes.filter { $0.isModel && $0.stage == stage.name }.compactMap(\.parameter)
    let told = stage.parameters.names.filter { name in
      let usual = defaults.first { $0.name == name }?.defaultValue
      return name != "k"
        && (varying.contains(name) || usual != stage.parameters[name])
    }
    return told.map { "\($0) \(stage.parameters[$0]?.description ?? "")" }
      .joined(separator: " · ")
  }

  private func labels(of trial: TrialRecord, _ axes: [Axis]) -> [String] {
    axes.compactMap { axis in value(axis, of: trial).map { "\(axis.label) \($0)" } }
  }

  /// The trial in words: `k-means with k = 5 (standardize robust · pca 0.8)`.
  func phrase(for trial: TrialRecord) -> String {
    let values = labels(of: trial, axes)
    let model = trial.k.map { "\(trial.model) with k = \(NumberFormat.count($0))" } ?? trial.model
    return values.isEmpty ? model : "\(model) (\(values.joined(separator: " · ")))"
  }
}

extension TrialRecord {
  /// The number of segments the trial asked for, if its model, the last stage, takes one.
  var k: Int? {
    guard case .integer(let k) = stages.last?.parameters["k"] else { return nil }
    return k
  }
}

extension Direction {
  var phrase: String { self == .higherIsBetter ? "higher is better" : "lower is better" }
  var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
}
