public import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
public import Numerical

/// A run as comparisons take it.
public struct ComparedRun: Sendable {
  /// As the user named it.
  public var name: String
  public var record: RunRecord
  /// The study with every default (`resolved.json`).
  public var settings: JSONValue
  /// By experiment, what its chosen trial said of every row; absent where that is not stored.
  public var answers: [String: RowAnswers]

  public init(
    name: String, record: RunRecord, settings: JSONValue, answers: [String: RowAnswers] = [:]
  ) {
    self.name = name
    self.record = record
    self.settings = settings
    self.answers = answers
  }

  /// Reads a run.
  ///
  /// - Throws: `.run` with `.notARun` or the first file that is missing or damaged.
  public init(
    name: String, reading directory: RunDirectory, on pool: WorkerPool
  ) throws(ComparisonError) {
    self.name = name
    do throws(RunError) {
      record = try directory.record()
      settings = try RunDirectory.document(directory.file("resolved.json"))
      answers = [:]
      for experiment in record.experiments {
        guard let chosen = experiment.chosen else { continue }
        answers[experiment.id] = try TrialFolder(path: directory.trialPath(chosen.trial.id))
          .answers(on: pool)
      }
    } catch {
      throw .run(error)
    }
  }

  func experiment(_ id: String) -> ComparedExperiment? {
    guard let experiment = record.experiments.first(where: { $0.id == id }) else { return nil }
    return ComparedExperiment(
      record: experiment,
      candidate: experiment.chosen.map { candidate($0.trial, of: experiment) })
  }

  private func candidate(_ trial: TrialRecord, of experiment: ExperimentRecord) -> Candidate {
    let evidence = experiment.classification[trial.id]
    let clustering = experiment.evidence[trial.id]
    return Candidate(
      id: trial.id, model: trial.model, metrics: trial.metrics, answers: answers[experiment.id],
      cut: evidence?.cut.threshold, fingerprint: record.data.fingerprint,
      figures: evidence?.figures ?? clustering?.figures ?? [],
      names: clustering?.usefulness?.cards.map(\.name) ?? [])
  }
}

/// An experiment of a run, and its chosen trial.
struct ComparedExperiment {
  let record: ExperimentRecord
  let candidate: Candidate?
}

extension RunDirectory {
  static func document(_ path: String) throws(RunError) -> JSONValue {
    guard RunStorage.exists(path) else { throw .damaged(file: path, fault: .missing) }
    let data = try RunStorage.read(path)
    do {
      return try CanonicalJSON.parse(data)
    } catch {
      throw .damaged(file: path, fault: .unreadable)
    }
  }
}

extension ClassificationEvidence {
  /// What stands side by side of two classifiers.
  var figures: [CandidateFigure] {
    [
      .init(kind: .modelBytes, name: "", value: Double(modelBytes)),
      .init(kind: .cut, name: "", value: cut.threshold),
    ] + importanceFigures
      + coefficients.map { .init(kind: .coefficient, name: $0.feature, value: $0.coefficient) }
  }

  var importanceFigures: [CandidateFigure] {
    importance.map {
      .init(kind: .permutationImportance, name: $0.column, value: $0.permutation)
    }
      + importance.compactMap { record in
        record.fitted.map { .init(kind: .fittedImportance, name: record.column, value: $0) }
      }
  }
}

extension ClusteringEvidence {
  var figures: [CandidateFigure] { CandidateFigure.segmentSizes(sizes) }
}

extension CandidateFigure {
  /// From the largest down: numbers of segments mean nothing across models.
  static func segmentSizes(_ sizes: [Int]) -> [CandidateFigure] {
    sizes.sorted(by: >).enumerated().map {
      .init(kind: .segmentSize, name: "\($0.offset + 1)", value: Double($0.element))
    }
  }
}

extension Comparison {
  /// What differs between two runs.
  ///
  /// - Complexity: O(n log n) for n rows scored, and a thousand resamples of them for each differing
  ///   metric of a classifier.
  public init(_ a: ComparedRun, _ b: ComparedRun, on pool: WorkerPool = .serial) {
    kind = .runs
    sides = Pair(
      ComparisonSide(name: a.name, title: a.record.study, version: a.record.engineVersion),
      ComparisonSide(name: b.name, title: b.record.study, version: b.record.engineVersion))
    settings = SettingChange.between(a.settings, b.settings).map(\.withoutPassword)
    data = DataChange(a.record.data, b.record.data)
    experiments = matched(a.record.experiments, b.record.experiments, by: \.id).map { id, _, _ in
      ExperimentComparison(id: id, a.experiment(id), b.experiment(id), on: pool)
    }
    model = nil
  }
}
