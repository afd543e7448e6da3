import Learning
public import Numerical
public import Tabular

/// Gives customers their segments.
///
/// One answer per row, in the order of the rows; columns are found by name, others are ignored. Rows
/// are worked on in pieces whose bounds depend on the row count only, so that answers are the same at
/// every thread count.
public struct SegmentScorer: Sendable {
  public let artifact: SegmentationArtifact

  private static let piece = 8192

  public init(_ artifact: SegmentationArtifact) { self.artifact = artifact }

  /// How to read a text file that is to be scored.
  ///
  /// The kinds and the spellings of missing values are those of training: what a column of few rows
  /// looks like says little.
  public var readingOptions: CSVOptions {
    CSVOptions(nullTokens: artifact.inputs.nullTokens, kinds: artifact.inputs.kinds)
  }

  /// Reads a text file that is to be scored.
  ///
  /// - Throws: `.table`, with `.missingColumn` where the file lacks a column of the training.
  public func read(csv path: String, on pool: WorkerPool) throws(ScoringError) -> Table {
    do throws(TableError) {
      return try Table.read(csv: path, options: readingOptions, on: pool)
    } catch .unknownColumn(let name, let nearest, _) {
      throw .table(.missingColumn(name: name, nearest: nearest))
    } catch {
      throw .table(error)
    }
  }

  /// Scores every row of `table`; no rows give no answers.
  ///
  /// - Throws: `.table` with the column that is missing (and the nearest name), of another kind, or
  ///   holds what the model refuses; `.model` if a row cannot be transformed.
  /// - Complexity: O(rows · (features + work of the model)) time, O(rows · features) memory.
  public func score(
    _ table: Table, on pool: WorkerPool
  ) throws(ScoringError) -> SegmentScores {
    try requirePassthrough(in: table)
    let encoded: EncodedTable
    do throws(TableError) {
      encoded = try artifact.pipeline.encoder.encode(table, on: pool)
    } catch {
      throw .table(error)
    }
    let (assignments, errors) = try assign(encoded.matrix, on: pool)
    let statuses = statuses(of: table, on: pool)
    let used = Set(artifact.inputs.fields.map(\.name))
    return SegmentScores(
      assignments: assignments, reconstructionErrors: errors, statuses: statuses,
      summary: ScoringSummary(
        segments: artifact.segments, labels: assignments.labels, statuses: statuses,
        encoded: encoded, inputs: artifact.pipeline.encoder.inputs.map(\.name),
        ignoredColumns: table.columnNames.filter { !used.contains($0) }.count))
  }

  private func requirePassthrough(in table: Table) throws(ScoringError) {
    for name in artifact.inputs.passthrough where table[name] == nil {
      throw .table(
        .missingColumn(
          name: name, nearest: NearestName.nearest(to: name, among: table.columnNames)))
    }
  }

  private func assign(
    _ x: Matrix, on pool: WorkerPool
  ) throws(ScoringError) -> (Assignments, [Double]?) {
    let pieces = (x.rowCount + Self.piece - 1) / Self.piece
    let results = pool.map(count: pieces) { index in
      let rows = index * Self.piece..<min((index + 1) * Self.piece, x.rowCount)
      let slice = x.values[rows.lowerBound * x.columnCount..<rows.upperBound * x.columnCount]
      let part = Matrix(rowCount: rows.count, columnCount: x.columnCount, values: Array(slice))
      return Result { () throws(LearningError) in
        (
          try artifact.pipeline.assign(part, on: pool),
          try artifact.pipeline.reconstructionErrors(of: part, on: pool)
        )
      }
    }
    var parts: [(Assignments, [Double]?)] = []
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let part): parts.append(part)
      case .failure(let error): throw .model(error.movingRows(by: index * Self.piece))
      }
    }
    let errors = artifact.pipeline.components.map { _ in parts.flatMap { $0.1 ?? [] } }
    return (Assignments(joining: parts.map(\.0)), errors)
  }

  private func statuses(of table: Table, on pool: WorkerPool) -> [RowStatus] {
    let observers = artifact.pipeline.encoder.inputs.compactMap { input in
      table[input.name].map { CellObserver(input, $0) }
    }
    let pieces = (table.rowCount + Self.piece - 1) / Self.piece
    return pool.map(count: pieces) { index in
      let rows = index * Self.piece..<min((index + 1) * Self.piece, table.rowCount)
      var imputed = [Bool](repeating: false, count: rows.count)
      var unseen = [Bool](repeating: false, count: rows.count)
      for observer in observers { observer.mark(rows, imputed: &imputed, unseen: &unseen) }
      return zip(imputed, unseen).map { RowStatus(isImputed: $0, isUnseen: $1) }
    }.flatMap { $0 }
  }
}

/// Finds the cells of a column that the encoder fills in or does not know.
private struct CellObserver: Sendable {
  private let column: Column
  private let category: CategoryCoding?
  /// For a column of categories: whether training lacked each of the table's levels.
  private let isUnknown: [Bool]

  init(_ input: EncoderInput, _ column: Column) {
    self.column = column
    if case .category(let coding) = input.coding {
      category = coding
      if case .category(_, let levels) = column.values {
        isUnknown = levels.map { !coding.knows($0) }
        return
      }
    } else {
      category = nil
    }
    isUnknown = []
  }

  func mark(_ rows: Range<Int>, imputed: inout [Bool], unseen: inout [Bool]) {
    var next = column.missingRows.partitioningPoint { $0 >= rows.lowerBound }
    while next < column.missingRows.count, column.missingRows[next] < rows.upperBound {
      imputed[column.missingRows[next] - rows.lowerBound] = true
      next += 1
    }
    switch (column.values, category) {
    case (.real(let values), nil):
      for row in rows where values[row].isNaN { imputed[row - rows.lowerBound] = true }
    case (.category(let codes, _), _?):
      guard isUnknown.contains(true) else { return }
      for row in rows where codes[row] >= 0 && isUnknown[Int(codes[row])] {
        unseen[row - rows.lowerBound] = true
      }
    case (_, let category?):
      for row in rows {
        if let text = column.text(at: row), !category.knows(text) {
          unseen[row - rows.lowerBound] = true
        }
      }
    default: break
    }
  }
}

extension LearningError {
  /// The same error of a matrix with `count` rows above.
  fileprivate func movingRows(by count: Int) -> LearningError {
    switch self {
    case .nonFinite(let row, let column): .nonFinite(row: row + count, column: column)
    case .outsideLogDomain(let row, let column):
      .outsideLogDomain(row: row + count, column: column)
    default: self
    }
  }
}
