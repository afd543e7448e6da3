internal import Learning

extension Plan {
  /// The plan as a person reads it: what is shared, every trial, and what should be known.
  ///
  /// Parameters that are the same in all trials of an experiment are told once.
  public var text: String {
    let most = trialBound > trials.count ? " of at most \(trialBound)" : ""
    var lines = ["\(runName): \(count(trials.count, "trial"))\(most), engine \(engineVersion)"]
    for experiment in unique(trials.map(\.experiment)) {
      lines += describe(trials.filter { $0.experiment == experiment }, of: experiment)
    }
    let shared = stages.filter { $0.trialCount > 1 }
    if !shared.isEmpty {
      lines += ["", "Computed once and shared:"]
      lines += shared.map { stage in
        "  \(stage.name) \(list(stage.parameters)): \(count(stage.trialCount, "trial"))"
      }
    }
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ trials: [Trial], of experiment: String) -> [String] {
    let settings = trials.map(settings)
    let names = unique(settings.flatMap { $0.map(\.name) })
    let varying = names.filter { name in
      Set(settings.compactMap { $0.first { $0.name == name }?.value }).count > 1
    }
    let fixed = names.filter { !varying.contains($0) }.compactMap { name in
      settings.lazy.compactMap { $0.first { $0.name == name } }.first
    }
    var lines = ["", "\(experiment): \(count(trials.count, "trial"))"]
    if !fixed.isEmpty {
      lines.append("  in all: " + fixed.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
    }
    let width = String(trials.count).count
    for (trial, settings) in zip(trials, settings) {
      let number = String(trial.number)
      let own = settings.filter { varying.contains($0.name) }.map { "\($0.name)=\($0.value)" }
      lines.append(
        "  " + String(repeating: " ", count: width - number.count)
          + ([number, trial.id, trial.model] + own).joined(separator: "  "))
    }
    return lines
  }

  private func settings(of trial: Trial) -> [(name: String, value: String)] {
    var settings: [(name: String, value: String)] = []
    for stage in trial.stages {
      for name in stage.parameters.names {
        let label = stage.name == trial.model ? name : "\(stage.name).\(name)"
        settings.append((label, stage.parameters[name]?.description ?? ""))
      }
    }
    if let seed = trial.seed { settings.append(("seed", "\(seed)")) }
    return settings
  }

  private func list(_ parameters: Parameters) -> String {
    parameters.names.map { "\($0)=\(parameters[$0]?.description ?? "")" }.joined(separator: " ")
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
