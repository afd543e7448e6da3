import Artifacts
internal import CLibrary
import Foundation

/// What a version must show before an alias that counts may point to it (`policy.json` in the registry's folder).
public struct PromotionPolicy: Hashable, Sendable {
  /// How a metric is held against the one of the version it replaces.
  public enum Reading: String, Hashable, Sendable, Codable {
    /// The value itself may be worse by the margin.
    case value
    /// Even the worse end of the interval of the change may.
    case interval
  }

  /// The aliases that are guarded; for others an artifact must only be sound.
  public var aliases = [ModelReference.champion]
  /// Which gates are held besides `digest`, `golden` and `signature`, which always are.
  public var gates: [PromotionGate] = [.inputs, .metrics, .card, .fairness]
  /// Metrics that are compared where both versions have them.
  public var metrics = ["roc_auc", "log_loss", "silhouette", "stability"]
  /// How much worse a metric may be, as a share of the size of the value it replaces.
  public var margin = 0.01
  public var by = Reading.value
  /// What is asked of signatures, for every alias and every use.
  public var verify = SignatureRule.digest
  /// The keys whose signatures count.
  public var keys: [KeyFile] = []

  public init() {}

  static let fileName = "policy.json"
  private static let limits = CanonicalJSON.Limits(byteCount: 1 << 16, depth: 4)

  /// Reads the policy of a registry; the one above where it has none.
  ///
  /// - Throws: `.unreadablePolicy`, `.storage`.
  public init(in folder: String) throws(RegistryError) {
    let path = "\(folder)/\(Self.fileName)"
    // A link that leads nowhere is a policy that cannot be read, and none that asks for nothing.
    guard try Self.isThere(path) else {
      self.init()
      return
    }
    do {
      let bytes = try Data(contentsOf: URL(filePath: path))
      self = try CanonicalJSON.decodeStrictly(from: bytes, limits: Self.limits)
    } catch let error as DecodingError {
      throw .unreadablePolicy(path: path, place: Self.place(of: error))
    } catch let error as UnknownKey {
      throw .unreadablePolicy(
        path: path, place: error.path.joined(separator: "."))
    } catch let error as JSONError {
      throw .unreadablePolicy(path: path, place: "the top, \(error)")
    } catch {
      let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code
      throw .storage(
        StorageError(.read, path: path, code: code.flatMap { Int32(exactly: $0) } ?? EIO))
    }
  }

  private static func isThere(_ path: String) throws(RegistryError) -> Bool {
    do throws(ArtifactError) {
      return try DurableFile.isPlain(path) != nil
    } catch {
      throw RegistryError(error)
    }
  }

  private static func place(of error: DecodingError) -> String {
    let path: [any CodingKey] =
      switch error {
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .valueNotFound(_, let context), .typeMismatch(_, let context): context.codingPath
      case .dataCorrupted(let context): context.codingPath
      @unknown default: []
      }
    return path.isEmpty ? "the top" : path.map(\.stringValue).joined(separator: ".")
  }
}

extension PromotionPolicy: Codable {
  private enum CodingKeys: String, CodingKey {
    case aliases, gates, metrics, margin, by, verify, keys
  }

  /// What is left out is as in the policy of a registry without one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    aliases = try container.decodeIfPresent([String].self, forKey: .aliases) ?? aliases
    gates = try container.decodeIfPresent([PromotionGate].self, forKey: .gates) ?? gates
    metrics = try container.decodeIfPresent([String].self, forKey: .metrics) ?? metrics
    margin = try container.decodeIfPresent(Double.self, forKey: .margin) ?? margin
    by = try container.decodeIfPresent(Reading.self, forKey: .by) ?? by
    verify = try container.decodeIfPresent(SignatureRule.self, forKey: .verify) ?? verify
    keys = try container.decodeIfPresent([KeyFile].self, forKey: .keys) ?? keys
    // An alias that cannot be would be guarded by nothing, and nobody would see it.
    guard aliases.allSatisfy(ModelReference.isAlias) else {
      throw DecodingError.dataCorruptedError(
        forKey: .aliases, in: container, debugDescription: "an alias is of a-z, 0-9 and -")
    }
    guard margin >= 0, margin.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .margin, in: container, debugDescription: "a margin is from 0")
    }
  }
}

/// One thing that is asked of a version.
public enum PromotionGate: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every byte is the one that was registered.
  case digest
  /// The model gives the recorded answers to its golden rows.
  case golden
  /// Whoever could ask the version before can ask this one, and gets the same columns.
  case inputs
  /// No metric is worse by more than the margin.
  case metrics
  /// People have said what the model is for and who answers for it.
  case card
  /// Where a column is sensitive, somebody has looked at the groups.
  case fairness
  /// Whoever promotes it did not register it.
  case approval
  /// It is signed as the policy's `verify` asks.
  case signature

  /// Whether nobody may overrule it: such a version cannot be used at all.
  var isFinal: Bool { [.digest, .golden, .signature].contains(self) }
}

/// Whether a gate let a version through.
public struct GateResult: Hashable, Sendable, Codable {
  public let gate: PromotionGate
  public let passed: Bool
  /// Why not; or what there was nothing to hold it against.
  public let reason: String?

  init(_ gate: PromotionGate, missed reason: String?) {
    self.gate = gate
    passed = reason == nil
    self.reason = reason
  }

  public var sentence: String { "\(gate.rawValue): \(reason ?? "ok")" }
}
