import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Numerical
import Registry

/// `cohort models verify --retrain`: whether a model comes out again.
struct RetrainingOptions: ParsableArguments {
  @Flag(help: "Train the models again and compare them with what is stored.")
  var retrain = false

  @Option(
    help: ArgumentHelp(
      "The table of the training, where it is not where the run read it.", valueName: "file"))
  var data: String?

  @OptionGroup var runs: RunsOptions
  @OptionGroup var compute: ComputeOptions

  /// What is told of one model.
  private struct Checked: Encodable {
    let reference: String
    let data: String
    let outcome: Retraining.Outcome
    let isEqual: Bool
    /// What of program and machine is another than when the model was trained; nil where it does not say.
    let otherEnvironment: [String]?

    private enum CodingKeys: String, CodingKey {
      case reference, data, outcome
      case otherEnvironment = "other_environment"
      case isEqual = "equal"
    }
  }

  func check(_ models: [String]) throws {
    if !retrain, data != nil { throw ValidationError("--data goes with --retrain") }
    if retrain, models.isEmpty { throw ValidationError("say which model to train again") }
  }

  func run(_ models: [String], store: StoreOptions, output: OutputOptions) throws {
    Interrupts.catchStopRequests()
    let checked = try models.map { try check($0, store: store, output: output) }
    if output.json { try JSONOutput.write(checked) } else { try Console.write(text(checked)) }
    guard let other = checked.first(where: { !$0.isEqual }) else { return }
    let outcome = other.outcome
    let why =
      outcome.engine == outcome.recordedEngine
      ? "the machine or the program differs, or the artifact is not what its lineage says"
      : "it was trained by cohort \(outcome.recordedEngine), this is \(outcome.engine)"
    throw CommandError(
      .artifact,
      "another model came out; \(other.reference), \(outcome.differingFiles.joined(separator: ", ")); "
        + why)
  }

  private func check(
    _ model: String, store: StoreOptions, output: OutputOptions
  ) throws -> Checked {
    let place = try ReferencePlaces(runs: runs.runs, store: store.store).model(model)
    let reference = place.version?.reference ?? model
    let stored = try ArtifactReader.load(place.path)
    guard let retraining = Retraining(stored) else {
      throw CommandError(
        .failed,
        "the lineage does not record all that training takes; \(reference); it is of an older version"
      )
    }
    let pool = try compute.makePool()
    let table = try table(of: retraining, reference: reference, on: pool)
    output.say("training \(reference) again on \(table)")
    let folder = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let machine = MachineRecord.current(threads: pool.threadCount)
    let others = stored.environment.map { TrainingEnvironment(on: machine).differences(from: $0) }
    if let note = Self.note(others ?? []) { output.say("note: \(reference) \(note)") }
    let environment = RunEnvironment(
      pool: pool, machine: machine,
      now: { Date().timeIntervalSince1970 }, isCancelled: { Interrupts.isRequested })
    let outcome = try retraining.run(onTable: table, in: folder, environment)
    return Checked(
      reference: reference, data: table, outcome: outcome, isEqual: outcome.isEqual,
      otherEnvironment: others)
  }

  /// What may explain another model, in words; nil if program and machine are those of the training.
  private static func note(_ others: [String]) -> String? {
    let machine = others.filter { $0 != "program" }.joined(separator: ", ")
    let place = machine.isEmpty ? nil : "on another machine (\(machine))"
    let build = others.contains("program") ? "by another build" : nil
    let parts = [build, place].compactMap { $0 }
    return parts.isEmpty ? nil : "was trained \(parts.joined(separator: " and "))"
  }

  /// The table of the training: the one that was given, or where a run of the same table read it.
  private func table(
    of retraining: Retraining, reference: String, on pool: WorkerPool
  ) throws -> String {
    let known = try RunsFolder(runs.runs).tables(fingerprint: retraining.fingerprint)
    let places = data.map { [$0] } ?? known.filter { FileManager.default.fileExists(atPath: $0) }
    var found: (path: String, columns: [String])?
    for place in places {
      let path = URL(filePath: place).standardizedFileURL.path
      let columns = try retraining.differences(ofTable: path, on: pool)
      if columns.isEmpty { return path }
      found = (path, columns)
    }
    guard let found else {
      throw CommandError(
        .usage, "the table of the training is not known here; \(reference); give it with --data")
    }
    let shown = found.columns.prefix(10).joined(separator: ", ")
    let more = found.columns.count > 10 ? " and \(found.columns.count - 10) more" : ""
    throw CommandError(
      .data,
      "the table is not the one of the training; \(found.path), columns \(shown)\(more); "
        + "give the right one with --data")
  }

  private func text(_ checked: [Checked]) -> String {
    checked.map { result in
      let state =
        result.isEqual
        ? "equal" : "differs in \(result.outcome.differingFiles.joined(separator: ", "))"
      return "\(result.reference)  \(state)  \(result.outcome.foundDigest)\n"
    }.joined()
  }
}
