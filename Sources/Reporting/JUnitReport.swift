internal import Evaluation
public import Experiments

/// A run as the test report that continuous integration reads: a suite per experiment, a case per gate.
///
/// The first case of a suite is whether a trial was chosen at all, so that a study without gates reports too. The
/// XML holds no times: equal runs give equal bytes.
public enum JUnitReport {
  /// - Parameter failure: why the run counts as failed beyond its gates; nil if it does not.
  public static func render(_ run: RunRecord, failure: String? = nil) -> String {
    var suites = run.experiments.map { experiment in
      let gates = run.gates.filter { $0.metric.hasPrefix(experiment.id + ".") }
      return Suite(
        name: "\(run.study).\(experiment.id)",
        cases: [choice(of: experiment)]
          + gates.map { gate in
            let name = String(gate.metric.dropFirst(experiment.id.count + 1))
            return Case(
              name: "\(name) \(gate.required)",
              problem: gate.passed ? nil : .failure(gate.reason ?? "not met", gate.detail),
              output: gate.passed ? gate.detail : nil)
          })
    }
    if let failure {
      suites.append(
        Suite(name: "\(run.study).run", cases: [Case(name: "run", problem: .error(failure))]))
    }
    return document(suites)
  }

  /// A run that died before its gates.
  public static func render(study: String, error: String) -> String {
    document([Suite(name: "\(study).run", cases: [Case(name: "run", problem: .error(error))])])
  }

  private struct Suite {
    let name: String
    let cases: [Case]
  }

  private struct Case {
    enum Problem {
      case failure(String, String)
      case error(String)
    }

    let name: String
    var problem: Problem?
    var output: String?
  }

  private static func choice(of experiment: ExperimentRecord) -> Case {
    let name = "a trial is chosen by \(experiment.metric)"
    guard let chosen = experiment.chosen else {
      return Case(name: name, problem: .failure("no trial of \(experiment.id) is eligible", ""))
    }
    let value = chosen.trial[metric: experiment.metric].map { " \($0.textWithInterval)" } ?? ""
    return Case(
      name: name, output: "\(chosen.trial.model) \(chosen.trial.id): \(experiment.metric)\(value)")
  }

  private static func document(_ suites: [Suite]) -> String {
    let cases = suites.flatMap(\.cases)
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"cohort\"\(counts(of: cases))>",
    ]
    for suite in suites {
      lines.append("  <testsuite name=\"\(escaped(suite.name))\"\(counts(of: suite.cases))>")
      lines += suite.cases.flatMap { element($0, in: suite.name) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private static func counts(of cases: [Case]) -> String {
    let failures = cases.count { if case .failure = $0.problem { true } else { false } }
    let errors = cases.count { if case .error = $0.problem { true } else { false } }
    return " tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
  }

  private static func element(_ test: Case, in suite: String) -> [String] {
    let head = "    <testcase classname=\"\(escaped(suite))\" name=\"\(escaped(test.name))\""
    var inside: [String] = []
    switch test.problem {
    case .failure(let message, let detail):
      inside.append(
        "      <failure type=\"gate\" message=\"\(escaped(message))\">\(escaped(detail))</failure>")
    case .error(let message):
      inside.append("      <error type=\"run\" message=\"\(escaped(message))\"/>")
    case nil: break
    }
    if let output = test.output {
      inside.append("      <system-out>\(escaped(output))</system-out>")
    }
    return inside.isEmpty ? [head + "/>"] : [head + ">"] + inside + ["    </testcase>"]
  }

  /// Text inside an element or a quoted attribute; what XML cannot hold becomes the replacement character.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\r": result += "&#13;"
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension GateRecord {
  /// What was required, measured and missing, in a line.
  fileprivate var detail: String {
    var parts = ["required \(required)", "measured \(measured)"]
    if interval != nil { parts.append("interval \(range)") }
    if let shortfall { parts.append("short by \(NumberFormat.significant(shortfall, digits: 3))") }
    return parts.joined(separator: "; ")
  }
}
