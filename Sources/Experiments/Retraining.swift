public import Artifacts
internal import Foundation
public import Learning
public import Numerical
internal import Tabular

/// Trains the trial of an artifact again from what its lineage records, to see whether the same model comes out.
public struct Retraining: Sendable {
  /// How the model that came out compares with the recorded one.
  public struct Outcome: Hashable, Sendable, Encodable {
    public let recordedDigest: String
    public let foundDigest: String
    /// Files of `model/` and `schema/` that differ, in order.
    public let differingFiles: [String]
    /// The version that trained the recorded model.
    public let recordedEngine: String
    public let engine: String

    private enum CodingKeys: String, CodingKey {
      case engine
      case recordedDigest = "recorded_model_digest"
      case foundDigest = "found_model_digest"
      case differingFiles = "differing_files"
      case recordedEngine = "recorded_engine"
    }

    public var isEqual: Bool { recordedDigest == foundDigest }
  }

  private let artifact: StoredArtifact
  private let definition: TrialDefinition
  private let table: TrainingTable

  /// Nil for an artifact of a time when lineage did not record all it takes.
  public init?(_ artifact: StoredArtifact) {
    guard let table = artifact.lineage.table,
      let bytes = try? CanonicalJSON.encode(artifact.lineage.configuration),
      let definition = try? CanonicalJSON.decode(TrialDefinition.self, from: bytes)
    else { return nil }
    self.artifact = artifact
    self.definition = definition
    self.table = table
  }

  /// The fingerprint of the table the model was trained on.
  public var fingerprint: String { artifact.lineage.dataFingerprint }

  /// Names of the columns that differ between the table at `path` and the one of the training; all of them
  /// if rows are missing or new.
  ///
  /// - Parameter path: absolute.
  public func differences(ofTable path: String, on pool: WorkerPool) throws(RunError) -> [String] {
    var kinds = recordedKinds
    var unlike: [String] = []
    // Every round gives up the recorded kind of one column.
    while true {
      do throws(RunError) {
        let found = try StudyInput.read(study(of: path, kinds: kinds), on: pool)
        let digests = found.columnDigests(on: pool)
        if unlike.isEmpty, found.fingerprint(ofColumns: digests) == fingerprint { return [] }
        return unlike + differences(of: found, digests: digests).filter { !unlike.contains($0) }
      } catch .table(.unknownColumn(let name, _, _)) where kinds[name] != nil {
        kinds[name] = nil
        unlike.append(name)
      } catch .table(.unfit(_, _, let name, _)) where kinds[name] != .text {
        kinds[name] = .text
        unlike.append(name)
      } catch .table(.nonFinite(_, _, let name)) where kinds[name] != .text {
        kinds[name] = .text
        unlike.append(name)
      } catch {
        throw error
      }
    }
  }

  private func differences(of found: Table, digests: [[UInt8]]) -> [String] {
    let columns = zip(found.columns, digests).map { column, digest in
      TrainingTable.Column(
        name: column.name, kind: column.kind, role: "", missingCount: column.missingRows.count,
        digest: Table.hexadecimal(digest))
    }
    let other = TrainingTable(
      rowCount: found.rowCount, columns: columns, unreadColumns: [], filters: [], parts: [])
    let names = table.differences(from: other)
    // The same columns in another order are another table too.
    return names.isEmpty ? columns.map(\.name) : names
  }

  /// Trains the trial on the table at `path`, leaving its run in `folder`.
  ///
  /// - Throws: `RunError`; `.retraining` if the trial has no result any more.
  public func run(
    onTable path: String, in folder: String, _ environment: RunEnvironment,
    catalog: Catalog = .standard
  ) throws(RunError) -> Outcome {
    let summary = try Runner(environment, catalog: catalog).run(
      study(of: path, kinds: recordedKinds), in: folder)
    guard let trial = summary.record.experiments.first?.leaderboard.first?.trial,
      trial.status == .done
    else {
      let row = summary.record.experiments.first?.leaderboard.first?.trial
      throw .retraining(reason: row?.reason ?? "it was not computed")
    }
    do throws(ArtifactError) {
      let found = try ArtifactReader.load(
        summary.directory.trialPath(trial.id) + "/model", catalog: catalog)
      return try outcome(of: found)
    } catch {
      throw .artifact(error)
    }
  }

  private func outcome(of found: StoredArtifact) throws(ArtifactError) -> Outcome {
    do {
      return Outcome(
        recordedDigest: try artifact.manifest.modelDigest,
        foundDigest: try found.manifest.modelDigest,
        differingFiles: Self.differences(artifact.manifest, found.manifest),
        recordedEngine: artifact.lineage.engineVersion, engine: Engine.version)
    } catch {
      throw .notStorable(place: "model_digest")
    }
  }

  private static func differences(_ a: Manifest, _ b: Manifest) -> [String] {
    func digests(_ manifest: Manifest) -> [String: String] {
      let files = manifest.files.filter {
        $0.path.hasPrefix("model/") || $0.path.hasPrefix("schema/")
      }
      return Dictionary(files.map { ($0.path, $0.sha256) }) { first, _ in first }
    }
    let (own, other) = (digests(a), digests(b))
    return Set(own.keys).union(other.keys).sorted().filter { own[$0] != other[$0] }
  }

  private var recordedKinds: [String: ColumnKind] {
    Dictionary(table.columns.map { ($0.name, $0.kind) }) { first, _ in first }
  }

  private func study(of path: String, kinds: [String: ColumnKind]) -> StudyFile {
    StudyFile(
      study: definition.study(source: path, kinds: kinds), text: "", path: path, overrides: [])
  }
}
