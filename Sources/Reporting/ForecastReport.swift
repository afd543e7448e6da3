public import Experiments

/// What a person wants to know before starting a run: how long, how much memory, and how that is known.
public enum ForecastReport {
  public static func text(_ forecast: PlanForecast) -> String {
    var lines: [String] = []
    if forecast.endedTrials > 0 {
      lines.append("\(count(forecast.endedTrials, "trial")) ended before and not counted")
    }
    guard !forecast.trials.isEmpty else { return (lines + ["nothing to compute"]).lines }
    lines.append(forecast.sharing.sentence("will save about"))
    let lanes = forecast.trials.map(\.lanes).max() ?? 1
    let together = lanes > 1 ? ", up to \(lanes) trials side by side" : ""
    let memory = forecast.bytes.map { ", up to \(size($0)) of memory for fits" } ?? ""
    lines.append("forecast: about \(time(forecast.elapsed))\(together)\(memory)")
    lines.append("  an estimate; \(source(forecast.basis))")
    lines += TerminalReport.columns(table(forecast)).map { "  \($0)" }
    if let cut = forecast.cut { lines.append(sentence(cut, forecast)) }
    return lines.lines
  }

  private static func source(_ basis: PlanForecast.Basis) -> String {
    var parts: [String] = []
    if basis.earlierSteps > 0 {
      parts.append("\(count(basis.earlierSteps, "step")) as timed by earlier runs on this table")
    }
    if basis.sampledSteps > 0 {
      let whole = basis.sampleRows >= basis.rows
      parts.append(
        "\(count(basis.sampledSteps, "step")) judged by \(count(basis.sampledTrials, "trial")) on "
          + (whole ? "all" : "samples of up to \(NumberFormat.count(basis.sampleRows)) of")
          + " \(NumberFormat.count(basis.rows)) rows")
    }
    if basis.unknownSteps > 0 {
      parts.append("\(count(basis.unknownSteps, "step")) unknown and left out")
    }
    return parts.joined(separator: ", ")
  }

  /// A line per model: its trials, their seconds and their memory.
  private static func table(_ forecast: PlanForecast) -> TableView {
    var order: [String] = []
    var groups: [String: [PlanForecast.Trial]] = [:]
    for trial in forecast.trials {
      let name = "\(trial.experiment) \(trial.model)"
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(trial)
    }
    return TableView(
      columns: [
        .text("model"), .number("trials"), .number("each"), .number("memory each"),
        .number("together"),
      ],
      rows: order.map { name in
        let own = groups[name] ?? []
        return [
          name, "\(own.count)", range(own.compactMap(\.seconds), time),
          range(own.compactMap(\.bytes), size), time(own.reduce(0) { $0 + $1.addedSeconds }),
        ]
      })
  }

  private static func range(_ values: [Double], _ text: (Double) -> String) -> String {
    guard let low = values.min(), let high = values.max() else { return "unknown" }
    let (first, last) = (text(low), text(high))
    return first == last ? first : "\(first) to \(last)"
  }

  private static func sentence(_ cut: PlanForecast.Cut, _ forecast: PlanForecast) -> String {
    let budget = TimeSpan(seconds: cut.budget).description
    let fitting = cut.trialCount
    guard fitting > 0 else {
      return "budget \(budget): not even the first trial fits"
    }
    guard fitting < forecast.trials.count else {
      return "budget \(budget): all \(count(fitting, "trial")) fit"
    }
    let last = forecast.trials[fitting - 1]
    return
      "budget \(budget): the first \(fitting) of \(count(forecast.trials.count, "trial")) fit, "
      + "up to number \(last.number) of \(last.experiment) (\(last.id)), in about "
      + "\(time(cut.seconds)); -S limits.max_trials=\(cut.maxTrials) computes these"
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(NumberFormat.count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func time(_ seconds: Double) -> String { NumberFormat.duration(seconds: seconds) }

  private static func size(_ bytes: Double) -> String {
    MemorySize(bytes: bytes.rounded()).description
  }
}

extension [String] {
  fileprivate var lines: String { joined(separator: "\n") + "\n" }
}
