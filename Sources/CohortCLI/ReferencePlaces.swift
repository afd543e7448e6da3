import ArgumentParser
import Experiments
import Foundation

/// Where registered models are kept.
struct StoreOptions: ParsableArguments {
  @Option(help: "The folder of registered models.")
  var store = ".cohort/store"
}

/// Finds what users name as something to compare with.
struct ReferencePlaces {
  let runs: String
  let store: String

  /// What has a name; nil where nothing has.
  ///
  /// A model is the directory of an artifact or of a trial; a run is a directory, a name in the folder of runs or
  /// `latest`; `name@alias` and `name/7` are registered models.
  func find(_ name: String) -> GateReference? {
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    for path in [name, name + "/model"] where exists(path + "/manifest.json") {
      return .model(path)
    }
    let run = RunDirectory(name, in: runs)
    if exists(run.path) { return .run(run.path) }
    return registered(name).map(GateReference.model)
  }

  /// The directory of a registered model's version or alias.
  private func registered(_ name: String) -> String? {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    let path = "\(store)/\(parts.joined(separator: "/"))"
    let isPlain = !name.contains("..") && parts.count <= 2 && parts.allSatisfy { !$0.isEmpty }
    return isPlain && FileManager.default.fileExists(atPath: path + "/manifest.json") ? path : nil
  }
}
