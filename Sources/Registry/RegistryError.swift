public import Artifacts

/// Why the registry could not answer or was not changed.
public enum RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
  // What was asked for.
  case unreadableReference(String)
  case illegalName(String)
  case illegalAlias(String)
  /// `previous` follows the champion and is not moved by hand.
  case reservedAlias(String)
  case otherKind(name: String, expected: String, found: String)
  case reasonNeeded(action: String)
  /// A sensitive column that the model's table did not have and no report speaks of.
  case unknownSensitive(column: String, nearest: String?)
  /// A fairness report that says nothing of a sensitive column.
  case uncovered(column: String)
  case unreadablePolicy(path: String, place: String)
  case unreadableKey(path: String, KeyError)
  // What is not there.
  case noRegistry(folder: String)
  case unknownModel(String, nearest: String?)
  case unknownVersion(name: String, version: Int)
  case unknownAlias(name: String, alias: String)
  case noChampion(name: String, day: String)
  case notReady(reference: String, ModelVersion.Status)
  // What stands against it.
  /// The alias was moved since it was looked at.
  case moved(name: String, alias: String, expected: Int, found: Int)
  case inUse(reference: String, alias: String)
  /// Where the alias would go back to is where it is.
  case nothingBefore(reference: String, alias: String)
  case refused(reference: String, alias: String, [GateResult])
  case busy(path: String)
  // What is broken.
  case damaged(path: String, reason: String)
  case newer(path: String, found: Int, supported: Int)
  case brokenLog(sequence: Int, LogFault)
  case otherHead(anchor: String)
  case storage(StorageError)
  case artifact(ArtifactError)

  public enum LogFault: Hashable, Sendable {
    case missing, changed, misplaced
  }

  public var description: String {
    switch self {
    case .storage(let error): "\(error)"
    case .artifact(let error): "\(error)"
    case .unreadableReference(let text):
      "\(text) names no model; write name, name/7, name@alias or name@2026-08-01"
    case .illegalName(let text):
      "\(text) cannot be a model's name; use up to 64 of a-z, 0-9 and -"
    case .illegalAlias(let text):
      "\(text) cannot be an alias; begin with a letter, use a-z, 0-9 and -, not latest or v7"
    case .reservedAlias(let alias):
      "\(alias) follows the champion by itself; choose another alias"
    case .otherKind(let name, let expected, let found):
      "\(name) holds models of kind \(expected), this one is of kind \(found); choose another name"
    case .reasonNeeded(let action): "\(action) needs a reason that others can read; give --reason"
    case .unknownSensitive(let column, let nearest):
      "the model knows no column \(column) that could be sensitive; "
        + (nearest.map { "did you mean \($0)?" } ?? "correct it, or give a report on it: --fairness")
    case .uncovered(let column):
      "the fairness report compares no groups of the sensitive column \(column); add it to the report"
    case .unreadablePolicy(let path, let place):
      "the promotion policy cannot be read at \(place); \(path); see docs/registry.md"
    case .unreadableKey(let path, let error):
      "a key of the promotion policy cannot be used: \(error); \(path); see docs/registry.md"
    default: "\(absence ?? conflict ?? defect)"
    }
  }

  private var absence: String? {
    switch self {
    case .noRegistry(let folder):
      "there is no registry; \(folder); give --store, or begin one with cohort models register"
    case .unknownModel(let name, let nearest):
      "no model \(name) is registered; "
        + (nearest.map { "did you mean \($0)?" } ?? "see cohort models list")
    case .unknownVersion(let name, let version):
      "\(name) has no version \(version); see cohort models show \(name)"
    case .unknownAlias(let name, ModelReference.previous):
      "\(name) has no champion before this one; name the version to go back to, such as \(name)/1"
    case .unknownAlias(let name, let alias):
      "\(name) has no \(alias); name a version, or promote one: "
        + "cohort models promote \(name)/1 --to \(alias)"
    case .noChampion(let name, let day):
      "\(name) had no champion when \(day) ended; see cohort models log \(name)"
    case .notReady(let reference, .retired):
      "\(reference) was retired; register it again, or use another version"
    case .notReady(let reference, _):
      "\(reference) is in quarantine, its files were damaged; register the same artifact again, "
        + "or use another version"
    default: nil
    }
  }

  private var conflict: String? {
    switch self {
    case .moved(let name, let alias, let expected, let found):
      "\(name)@\(alias) was moved meanwhile, it is at generation \(found) instead of \(expected); "
        + "look at it and decide again"
    case .inUse(let reference, let alias):
      "\(reference) is the \(alias); move that alias first"
    case .nothingBefore(let reference, let alias):
      "\(reference) is the \(alias) already, there is nothing to go back to; "
        + "name the version to go back to, or promote one"
    case .refused(let reference, let alias, let results):
      "\(reference) may not become \(alias): "
        + results.filter { !$0.passed }.map(\.sentence).joined(separator: "; ")
        + Self.advice(on: results)
    case .busy(let path):
      "another process holds the registry; \(path); wait and run again (fuser \(path) names it)"
    default: nil
    }
  }

  private static func advice(on results: [GateResult]) -> String {
    let isFinal = results.contains { !$0.passed && $0.gate.isFinal }
    return isFinal
      ? "; nobody can overrule that, mend it or use another version"
      : "; mend it, or give --override --reason"
  }

  private var defect: String {
    switch self {
    case .damaged(let path, let reason):
      "the registry is damaged: \(reason); \(path); restore it from a backup, see cohort models doctor"
    case .newer(let path, let found, let supported):
      "the registry has version \(found), this cohort knows \(supported); \(path); use a newer cohort"
    case .brokenLog(let sequence, let fault):
      "the log is broken: entry \(sequence) \(fault); restore the registry from a backup"
    case .otherHead(let anchor):
      "no entry of the log has the hash \(anchor); it was rewritten, or this is another registry"
    default: ""
    }
  }
}

extension RegistryError.LogFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "is missing"
    case .changed: "is not what was hashed"
    case .misplaced: "does not follow the one before it"
    }
  }
}
