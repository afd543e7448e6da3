internal import Artifacts
internal import Evaluation
internal import Foundation
internal import Learning
internal import Numerical
internal import Tabular

/// The rows of a study's table and which of them pipelines learn from.
struct TrialData: Sendable {
  let table: Table
  let fingerprint: String
  let features: [String]
  /// Columns described per segment: the features, and the target for what it says of them.
  let profiled: [String]
  /// The table as lineage describes it.
  private(set) var tableRecord: TrainingTable?
  /// The numbers of the rows in the source, from 0; nil where the table has all of them.
  private let sourceRows: [Int]?
  /// Rows to learn from, as row numbers of the table from 0; all, or what the holdout leaves.
  private(set) var trainingRows: [Int]
  let holdoutRows: [Int]
  /// Nil for a study that classifies nothing.
  let target: Target?
  /// The columns that know the outcome too well, found among the training rows.
  let leaks: [LeakFinding]
  private let study: Study

  var split: String { holdoutRows.isEmpty ? "all" : "train" }
  var training: Table { isWhole ? table : table.selectingRows(trainingRows) }

  private var isWhole: Bool { trainingRows.count == table.rowCount }

  /// - Parameter sourceRows: the numbers of the rows in the source, from 0; nil for all of them.
  init(
    _ table: Table, sourceRows: [Int]? = nil, fingerprint: String, study: Study,
    features: [String], on pool: WorkerPool
  ) throws(RunError) {
    self.table = table
    self.sourceRows = sourceRows
    self.fingerprint = fingerprint
    self.features = features
    self.study = study
    profiled = table.columnNames.filter {
      features.contains($0) || $0 == study.data.roles.target
    }
    let classifies = study.experiments.contains { $0.task == .classify }
    target =
      classifies || study.split.scheme == .stratified
      ? try Target(table, roles: study.data.roles, sourceRows: sourceRows) : nil
    let parts = try RowSplits(study, table, labels: target?.labels).holdout()
    (trainingRows, holdoutRows) = (parts.train, parts.test)
    guard classifies, let target else {
      leaks = []
      return
    }
    let rows = parts.train
    leaks = LeakProbe(
      table: rows.count == table.rowCount ? table : table.selectingRows(rows),
      labels: rows.map { target.labels[$0] }, afterOutcome: study.data.roles.afterOutcome,
      seed: Seed(study.seed)
    ).findings(among: features, on: pool)
  }

  /// The number of a row of the table in the source, from 1.
  func sourceRow(_ row: Int) -> Int { (sourceRows?[row] ?? row) + 1 }

  /// With what lineage says of the table.
  ///
  /// - Parameter source: the table before rows were left out, with the digests of its columns.
  func describing(_ source: Table, digests: [[UInt8]], as record: DataRecord) -> TrialData {
    func part(_ name: String, _ rows: [Int]) -> TrainingTable.Part {
      TrainingTable.Part(
        name: name, rowCount: rows.count,
        digest: ContentHash.hexadecimal(Data(rows.map { "\(sourceRow($0))\n" }.joined().utf8)))
    }
    var described = self
    described.tableRecord = TrainingTable(
      rowCount: source.rowCount,
      columns: zip(record.columns, digests).map { column, digest in
        TrainingTable.Column(
          name: column.name, kind: column.kind, role: column.role, missingCount: column.missing,
          digest: Table.hexadecimal(digest))
      }, unreadColumns: source.unreadColumns.sorted(), filters: record.filters ?? [],
      parts: [part(split, trainingRows)]
        + (holdoutRows.isEmpty ? [] : [part("holdout", holdoutRows)]))
    return described
  }

  /// With a sample of the training rows, all if there are no more; greater samples hold smaller ones.
  func sampled(_ count: Int) -> TrialData {
    guard count < trainingRows.count else { return self }
    var random = RandomSource(seed: Seed(study.seed).derived("search rows"))
    let places = random.permutation(count: trainingRows.count).prefix(count).sorted()
    var sample = self
    sample.trainingRows = places.map { trainingRows[$0] }
    return sample
  }

  var sensitiveColumns: [String] { study.data.roles.sensitive }

  /// What is learnt from the given training rows, by their place among them.
  func labels(_ rows: [Int]) -> [Double] {
    guard let target else { return [] }
    return rows.map { target.labels[trainingRows[$0]] }
  }

  func weights(_ rows: [Int]) -> [Double]? {
    guard let weights = target?.weights else { return nil }
    return rows.map { weights[trainingRows[$0]] }
  }

  /// The splits of the cross-validation, as places among the training rows.
  ///
  /// - Parameter training: the table of these rows, which is costly to take twice.
  func folds(of training: Table) throws(RunError) -> [Evaluation.Split] {
    let labels = target?.labels
    return try RowSplits(
      study, training, labels: labels.map { labels in trainingRows.map { labels[$0] } }
    ).folds()
  }

  /// Two folds of some of the training rows by the scheme of the study, as far as there is enough to learn from.
  func halves(of rows: [Int], in training: Table) -> [Evaluation.Split] {
    var halved = study
    halved.split.folds = 2
    let splits = try? RowSplits(
      halved, training.selectingRows(rows), labels: target.map { _ in labels(rows) }
    ).folds()
    return (splits ?? []).map { $0.renumbered(by: rows) }
      .filter { Set(labels($0.train)).count > 1 }
  }
}

/// Splits rows by the scheme of a study.
private struct RowSplits {
  let study: Study
  let table: Table
  let labels: [Double]?

  init(_ study: Study, _ table: Table, labels: [Double]?) {
    self.study = study
    self.table = table
    self.labels = labels
  }

  private var seed: Seed { Seed(study.seed) }
  private var classes: [Int] { (labels ?? []).map { Int($0) } }

  /// Rows to learn from and rows to set aside; all and none without a holdout.
  func holdout() throws(RunError) -> (train: [Int], test: [Int]) {
    guard let share = study.split.holdout else { return (Array(0..<table.rowCount), []) }
    let split = study.split
    switch split.scheme {
    case .random: return try random(share)
    case .stratified:
      return try part { () throws(EvaluationError) in
        try Evaluation.Split.stratifiedHoldout(labels: classes, share: share, seed: seed)
      }
    case .group:
      return try part { () throws(EvaluationError) in
        try Evaluation.Split.groupHoldout(groups: groups() ?? [], share: share, seed: seed)
      }
    case .forwardTime:
      let times = try times()
      return try part { () throws(EvaluationError) in
        try Evaluation.Split.latestHoldout(
          times: times, share: share, gap: split.gap, groups: groups())
      }
    }
  }

  private func random(_ share: Double) throws(RunError) -> (train: [Int], test: [Int]) {
    let count = Int((share * Double(table.rowCount)).rounded())
    guard count > 0, count < table.rowCount else {
      throw .emptySplit(rows: table.rowCount, holdout: share)
    }
    var source = RandomSource(seed: seed.derived("holdout"))
    let test = source.sample(count, outOf: table.rowCount)
    let held = Set(test)
    return ((0..<table.rowCount).filter { !held.contains($0) }, test)
  }

  func folds() throws(RunError) -> [Evaluation.Split] {
    let split = study.split
    let times = split.scheme == .forwardTime ? try times() : []
    do throws(EvaluationError) {
      switch split.scheme {
      case .random:
        return Array(
          try Folds.shuffled(rowCount: table.rowCount, count: split.folds, seed: seed))
      case .stratified:
        return Array(try Folds.stratified(labels: classes, count: split.folds, seed: seed))
      case .group:
        return Array(try Folds.grouped(groups: groups() ?? [], count: split.folds, seed: seed))
      case .forwardTime:
        return Array(
          try Folds.forwardTime(
            times: times, count: split.folds, gap: split.gap, groups: groups()))
      }
    } catch {
      throw .split(.refused("\(error)"))
    }
  }

  private func part(
    _ make: () throws(EvaluationError) -> Evaluation.Split
  ) throws(RunError) -> (train: [Int], test: [Int]) {
    do throws(EvaluationError) {
      let split = try make()
      return (split.train, split.test)
    } catch {
      throw .split(.refused("\(error)"))
    }
  }

  private func times() throws(RunError) -> [Double] {
    let name = study.data.roles.time ?? ""
    guard let numbers = table[name]?.numbers, numbers.allSatisfy(\.isFinite) else {
      throw .split(.time(column: name))
    }
    return numbers
  }

  /// A number per group; rows without one are each their own.
  private func groups() -> [Int]? {
    guard let name = study.data.roles.group, let column = table[name] else { return nil }
    var codes: [String: Int] = [:]
    return (0..<column.rowCount).map { row in
      guard let text = column.text(at: row) else { return -1 - row }
      if let code = codes[text] { return code }
      codes[text] = codes.count
      return codes.count - 1
    }
  }
}
