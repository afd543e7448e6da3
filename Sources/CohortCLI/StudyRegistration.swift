import Artifacts
import Experiments
import Foundation
import Registry

/// Puts the chosen models of a run that has passed into the registry, as its study asks.
///
/// The same run again registers the same bytes and changes nothing: an alias moves only to a version that is
/// new, or where there was none.
struct StudyRegistration {
  struct Registered: Encodable {
    let experiment: String
    let version: ModelVersion
    let isNew: Bool
    let move: AliasMove?

    private enum CodingKeys: String, CodingKey {
      case experiment, version, move
      case isNew = "new"
    }

    var sentence: String {
      let state = isNew ? "registered as" : "is registered already as"
      let moved = move.map { "; \(ModelsText.sentence($0))" } ?? ""
      return "\(experiment) \(state) \(version.reference), \(version.digest)\(moved)"
    }
  }

  let store: StoreOptions
  let author: Author

  /// Refuses what the registry would refuse after the work.
  static func check(_ study: Study) throws {
    for registration in study.register ?? [] {
      guard let alias = registration.alias else { continue }
      guard ModelReference.isAlias(alias), alias != ModelReference.previous else {
        throw CommandError(
          .usage,
          "\(alias) can be no alias; register.\(registration.experiment).alias; give a name that begins "
            + "with a letter, such as candidate")
      }
    }
  }

  func register(_ run: RunSummary, _ study: Study) throws -> [Registered] {
    try (study.register ?? []).compactMap { registration in
      guard let chosen = ChosenModel(registration.experiment, of: run, study) else { return nil }
      return try register(chosen, as: registration, of: run.directory.name)
    }
  }

  private func register(
    _ chosen: ChosenModel, as registration: Study.Registration, of run: String
  ) throws -> Registered {
    let registry = try store.registry(creating: true)
    let (version, isNew) = try chosen.withPublished { path in
      try registry.register(
        path, as: registration.name,
        Registration(sensitive: chosen.sensitiveColumns, reason: "run \(run)"), by: author)
    }
    let move = try registration.alias.flatMap {
      try point($0, to: version, isNew: isNew, in: registry, run)
    }
    return Registered(
      experiment: registration.experiment, version: version, isNew: isNew, move: move)
  }

  private func point(
    _ alias: String, to version: ModelVersion, isNew: Bool, in registry: ModelRegistry,
    _ run: String
  ) throws -> AliasMove? {
    let isThere = try registry.model(version.name).aliases.contains { $0.alias == alias }
    guard isNew || !isThere else { return nil }
    let policy = try PromotionPolicy(in: store.store)
    let review = try registry.review(
      ModelReference(version.reference), for: alias, under: policy, by: author)
    return try registry.promote(review, reason: "run \(run)", by: author)
  }
}

extension ChosenModel {
  /// Hands a folder with the complete artifact to `body`.
  func withPublished<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.path + "/cohort-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try DurableDirectory.make(folder)
    let path = folder + "/model"
    try publish(to: path)
    return try body(path)
  }
}
