import Artifacts
import Foundation

/// A version held against the gates of an alias, and the state of the alias that this was true for.
public struct PromotionReview: Hashable, Sendable, Codable {
  public let version: ModelVersion
  public let alias: String
  /// What the alias points to; nil if to nothing.
  public let current: Int?
  /// Of the alias; 0 before its first move.
  public let generation: Int
  public let gates: [GateResult]
  /// What was asked.
  public let policy: PromotionPolicy

  public var missed: [GateResult] { gates.filter { !$0.passed } }

  /// Refuses the review if the caller has looked at another generation of the alias; nil for any.
  ///
  /// - Throws: `.moved`.
  public func require(generation expected: Int?) throws(RegistryError) {
    guard let expected, expected != generation else { return }
    throw .moved(name: version.name, alias: alias, expected: expected, found: generation)
  }
}

/// Holds a version against the gates.
struct PromotionGates {
  let policy: PromotionPolicy
  let version: ModelVersion
  /// What the alias points to now.
  let current: ModelVersion?
  let author: Author
  let load: (ModelVersion) throws(RegistryError) -> StoredArtifact

  /// - Parameter isGuarded: Whether more is asked than that the artifact is sound.
  /// - Throws: `.storage` if the artifact cannot be read at all.
  func results(isGuarded: Bool) throws(RegistryError) -> [GateResult] {
    let artifact: StoredArtifact
    do throws(RegistryError) {
      artifact = try load(version)
    } catch .artifact(let error) {
      return [GateResult(error.isSelfTest ? .golden : .digest, missed: "\(error)")]
    }
    let sound = [GateResult(.digest, missed: nil), GateResult(.golden, missed: nil)]
    guard isGuarded else { return sound }
    let before = try currentArtifact()
    let asked = PromotionGate.allCases.filter { !$0.isFinal && policy.gates.contains($0) }
    return sound + asked.map { GateResult($0, missed: fault($0, of: artifact, before)) }
  }

  /// What is replaced: nothing, an artifact, or one that is damaged itself.
  private enum Before {
    case nothing
    case artifact(StoredArtifact)
    case unreadable(String)
  }

  private func currentArtifact() throws(RegistryError) -> Before {
    guard let current else { return .nothing }
    do throws(RegistryError) {
      return .artifact(try load(current))
    } catch .artifact(let error) {
      return .unreadable("\(current.reference) cannot be compared with, \(error)")
    }
  }

  private func fault(
    _ gate: PromotionGate, of artifact: StoredArtifact, _ before: Before
  ) -> String? {
    switch (gate, before) {
    case (.inputs, .artifact(let before)):
      SchemaChange.breaks(from: before, to: artifact).first
    case (.metrics, .artifact(let before)):
      MetricChange.fault(from: before, to: artifact, under: policy)
    case (.inputs, .unreadable(let reason)), (.metrics, .unreadable(let reason)): reason
    case (.card, _): cardFault
    case (.fairness, _): fairnessFault(artifact)
    case (.approval, _):
      author.name == version.registeredBy
        ? "\(author.name) registered it, somebody else has to promote it" : nil
    case (.digest, _), (.golden, _), (.signature, _), (.inputs, .nothing), (.metrics, .nothing): nil
    }
  }

  private var cardFault: String? {
    if let first = version.card.missing.first {
      let more = version.card.missing.count - 1
      return "the card has no \(first)\(more > 0 ? " and \(more) more are missing" : ""), "
        + "see cohort models card"
    }
    if let day = version.card.reviewBy, day < author.timestamp.prefix(10) {
      return "it had to be reviewed by \(day)"
    }
    return nil
  }

  private func fairnessFault(_ artifact: StoredArtifact) -> String? {
    let reported = (artifact.governance.fairness?.coveredColumns ?? [])
      .union(version.fairnessEvidence?.coveredColumns ?? [])
    return version.sensitive.first { !reported.contains($0) }.map {
      "\($0) is sensitive and no fairness report compares its groups, register one with --fairness FILE"
    }
  }
}

extension ArtifactError {
  /// Whether its bytes are right and its answers are not.
  fileprivate var isSelfTest: Bool { if case .golden = self { true } else { false } }
}
