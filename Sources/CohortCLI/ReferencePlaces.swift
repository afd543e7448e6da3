import ArgumentParser
import Artifacts
import Experiments
import Foundation
import Registry

/// Where registered models are kept.
struct StoreOptions: ParsableArguments {
  @Option(help: "The folder of registered models.")
  var store = ".cohort/store"
}

/// Finds what users name as a model, or as something to compare with.
struct ReferencePlaces {
  let runs: String
  let store: String

  /// What has a name, for gates; nil where nothing has.
  @Sendable func reference(_ name: String) -> GateReference? {
    do { return try find(name) } catch { return .unusable("\(error)") }
  }

  /// What has a name; nil where nothing has.
  ///
  /// A model is the directory of an artifact or of a trial; a run is a directory, a name in the folder of runs or
  /// `latest`; `name@alias`, `name/7` and `name@2026-08-01` are registered models.
  ///
  /// - Throws: `RegistryError` if the registry has it and cannot give it; `ArtifactError` for a signature of other files.
  func find(_ name: String) throws -> GateReference? {
    if let path = try Self.artifact(name) { return .model(path) }
    let run = RunDirectory(name, in: runs)
    if Self.exists(run.path) { return .run(run.path) }
    return try registered(name).map { GateReference.model($0.path) }
  }

  /// The directory of a model, and the version if it is a registered one.
  ///
  /// - Throws: as `find`. What is neither there nor a reference is given back as a path, for its reader to refuse.
  func model(_ name: String) throws -> (path: String, version: ModelVersion?) {
    if let path = try Self.artifact(name) { return (path, nil) }
    guard !Self.exists(name), let reference = try? ModelReference(name),
      Self.exists(store) || name.contains("@")
    else { return (name, nil) }
    let resolved = try ModelRegistry(store).resolve(reference, at: .now)
    return (resolved.path, resolved.version)
  }

  /// A registered model; nil if there is none of the name.
  private func registered(_ name: String) throws -> ResolvedModel? {
    guard let reference = try? ModelReference(name) else { return nil }
    do throws(RegistryError) {
      return try ModelRegistry(store).resolve(reference, at: .now)
    } catch .noRegistry, .unknownModel, .unknownVersion, .unknownAlias, .noChampion {
      return nil
    }
  }

  /// The directory of an artifact or a trial; no policy is there to say otherwise, so what holds is the rule `digest`.
  private static func artifact(_ name: String) throws -> String? {
    guard let path = [name, name + "/model"].first(where: { exists($0 + "/manifest.json") }) else {
      return nil
    }
    try ArtifactFiles.requireOwnSignature(at: path)
    return path
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }
}
