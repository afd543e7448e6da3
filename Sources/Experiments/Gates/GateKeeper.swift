internal import Evaluation
internal import Learning
internal import Numerical

/// Holds the gates of a study against the chosen trials of its run.
struct GateKeeper {
  let experiments: [ExperimentRecord]
  /// The run itself, for what its trials said of every row.
  let directory: RunDirectory
  let pool: WorkerPool
  /// Finds what a gate is to be compared with.
  let resolve: (String) -> GateReference?
  /// Measures the model in a directory on this run's holdout; nil if that cannot be done.
  let measureOnHoldout: (String, ExperimentRecord) -> [MetricRecord]?

  func hold(_ gates: [Study.Gate]) -> [GateRecord] {
    var read: [String: ReadReference] = [:]
    var own: ComparedRun?
    return gates.map { gate in
      var record = GateRecord(gate)
      guard let experiment = experiments.first(where: { $0.id == gate.experiment }),
        let chosen = experiment.chosen
      else {
        record.fail("no trial of \(gate.experiment) is eligible")
        return record
      }
      let measured = chosen.trial.metrics.first { gate.isAbout($0) }
      record.value = measured?.value
      guard let measured else {
        record.fail("\(gate.threshold.metric) was not measured")
        return record
      }
      guard let comparison = gate.comparison else {
        record.interval = measured.interval
        hold(&record, gate, measured)
        return record
      }
      guard let reference = read[comparison.vs] ?? found(comparison.vs) else {
        record.passed = comparison.ifMissing == .pass
        record.reason =
          "there is no run, model or registered name \(comparison.vs)"
          + (record.passed ? "" : "; write if_missing: pass to let a first run through")
        return record
      }
      read[comparison.vs] = reference
      own = own ?? (try? ComparedRun(name: "", reading: directory, on: pool))
      compare(&record, gate, comparison, experiment, own: own, reference)
      return record
    }
  }

  private func found(_ name: String) -> ReadReference? {
    resolve(name).flatMap(other).map { ReadReference($0, name: name, on: pool) }
  }

  /// The reference, unless it leads to this very run, which has met every bound of a change from itself.
  ///
  /// `latest` does so once an earlier call has closed the run: then the newest of the others is what it was before.
  private func other(_ reference: GateReference) -> GateReference? {
    guard case .run(let path) = reference, RunStorage.isSame(path, directory.path) else {
      return reference
    }
    guard path.hasSuffix("/\(RunsFolder.latestName)") else {
      return .unusable("it is this run; name another")
    }
    let folder = RunsFolder(String(path.dropLast(RunsFolder.latestName.count + 1)))
    do throws(RunError) {
      return try folder.newest(except: directory.name).map { .run($0.path) }
    } catch {
      return .unusable("\(error)")
    }
  }

  private func hold(_ record: inout GateRecord, _ gate: Study.Gate, _ measured: MetricRecord) {
    record.judge()
    if record.passed { return }
    if gate.by == .interval, record.interval == nil {
      record.fail("no interval of \(measured.name) was estimated; hold its value instead")
    } else {
      record.reason = record.missedBound(gate, measured.direction)
    }
  }

  private func compare(
    _ record: inout GateRecord, _ gate: Study.Gate, _ comparison: Study.Gate.Comparison,
    _ experiment: ExperimentRecord, own: ComparedRun?, _ reference: ReadReference
  ) {
    guard let (theirs, model) = reference.candidate(for: experiment),
      let ours = own?.experiment(experiment.id)?.candidate
    else { return record.fail(reference.absence(of: experiment, name: comparison.vs)) }
    record.reference?.trial = theirs.id
    var before = theirs.about(gate)
    if gate.split == "holdout", theirs.fingerprint != ours.fingerprint || before.metrics.isEmpty,
      let measured = measureOnHoldout(model, experiment)
    {
      before.metrics = measured.filter(gate.isAbout)
      record.reference?.isMeasuredHere = true
    }
    let compared = CandidateComparison(before, ours.about(gate), settings: [], on: pool)
    record.reference?.pairing = compared.pairing
    guard let metric = compared.metrics.first(where: { $0.a != nil && $0.b != nil }) else {
      return record.fail("\(comparison.vs) has no \(gate.name)")
    }
    hold(&record, gate, comparison, metric)
  }

  /// Holds the change of a metric against the bounds.
  private func hold(
    _ record: inout GateRecord, _ gate: Study.Gate, _ comparison: Study.Gate.Comparison,
    _ metric: MetricComparison
  ) {
    guard let value = metric.a, let change = metric.difference else { return }
    record.reference?.value = value
    record.reference?.change = change
    record.reference?.method = metric.method
    // The same trial has no other value; equal values of two trials may be chance.
    record.interval =
      record.reference?.pairing == .sameTrial && change == 0
      ? Interval(lower: 0, upper: 0, level: TierRecord.level) : metric.interval
    let scale = abs(value)
    record.min = comparison.minChange?.amount(of: scale)
    record.max = comparison.maxChange?.amount(of: scale)
    record.judge()
    if record.passed { return }
    if gate.by == .interval, record.interval == nil {
      record.fail(
        "no interval of the change of \(gate.name) was estimated; hold the change instead")
    } else {
      record.reason = record.missedChange(gate, comparison, metric.direction)
    }
  }
}

extension Study.Gate {
  /// The metric with the split, as far as the gate names one.
  var name: String { [split, threshold.metric].compactMap { $0 }.joined(separator: ".") }

  func isAbout(_ metric: MetricRecord) -> Bool {
    metric.name == threshold.metric
      && (split.map { $0 == metric.split } ?? (metric.split != "holdout"))
  }
}

extension Study.Gate.Change {
  func amount(of size: Double) -> Double { isRelative ? amount * size : amount }
}

extension Candidate {
  /// With the metric of a gate alone, so that nothing else is resampled.
  fileprivate func about(_ gate: Study.Gate) -> Candidate {
    var candidate = self
    candidate.metrics = metrics.filter(gate.isAbout)
    candidate.figures = []
    return candidate
  }
}
