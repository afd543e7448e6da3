import ArgumentParser
import Artifacts
import Experiments
import Foundation

@main
enum Program {
  static func main() {
    Interrupts.prepare()
    ProcessMemory.returnFreedBlocks()
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Parses and runs one command line; every error becomes one sentence and an exit code here.
  static func run(_ arguments: [String]) -> ExitStatus {
    do {
      var command = try Cohort.parseAsRoot(arguments)
      try command.run()
      return .done
    } catch {
      return report(error, asJSON: arguments.contains("--json"))
    }
  }

  private static func report(_ error: any Error, asJSON: Bool) -> ExitStatus {
    if let exit = error as? ExitCode { return ExitStatus(rawValue: exit.rawValue) ?? .failed }
    if let status = ExitStatus(of: error) {
      Console.say(asJSON ? ErrorReport(error, status).json : "error: \(error)")
      return status
    }
    let text = Cohort.fullMessage(for: error)
    switch Cohort.exitCode(for: error) {
    case .success:
      do {
        try Console.write(text + "\n")
        return .done
      } catch {
        return .resources
      }
    case .validationFailure: break
    default:
      let sentence = "\(error); this is a fault of cohort itself, please report it"
      Console.say(asJSON ? ErrorReport(sentence, .bug).json : "error: \(sentence)")
      return .bug
    }
    let sentence = Cohort.message(for: error) + "; see cohort --help"
    Console.say(asJSON ? ErrorReport(sentence, .usage).json : "error: \(sentence)")
    return .usage
  }
}

struct Cohort: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Segments from customer tables: grids of experiments, honest evidence, artifacts.",
    discussion: """
      EXAMPLES
        cohort profile customers.csv
        cohort run study.yaml
        cohort score runs/latest/trials/3f9a2c71d0e4/model customers.csv -o segments.csv
      """,
    version: "cohort \(Engine.version)",
    subcommands: [
      RunCommand.self, PlanCommand.self, ReportCommand.self, RunsCommand.self, CompareCommand.self,
      DescribeCommand.self, ProfileCommand.self, ScoreCommand.self, ModelsCommand.self,
      SynthesizeCommand.self, CacheCommand.self, SetupCommand.self, BenchCommand.self,
    ])
}

/// An error as the object that `--json` promises.
private struct ErrorReport: Encodable {
  let error: String
  let exitCode: Int32

  private enum CodingKeys: String, CodingKey {
    case error
    case exitCode = "exit_code"
  }

  init(_ error: Any, _ status: ExitStatus) {
    self.error = "\(error)"
    exitCode = status.rawValue
  }

  var json: String {
    guard let data = try? CanonicalJSON.encode(self) else { return error }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}
